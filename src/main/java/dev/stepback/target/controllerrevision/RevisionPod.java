package dev.stepback.target.controllerrevision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodProblems;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** A pod of a StatefulSet or DaemonSet. */
public record RevisionPod(ObjectNode json) {
    private static final String REVISION = "controller-revision-hash";
    private static final int NAMED = 5;

    /** What the DaemonSet controller adds (Kubernetes' {@code ReplaceDaemonSetPodNodeNameNodeAffinity}). */
    private static final String PINNED =
            "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms";

    public String name() {
        return Json.name(json);
    }

    /** The number at the end of a StatefulSet's pod's name; -1 when there is none. */
    public int ordinal() {
        try {
            return Integer.parseInt(name().substring(name().lastIndexOf('-') + 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** As in {@code pod db-2} or {@code pods db-3, db-2}; of many, the first. */
    public static String names(List<RevisionPod> pods) {
        String names = pods.stream().limit(NAMED).map(RevisionPod::name).collect(Collectors.joining(", "));
        int more = pods.size() - NAMED;
        return (pods.size() == 1 ? "pod " : "pods ") + names + (more > 0 ? " and %d more".formatted(more) : "");
    }

    /** Where it runs, or is meant to run, as a DaemonSet's pod that no node has taken yet; empty when that is open. */
    public String node() {
        JsonNode spec = json.path("spec");
        String bound = spec.path("nodeName").asText("");
        return bound.isEmpty()
                ? spec.at(PINNED)
                        .findPath("matchFields")
                        .findPath("values")
                        .path(0)
                        .asText("")
                : bound;
    }

    public boolean runs(String hash) {
        return json.path("metadata").path("labels").path(REVISION).asText("").equals(hash);
    }

    public boolean ready() {
        return PodProblems.ready(json);
    }

    /** Ready, and for so long. */
    public boolean available(Duration minReady, Instant now) {
        return ready()
                && Json.condition(json.path("status"), "Ready")
                        .map(c -> c.path("lastTransitionTime").asText(""))
                        .filter(since -> minReady.isZero()
                                || since.isEmpty()
                                || !Instant.parse(since).plus(minReady).isAfter(now))
                        .isPresent();
    }

    public boolean terminating() {
        return json.path("metadata").has("deletionTimestamp");
    }
}
