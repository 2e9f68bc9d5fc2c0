package dev.stepback.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.ApiException;
import dev.stepback.sandbox.cluster.ObjectStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/**
 * What the page's side panel shows of the cluster: workloads by namespace with their revisions and pods, and the
 * Rollbacks. Drawn from the store whenever it is asked for.
 */
final class ClusterPanel {
    private static final String REVISION = "deployment.kubernetes.io/revision";
    private static final int ROLLBACKS_SHOWN = 5;

    private final ObjectStore store;

    ClusterPanel(ObjectStore store) {
        this.store = store;
    }

    ObjectNode toJson() {
        Map<String, List<ObjectNode>> replicaSets = byController("replicasets.apps");
        Map<String, List<ObjectNode>> pods = byController("pods");
        Map<String, ArrayNode> namespaces = new TreeMap<>();
        store.list("deployments.apps", null).stream()
                .sorted(Comparator.comparing(ClusterPanel::name))
                .forEach(deployment -> namespaces
                        .computeIfAbsent(
                                deployment.at("/metadata/namespace").asText(),
                                n -> JsonNodeFactory.instance.arrayNode())
                        .add(workload(deployment, replicaSets.getOrDefault(uid(deployment), List.of()), pods)));
        Map<String, List<ObjectNode>> revisions = byController("controllerrevisions.apps");
        for (String resource : List.of("statefulsets.apps", "daemonsets.apps")) {
            for (ObjectNode set : store.list(resource, null)) {
                namespaces
                        .computeIfAbsent(
                                set.at("/metadata/namespace").asText(), n -> JsonNodeFactory.instance.arrayNode())
                        .add(RevisionedWorkload.toJson(
                                set,
                                revisions.getOrDefault(uid(set), List.of()),
                                pods.getOrDefault(uid(set), List.of())));
            }
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("rollbacks", rollbacks());
        ArrayNode list = json.putArray("namespaces");
        namespaces.forEach(
                (name, workloads) -> list.addObject().put("name", name).set("workloads", workloads));
        return json;
    }

    private static ObjectNode workload(
            JsonNode deployment, List<ObjectNode> replicaSets, Map<String, List<ObjectNode>> podsByController) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("namespace", deployment.at("/metadata/namespace").asText());
        json.put("name", name(deployment));
        json.put("kind", "Deployment");
        json.put("revision", revision(deployment));
        json.put("desired", deployment.at("/spec/replicas").asInt(1));
        json.put("ready", deployment.at("/status/readyReplicas").asInt());
        json.set("images", images(deployment));
        ArrayNode revisions = json.putArray("revisions");
        ArrayNode pods = json.putArray("pods");
        replicaSets.stream()
                .sorted(Comparator.comparingLong(ClusterPanel::revision).reversed())
                .forEach(replicaSet -> revisions.add(revisionOf(replicaSet)));
        replicaSets.stream()
                .sorted(Comparator.comparingLong(ClusterPanel::revision))
                .forEach(replicaSet -> podsByController.getOrDefault(uid(replicaSet), List.of()).stream()
                        .sorted(Comparator.comparing(ClusterPanel::name))
                        .forEach(pod -> pods.add(PodView.of(pod, revision(replicaSet)))));
        return state(json, deployment, pods);
    }

    private static ObjectNode state(ObjectNode json, JsonNode deployment, ArrayNode pods) {
        int desired = deployment.at("/spec/replicas").asInt(1);
        JsonNode status = deployment.path("status");
        boolean settled = status.path("observedGeneration").asLong()
                        >= deployment.at("/metadata/generation").asLong()
                && status.path("updatedReplicas").asInt() == desired
                && status.path("availableReplicas").asInt() == desired
                && status.path("replicas").asInt() == desired;
        boolean failing = StreamSupport.stream(pods.spliterator(), false)
                .anyMatch(pod -> pod.path("state").asText().equals("failed"));
        if (deployment.at("/spec/paused").asBoolean()) {
            return json.put("state", "paused").put("health", "busy");
        } else if (deadlineExceeded(status)) {
            return json.put("state", "deadline exceeded").put("health", "bad");
        } else if (failing) {
            return json.put("state", "failing").put("health", "bad");
        }
        return json.put("state", settled ? "healthy" : "rolling out").put("health", settled ? "good" : "busy");
    }

    private static boolean deadlineExceeded(JsonNode status) {
        return StreamSupport.stream(status.path("conditions").spliterator(), false)
                .anyMatch(condition -> condition.path("reason").asText().equals("ProgressDeadlineExceeded"));
    }

    private static ObjectNode revisionOf(JsonNode replicaSet) {
        JsonNode annotations = replicaSet.at("/metadata/annotations");
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("number", revision(replicaSet));
        json.put("replicaSet", name(replicaSet));
        ArrayNode earlier = json.putArray("earlier");
        for (String number : annotations
                .path("deployment.kubernetes.io/revision-history")
                .asText()
                .split(",", -1)) {
            if (!number.isBlank()) {
                earlier.add(number.strip());
            }
        }
        json.set("images", images(replicaSet));
        json.put("changeCause", annotations.path("kubernetes.io/change-cause").asText());
        return json.put("replicas", replicaSet.at("/status/replicas").asInt());
    }

    private ArrayNode rollbacks() {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        List<ObjectNode> rollbacks;
        try {
            rollbacks = store.list("rollbacks.stepback.dev", null);
        } catch (ApiException e) {
            return json; // their definition is not installed yet
        }
        rollbacks.stream()
                .sorted(Comparator.comparing((ObjectNode rollback) ->
                                rollback.at("/metadata/creationTimestamp").asText())
                        .reversed())
                .limit(ROLLBACKS_SHOWN)
                .forEach(rollback -> json.addObject()
                        .put("name", name(rollback))
                        .put("target", rollback.at("/spec/target/name").asText())
                        .put("from", rollback.at("/status/plan/from/number").asText())
                        .put("to", rollback.at("/status/plan/to/number").asText())
                        .put("phase", rollback.at("/status/phase").asText("Planning")));
        return json;
    }

    private Map<String, List<ObjectNode>> byController(String resource) {
        Map<String, List<ObjectNode>> byUid = new HashMap<>();
        for (ObjectNode object : store.list(resource, null)) {
            for (JsonNode owner : object.at("/metadata/ownerReferences")) {
                if (owner.path("controller").asBoolean()) {
                    byUid.computeIfAbsent(owner.path("uid").asText(), u -> new ArrayList<>())
                            .add(object);
                }
            }
        }
        return byUid;
    }

    static ArrayNode images(JsonNode workload) {
        ArrayNode images = JsonNodeFactory.instance.arrayNode();
        workload.at("/spec/template/spec/containers")
                .forEach(container -> images.add(container.path("image").asText()));
        return images;
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    private static String uid(JsonNode object) {
        return object.at("/metadata/uid").asText();
    }

    private static long revision(JsonNode object) {
        return object.path("metadata").path("annotations").path(REVISION).asLong();
    }
}
