package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.TargetRef;
import java.util.Comparator;
import java.util.List;

/** The warnings about pods that the cluster has not forgotten (an hour, mostly), oldest first. */
public final class PodEvents {
    private final ApiServer api;

    public PodEvents(ApiServer api) {
        this.api = api;
    }

    /** About one pod. */
    public List<ObjectNode> warnings(TargetRef ref, ObjectNode pod) {
        return warnings(ref, "involvedObject.kind=Pod,involvedObject.name=" + Json.name(pod));
    }

    /** About one Job: why it makes no pods. */
    public List<ObjectNode> jobWarnings(TargetRef ref, ObjectNode job) {
        return warnings(ref, "involvedObject.kind=Job,involvedObject.name=" + Json.name(job));
    }

    /** About all pods of the namespace. */
    public List<ObjectNode> warnings(TargetRef ref) {
        return warnings(ref, "involvedObject.kind=Pod,type=Warning");
    }

    private List<ObjectNode> warnings(TargetRef ref, String fields) {
        return api
                .list("/api/v1/namespaces/" + ref.namespace() + "/events?" + ApiServer.query("fieldSelector", fields))
                .stream()
                .filter(event -> event.path("type").asText().equals("Warning"))
                .sorted(Comparator.comparing(PodEvents::lastSeen))
                .toList();
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
