package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The {@code fieldSelector} of a request; each kind knows a few fields, and refuses the others. */
final class FieldSelector {
    private static final Set<String> EVERYWHERE = Set.of("metadata.name", "metadata.namespace");
    private static final Map<String, Set<String>> BY_RESOURCE = Map.of(
            "pods",
            Set.of(
                    "spec.nodeName",
                    "spec.restartPolicy",
                    "spec.schedulerName",
                    "spec.serviceAccountName",
                    "status.phase",
                    "status.podIP"),
            "events",
            Set.of(
                    "involvedObject.kind",
                    "involvedObject.namespace",
                    "involvedObject.name",
                    "involvedObject.uid",
                    "involvedObject.apiVersion",
                    "involvedObject.resourceVersion",
                    "involvedObject.fieldPath",
                    "reason",
                    "reportingComponent",
                    "source",
                    "type"),
            "namespaces",
            Set.of("status.phase"),
            "nodes",
            Set.of("spec.unschedulable"),
            "secrets",
            Set.of("type"),
            "replicasets.apps",
            Set.of("status.replicas"),
            "jobs.batch",
            Set.of("status.successful"));

    private FieldSelector() {}

    /** @throws ApiException 400 when it cannot be understood or the kind does not know the field */
    static Predicate<JsonNode> parse(ResourceType type, String selector) {
        Predicate<JsonNode> all = object -> true;
        for (String requirement : selector.isBlank() ? new String[0] : selector.split(",")) {
            boolean equal = !requirement.contains("!=");
            String[] sides = requirement.split(equal ? "==?" : "!=", 2);
            if (sides.length != 2) {
                throw Failures.badRequest(
                        "invalid selector: '" + selector + "'; can't understand '" + requirement + "'");
            }
            String field = sides[0].trim();
            String value = sides[1].trim();
            if (!EVERYWHERE.contains(field)
                    && !BY_RESOURCE.getOrDefault(type.name(), Set.of()).contains(field)) {
                throw Failures.badRequest("field label not supported: " + field);
            }
            String pointer = "/" + field.replace('.', '/');
            all = all.and(object -> equal == object.at(pointer).asText("").equals(value));
        }
        return all;
    }
}
