package dev.stepback.target.controllerrevision;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodProblems;
import java.time.Duration;
import java.time.Instant;

/** A pod of a StatefulSet or DaemonSet. */
public record RevisionPod(ObjectNode json) {
    private static final String REVISION = "controller-revision-hash";

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

    /** Where it runs, or is meant to run; empty when that is open. */
    public String node() {
        return json.path("spec").path("nodeName").asText("");
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
