package dev.stepback.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** One pod as the page colours it: {@code ready}, {@code starting}, {@code failed} or {@code terminating}. */
final class PodView {
    private static final Set<String> FAILURES = Set.of(
            "CrashLoopBackOff",
            "ImagePullBackOff",
            "ErrImagePull",
            "InvalidImageName",
            "CreateContainerConfigError",
            "Error",
            "OOMKilled");

    private PodView() {}

    static ObjectNode of(JsonNode pod, long revision) {
        String reason = "";
        int restarts = 0;
        for (JsonNode container : pod.at("/status/containerStatuses")) {
            restarts += container.path("restartCount").asInt();
            reason = firstOf(
                    reason,
                    container.at("/state/waiting/reason").asText(),
                    container.at("/state/terminated/reason").asText());
            if (container.at("/lastState/terminated/reason").asText().equals("OOMKilled")) {
                reason = reason.isEmpty() || reason.equals("OOMKilled") ? "OOMKilled" : reason + " (OOMKilled)";
            }
        }
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", pod.at("/metadata/name").asText())
                .put("revision", revision)
                .put("state", state(pod, reason))
                .put("reason", reason)
                .put("restarts", restarts);
    }

    private static String state(JsonNode pod, String reason) {
        if (pod.at("/metadata/deletionTimestamp").isTextual()) {
            return "terminating";
        }
        for (JsonNode condition : pod.at("/status/conditions")) {
            if (condition.path("type").asText().equals("Ready")
                    && condition.path("status").asText().equals("True")) {
                return "ready";
            }
        }
        boolean failed = pod.at("/status/phase").asText().equals("Failed")
                || FAILURES.stream().anyMatch(reason::startsWith);
        return failed ? "failed" : "starting";
    }

    private static String firstOf(String... texts) {
        for (String text : texts) {
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }
}
