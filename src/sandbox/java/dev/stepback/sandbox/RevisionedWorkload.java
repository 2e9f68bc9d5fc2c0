package dev.stepback.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** What the page's side panel shows of a StatefulSet or a DaemonSet. */
final class RevisionedWorkload {
    private static final String HASH = "controller-revision-hash";

    private RevisionedWorkload() {}

    /**
     * @param revisions its ControllerRevisions
     * @param pods its pods
     */
    static ObjectNode toJson(ObjectNode set, List<ObjectNode> revisions, List<ObjectNode> pods) {
        boolean stateful = set.path("kind").asText().equals("StatefulSet");
        JsonNode status = set.path("status");
        int desired = stateful
                ? set.at("/spec/replicas").asInt(1)
                : status.path("desiredNumberScheduled").asInt();
        List<ObjectNode> newestFirst = revisions.stream()
                .sorted(Comparator.comparingLong((ObjectNode revision) ->
                                revision.path("revision").asLong())
                        .reversed())
                .toList();
        Map<String, Long> numbers = numbers(newestFirst);
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("namespace", set.at("/metadata/namespace").asText())
                .put("name", ClusterPanel.name(set))
                .put("kind", set.path("kind").asText())
                .put(
                        "revision",
                        newestFirst.isEmpty()
                                ? 0
                                : newestFirst.get(0).path("revision").asLong())
                .put("desired", desired)
                .put(
                        "ready",
                        status.path(stateful ? "readyReplicas" : "numberReady").asInt());
        json.set("images", ClusterPanel.images(set));
        ArrayNode list = json.putArray("revisions");
        newestFirst.forEach(revision -> list.add(revision(revision, numbers, pods)));
        ArrayNode shown = json.putArray("pods");
        pods.stream()
                .sorted(Comparator.comparing(ClusterPanel::name))
                .forEach(pod -> shown.add(PodView.of(pod, number(pod, numbers))));
        return state(json, set, stateful, desired);
    }

    private static ObjectNode state(ObjectNode json, ObjectNode set, boolean stateful, int desired) {
        JsonNode status = set.path("status");
        boolean settled = status.path("observedGeneration").asLong()
                        >= set.at("/metadata/generation").asLong()
                && status.path(stateful ? "updatedReplicas" : "updatedNumberScheduled")
                                .asInt()
                        == desired
                && json.path("ready").asInt() == desired;
        boolean failing = StreamSupport.stream(json.path("pods").spliterator(), false)
                .anyMatch(pod -> pod.path("state").asText().equals("failed"));
        if (failing) {
            return json.put("state", "failing").put("health", "bad");
        }
        return json.put("state", settled ? "healthy" : "rolling out").put("health", settled ? "good" : "busy");
    }

    private static ObjectNode revision(ObjectNode revision, Map<String, Long> numbers, List<ObjectNode> pods) {
        long number = revision.path("revision").asLong();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("number", number);
        json.putArray("earlier");
        json.set("images", ClusterPanel.images(revision.path("data")));
        json.put(
                "changeCause",
                revision.at("/metadata/annotations")
                        .path("kubernetes.io/change-cause")
                        .asText());
        return json.put(
                "replicas",
                pods.stream().filter(pod -> number(pod, numbers) == number).count());
    }

    /** By what the label of the pods says: the name of a StatefulSet's revision, the hash of a DaemonSet's. */
    private static Map<String, Long> numbers(List<ObjectNode> revisions) {
        Map<String, Long> numbers = new HashMap<>();
        for (ObjectNode revision : revisions) {
            long number = revision.path("revision").asLong();
            numbers.put(ClusterPanel.name(revision), number);
            numbers.put(revision.at("/metadata/labels").path(HASH).asText(), number);
        }
        return numbers;
    }

    private static long number(ObjectNode pod, Map<String, Long> numbers) {
        return numbers.getOrDefault(pod.at("/metadata/labels").path(HASH).asText(), 0L);
    }
}
