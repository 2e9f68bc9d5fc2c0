package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.rbac.Rbac;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The checks of built-in kinds that matter to somebody who deploys and rolls back. */
final class Validation {
    private static final Pattern DNS_1123_SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern DNS_1123_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern PATH_SEGMENT = Pattern.compile("(?!\\.{1,2}$)[^/%]+");
    private static final Pattern LABEL_VALUE = Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?");
    private static final Pattern QUALIFIED_NAME =
            Pattern.compile("([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");
    private static final Set<String> LABEL_NAMES = Set.of("namespaces", "services");

    private Validation() {}

    static List<String> checkMetadata(ResourceType type, ObjectNode object) {
        List<String> causes = new ArrayList<>();
        String name = Json.name(object);
        boolean label = LABEL_NAMES.contains(type.name());
        // Roles and bindings have names such as system:discovery.
        boolean free = type.group().equals(Rbac.GROUP);
        boolean legal = free
                ? PATH_SEGMENT.matcher(name).matches()
                : (label ? DNS_1123_LABEL : DNS_1123_SUBDOMAIN).matcher(name).matches();
        if (!legal || name.length() > (label ? 63 : 253)) {
            causes.add("metadata.name: Invalid value: \"" + name + "\": a lowercase RFC 1123 "
                    + (label ? "label" : "subdomain")
                    + " must consist of lower case alphanumeric characters, '-'" + (label ? "" : " or '.'")
                    + ", and must start and end with an alphanumeric character");
        }
        labels(object.at("/metadata/labels"), "metadata.labels", causes);
        object.at("/metadata/annotations").properties().forEach(annotation -> {
            key(annotation.getKey(), "metadata.annotations", causes);
            if (!annotation.getValue().isTextual()) {
                throw Failures.badRequest(
                        "json: cannot unmarshal " + annotation.getValue().getNodeType()
                                + " into Go struct field ObjectMeta.metadata.annotations of type string");
            }
        });
        for (JsonNode owner : object.at("/metadata/ownerReferences")) {
            for (String field : List.of("apiVersion", "kind", "name", "uid")) {
                if (owner.path(field).asText("").isEmpty()) {
                    causes.add("metadata.ownerReferences." + field + ": Required value");
                }
            }
        }
        return causes;
    }

    static List<String> check(ResourceType type, @Nullable ObjectNode old, ObjectNode object) {
        List<String> causes = new ArrayList<>();
        switch (type.name()) {
            case "deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps" ->
                workload(type, old, object, causes);
            case "jobs.batch" -> {
                podSpec(object.at("/spec/template/spec"), "spec.template.spec", Set.of(), causes);
                String policy = object.at("/spec/template/spec/restartPolicy").asText("Always");
                if (!List.of("Never", "OnFailure").contains(policy)) {
                    causes.add("spec.template.spec.restartPolicy: Unsupported value: \"" + policy
                            + "\": supported values: \"OnFailure\", \"Never\"");
                }
                if (old != null && !old.at("/spec/template").equals(object.at("/spec/template"))) {
                    causes.add("spec.template: Invalid value: field is immutable");
                }
            }
            case "pods" -> {
                podSpec(object.path("spec"), "spec", Set.of(), causes);
                if (old != null) {
                    immutablePod(old, object, causes);
                }
            }
            case "configmaps", "secrets" -> {
                if (old != null
                        && old.path("immutable").asBoolean()
                        && !old.path("data").equals(object.path("data"))) {
                    causes.add("data: Forbidden: field is immutable when `immutable` is set");
                }
            }
            case "controllerrevisions.apps" -> {
                if (old != null && !old.path("data").equals(object.path("data"))) {
                    causes.add("data: Invalid value: field is immutable");
                }
            }
            default -> {}
        }
        return causes;
    }

    private static void workload(ResourceType type, @Nullable ObjectNode old, ObjectNode object, List<String> causes) {
        JsonNode spec = object.path("spec");
        JsonNode selector = spec.path("selector");
        JsonNode template = spec.path("template");
        JsonNode matchLabels = selector.path("matchLabels");
        if (matchLabels.isEmpty() && selector.path("matchExpressions").isEmpty()) {
            causes.add("spec.selector: Required value");
        }
        JsonNode labels = template.path("metadata").path("labels");
        boolean matches = matchLabels.properties().stream()
                .allMatch(label -> label.getValue().equals(labels.path(label.getKey())));
        if (!matches) {
            causes.add("spec.template.metadata.labels: Invalid value: " + labels
                    + ": `selector` does not match template `labels`");
        }
        labels(labels, "spec.template.metadata.labels", causes);
        if (old != null && !old.at("/spec/selector").equals(selector)) {
            causes.add("spec.selector: Invalid value: " + selector + ": field is immutable");
        }
        for (String count : List.of("replicas", "revisionHistoryLimit", "minReadySeconds", "progressDeadlineSeconds")) {
            notNegative(spec, count, causes);
        }
        int deadline = spec.path("progressDeadlineSeconds").asInt(Integer.MAX_VALUE);
        if (deadline <= spec.path("minReadySeconds").asInt(0)) {
            causes.add("spec.progressDeadlineSeconds: Invalid value: " + deadline
                    + ": must be greater than minReadySeconds");
        }
        JsonNode rolling = spec.at("/strategy/rollingUpdate");
        if (isZero(rolling.path("maxSurge")) && isZero(rolling.path("maxUnavailable"))) {
            causes.add(
                    "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0");
        }
        if (spec.at("/strategy/type").asText("").equals("Recreate") && !rolling.isMissingNode()) {
            causes.add(
                    "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'");
        }
        Set<String> claims = new HashSet<>();
        spec.path("volumeClaimTemplates").forEach(claim -> claims.add(Json.name(claim)));
        updateStrategy(type, spec.path("updateStrategy"), causes);
        podSpec(template.path("spec"), "spec.template.spec", claims, causes);
        String restartPolicy = template.at("/spec/restartPolicy").asText("Always");
        if (!restartPolicy.equals("Always")) {
            causes.add("spec.template.spec.restartPolicy: Unsupported value: \"" + restartPolicy
                    + "\": supported values: \"Always\"");
        }
        if (type.name().equals("statefulsets.apps") && old != null) {
            immutableStatefulSet(old, object, causes);
        }
    }

    private static void updateStrategy(ResourceType type, JsonNode strategy, List<String> causes) {
        String name = strategy.path("type").asText("RollingUpdate");
        if (!List.of("RollingUpdate", "OnDelete").contains(name)) {
            causes.add("spec.updateStrategy.type: Unsupported value: \"" + name
                    + "\": supported values: \"OnDelete\", \"RollingUpdate\"");
        }
        JsonNode rolling = strategy.path("rollingUpdate");
        if (name.equals("OnDelete") && type.name().equals("statefulsets.apps") && !rolling.isMissingNode()) {
            causes.add("spec.updateStrategy.rollingUpdate: Invalid value: only allowed for updateStrategy"
                    + " 'RollingUpdate'");
        }
        if (rolling.path("partition").asInt(0) < 0) {
            causes.add("spec.updateStrategy.rollingUpdate.partition: Invalid value: " + rolling.path("partition")
                    + ": must be greater than or equal to 0");
        }
        if (type.name().equals("daemonsets.apps")
                && isZero(rolling.path("maxUnavailable"))
                && isZero(rolling.path("maxSurge"))) {
            causes.add("spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0 when"
                    + " maxSurge is 0");
        }
    }

    private static void immutableStatefulSet(ObjectNode old, ObjectNode object, List<String> causes) {
        ObjectNode before = old.withObject("/spec").deepCopy();
        ObjectNode after = object.withObject("/spec").deepCopy();
        List<String> mutable = List.of(
                "replicas",
                "ordinals",
                "template",
                "updateStrategy",
                "revisionHistoryLimit",
                "persistentVolumeClaimRetentionPolicy",
                "minReadySeconds");
        before.remove(mutable);
        after.remove(mutable);
        if (!before.equals(after)) {
            causes.add("spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals',"
                    + " 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy'"
                    + " and 'minReadySeconds' are forbidden");
        }
    }

    private static void immutablePod(ObjectNode old, ObjectNode object, List<String> causes) {
        ObjectNode before = specWithoutImages(old);
        ObjectNode after = specWithoutImages(object);
        // The scheduler's binding, which the sandbox's kubelet does by an update.
        if (before.path("nodeName").isMissingNode()) {
            after.remove("nodeName");
        }
        if (!before.equals(after)) {
            causes.add("spec: Forbidden: pod updates may not change fields other than"
                    + " `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
                    + "`spec.tolerations` (only additions to existing tolerations)");
        }
    }

    private static ObjectNode specWithoutImages(ObjectNode pod) {
        ObjectNode spec = pod.withObject("/spec").deepCopy();
        spec.remove(List.of("activeDeadlineSeconds", "tolerations"));
        for (String list : List.of("containers", "initContainers")) {
            spec.path(list).forEach(container -> ((ObjectNode) container).remove("image"));
        }
        return spec;
    }

    /** @param claims names of volumes that each pod gets of its own */
    private static void podSpec(JsonNode spec, String path, Set<String> claims, List<String> causes) {
        if (spec.path("containers").isEmpty()) {
            causes.add(path + ".containers: Required value");
        }
        Set<String> volumes = new HashSet<>(claims);
        spec.path("volumes").forEach(volume -> volumes.add(volume.path("name").asText()));
        Set<String> names = new HashSet<>();
        for (String list : List.of("containers", "initContainers")) {
            for (int i = 0; i < spec.path(list).size(); i++) {
                container(spec.path(list).get(i), path + "." + list + "[" + i + "]", names, volumes, causes);
            }
        }
    }

    private static void container(
            JsonNode container, String path, Set<String> names, Set<String> volumes, List<String> causes) {
        String name = container.path("name").asText("");
        if (name.isEmpty()) {
            causes.add(path + ".name: Required value");
        } else if (!DNS_1123_LABEL.matcher(name).matches()) {
            causes.add(path + ".name: Invalid value: \"" + name + "\": a lowercase RFC 1123 label must consist of"
                    + " lower case alphanumeric characters or '-'");
        } else if (!names.add(name)) {
            causes.add(path + ".name: Duplicate value: \"" + name + "\"");
        }
        if (container.path("image").asText("").isBlank()) {
            causes.add(path + ".image: Required value");
        }
        for (JsonNode mount : container.path("volumeMounts")) {
            if (!volumes.contains(mount.path("name").asText())) {
                causes.add(path + ".volumeMounts[0].name: Not found: " + mount.path("name"));
            }
        }
        for (JsonNode variable : container.path("env")) {
            if (variable.path("name").asText("").isEmpty()) {
                causes.add(path + ".env[0].name: Required value");
            }
            if (variable.has("value") && !variable.path("value").isTextual()) {
                throw Failures.badRequest("json: cannot unmarshal "
                        + variable.path("value").getNodeType() + " into Go struct field EnvVar.value of type string");
            }
        }
    }

    private static void labels(JsonNode labels, String path, List<String> causes) {
        labels.properties().forEach(label -> {
            key(label.getKey(), path, causes);
            String value = label.getValue().asText();
            if (!label.getValue().isTextual()
                    || value.length() > 63
                    || !LABEL_VALUE.matcher(value).matches()) {
                causes.add(path + ": Invalid value: " + label.getValue() + ": a valid label must be an empty string or"
                        + " consist of alphanumeric characters, '-', '_' or '.'");
            }
        });
    }

    private static void key(String key, String path, List<String> causes) {
        String name = key.substring(key.indexOf('/') + 1);
        if (name.length() > 63 || !QUALIFIED_NAME.matcher(key).matches()) {
            causes.add(path + ": Invalid value: \"" + key + "\": name part must consist of alphanumeric characters,"
                    + " '-', '_' or '.', and must start and end with an alphanumeric character");
        }
    }

    private static void notNegative(JsonNode spec, String field, List<String> causes) {
        JsonNode value = spec.path(field);
        if (!value.isMissingNode() && !value.isIntegralNumber()) {
            throw Failures.badRequest("json: cannot unmarshal " + value.getNodeType() + " into Go struct field " + field
                    + " of type int32");
        }
        if (value.asInt(0) < 0) {
            causes.add("spec." + field + ": Invalid value: " + value + ": must be greater than or equal to 0");
        }
    }

    private static boolean isZero(JsonNode count) {
        return count.asText("").equals("0") || count.asText("").equals("0%");
    }
}
