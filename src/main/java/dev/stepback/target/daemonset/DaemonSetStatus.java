package dev.stepback.target.daemonset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.target.Rollout;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.controllerrevision.PodDeletion;
import dev.stepback.target.controllerrevision.RevisionPod;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import java.time.Instant;
import java.util.List;

/**
 * How a rollout stands, in the words of {@code kubectl rollout status} (kubectl's
 * {@code polymorphichelpers/rollout_status.go}, {@code DaemonSetStatusViewer}). Beyond kubectl: {@code OnDelete}.
 */
final class DaemonSetStatus {
    private DaemonSetStatus() {}

    static Observation of(RevisionedWorkload workload, Instant now) {
        JsonNode status = workload.object().path("status");
        int desired = status.path("desiredNumberScheduled").asInt(0);
        int updated = status.path("updatedNumberScheduled").asInt(0);
        int available = status.path("numberAvailable").asInt(0);
        String name = workload.ref().name();
        if (!workload.observed()) {
            return observation(
                    workload, now, State.RUNNING, "Waiting for daemon set spec update to be observed...", desired);
        }
        String waiting = "Waiting for daemon set \"%s\" rollout to finish: ".formatted(name);
        if (updated < desired) {
            String others = workload.onDelete() ? "; with the strategy OnDelete the others wait to be deleted" : "...";
            waiting += "%d out of %d new pods have been updated%s".formatted(updated, desired, others);
        } else if (available < desired) {
            waiting += "%d of %d updated pods are available...".formatted(available, desired);
        } else {
            String done = "daemon set \"%s\" successfully rolled out".formatted(name);
            return observation(workload, now, State.DONE, done, desired);
        }
        return observation(workload, now, State.RUNNING, waiting, desired);
    }

    private static Observation observation(
            RevisionedWorkload workload, Instant now, State state, String sentence, int desired) {
        String hash = PodDeletion.restored(workload).orElse("");
        List<RevisionPod> updated = workload.pods().stream()
                .filter(pod -> pod.runs(hash) && !pod.terminating())
                .toList();
        int available = (int) updated.stream()
                .filter(pod -> pod.available(workload.minReady(), now))
                .count();
        int old = (int) workload.pods().stream().filter(pod -> !pod.runs(hash)).count();
        return new Observation(
                state, sentence, new Rollout(sentence, desired, updated.size(), available, old, List.of()));
    }
}
