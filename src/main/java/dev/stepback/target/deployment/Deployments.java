package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.TargetRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and patches Deployments and what belongs to them. Reads are live: nothing is cached. */
final class Deployments {
    private final ApiServer api;

    Deployments(ApiServer api) {
        this.api = api;
    }

    ApiServer api() {
        return api;
    }

    Optional<ObjectNode> deployment(TargetRef ref) {
        return ApiServer.isName(ref.name()) ? api.get(path(ref)) : Optional.empty();
    }

    Optional<Workload> workload(TargetRef ref) {
        return deployment(ref).map(d -> new Workload(ref, d, replicaSets(ref, d)));
    }

    /** The ReplicaSets that match the Deployment's selector and are controlled by it. */
    List<ObjectNode> replicaSets(TargetRef ref, ObjectNode deployment) {
        return selected("/apis/apps/v1", "replicasets", ref, deployment).stream()
                .filter(rs -> controlledBy(rs, Json.uid(deployment)))
                .toList();
    }

    /** One ReplicaSet by its name, if the Deployment with this uid controls it. */
    Optional<ObjectNode> replicaSet(TargetRef ref, String deploymentUid, String name) {
        return ApiServer.isName(name)
                ? api.get("/apis/apps/v1/namespaces/" + ref.namespace() + "/replicasets/" + name)
                        .filter(rs -> controlledBy(rs, deploymentUid))
                : Optional.empty();
    }

    /** The pods of one ReplicaSet. */
    List<ObjectNode> pods(TargetRef ref, ObjectNode replicaSet) {
        return selected("/api/v1", "pods", ref, replicaSet).stream()
                .filter(pod -> controlledBy(pod, Json.uid(replicaSet)))
                .toList();
    }

    /** The warnings about one pod, oldest first. */
    List<ObjectNode> warnings(TargetRef ref, ObjectNode pod) {
        return warnings(ref, "involvedObject.kind=Pod,involvedObject.name=" + Json.name(pod));
    }

    private List<ObjectNode> warnings(TargetRef ref, String fields) {
        return api
                .list("/api/v1/namespaces/" + ref.namespace() + "/events?" + ApiServer.query("fieldSelector", fields))
                .stream()
                .filter(event -> event.path("type").asText().equals("Warning"))
                .sorted(java.util.Comparator.comparing(Deployments::lastSeen))
                .toList();
    }

    /** The warnings about the namespace's pods that the cluster has not forgotten (an hour, mostly), oldest first. */
    List<ObjectNode> warnings(TargetRef ref) {
        return warnings(ref, "involvedObject.kind=Pod,type=Warning");
    }

    /** @throws io.fabric8.kubernetes.client.KubernetesClientException with code 422 when a {@code test} fails */
    ObjectNode patch(TargetRef ref, JsonNode patch, boolean dryRun) {
        return api.patch(path(ref), patch, dryRun);
    }

    void patchReplicaSet(TargetRef ref, String name, JsonNode patch) {
        api.patch("/apis/apps/v1/namespaces/" + ref.namespace() + "/replicasets/" + name, patch, false);
    }

    static String path(TargetRef ref) {
        return "/apis/apps/v1/namespaces/" + ref.namespace() + "/deployments/" + ref.name();
    }

    private List<ObjectNode> selected(String group, String resource, TargetRef ref, ObjectNode selecting) {
        String selector = selector(selecting.path("spec").path("selector"));
        return api.list(group + "/namespaces/" + ref.namespace() + "/" + resource + "?"
                + ApiServer.query("labelSelector", selector));
    }

    /** A LabelSelector in the words of the query parameter {@code labelSelector}. */
    static String selector(JsonNode selector) {
        List<String> terms = new ArrayList<>();
        selector.path("matchLabels")
                .properties()
                .forEach(label ->
                        terms.add(label.getKey() + "=" + label.getValue().asText()));
        for (JsonNode expression : selector.path("matchExpressions")) {
            String key = expression.path("key").asText();
            String values = "("
                    + String.join(
                            ",",
                            Json.elements(expression.path("values"))
                                    .map(JsonNode::asText)
                                    .toList())
                    + ")";
            String operator = expression.path("operator").asText();
            terms.add(
                    switch (operator) {
                        case "In" -> key + " in " + values;
                        case "NotIn" -> key + " notin " + values;
                        case "Exists" -> key;
                        case "DoesNotExist" -> "!" + key;
                        default -> throw new IllegalArgumentException("unknown selector operator " + operator);
                    });
        }
        return String.join(",", terms);
    }

    private static boolean controlledBy(JsonNode object, String uid) {
        return Json.elements(object.path("metadata").path("ownerReferences"))
                .anyMatch(owner -> owner.path("controller").asBoolean(false)
                        && owner.path("uid").asText().equals(uid));
    }

    private static String lastSeen(JsonNode event) {
        for (String field : List.of("lastTimestamp", "eventTime", "firstTimestamp")) {
            if (event.path(field).isTextual()) {
                return event.path(field).asText();
            }
        }
        return "";
    }
}
