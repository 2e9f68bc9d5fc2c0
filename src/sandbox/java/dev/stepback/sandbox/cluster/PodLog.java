package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The log of a pod. Nothing runs in the sandbox, so a pod carries what it would have said, if anything, in the
 * annotation {@value #ANNOTATION}.
 */
final class PodLog {
    static final String ANNOTATION = "sandbox.stepback.dev/log";

    private PodLog() {}

    static String of(ObjectNode pod, ApiRequest request) {
        List<String> names = new ArrayList<>();
        pod.at("/spec/containers")
                .forEach(container -> names.add(container.path("name").asText()));
        String wanted = request.parameter("container", "");
        if (wanted.isEmpty() && names.size() > 1) {
            throw Failures.badRequest("a container name must be specified for pod " + Json.name(pod)
                    + ", choose one of: [" + String.join(" ", names) + "]");
        }
        if (!wanted.isEmpty() && !names.contains(wanted)) {
            throw Failures.badRequest("container " + wanted + " is not valid for pod " + Json.name(pod));
        }
        if (neverStarted(pod, wanted.isEmpty() ? names.get(0) : wanted)) {
            throw Failures.badRequest("container \"" + (wanted.isEmpty() ? names.get(0) : wanted) + "\" in pod \""
                    + Json.name(pod) + "\" is waiting to start");
        }
        JsonNode annotation = pod.path("metadata").path("annotations").path(ANNOTATION);
        String log = annotation.asText("");
        return log.isEmpty() || log.endsWith("\n") ? tail(log, request) : tail(log + "\n", request);
    }

    private static boolean neverStarted(ObjectNode pod, String container) {
        for (JsonNode status : pod.path("status").path("containerStatuses")) {
            if (status.path("name").asText().equals(container)) {
                return status.path("state").has("waiting")
                        && !status.path("lastState").has("terminated");
            }
        }
        return false;
    }

    private static String tail(String log, ApiRequest request) {
        String lines = request.parameter("tailLines");
        if (lines == null || !lines.matches("\\d{1,9}")) {
            return log;
        }
        List<String> all = log.lines().toList();
        int from = Math.max(0, all.size() - Integer.parseInt(lines));
        return all.subList(from, all.size()).stream().map(line -> line + "\n").reduce("", String::concat);
    }
}
