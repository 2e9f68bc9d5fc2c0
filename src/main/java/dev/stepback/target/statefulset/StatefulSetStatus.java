package dev.stepback.target.statefulset;

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
 * {@code polymorphichelpers/rollout_status.go}, {@code StatefulSetStatusViewer}). Beyond kubectl: {@code OnDelete}, {@code
 * minReadySeconds}, pods that block the rollout, and that the pods themselves are looked at: on the way back to the current
 * revision kubectl's two revisions are equal from the start, and the status counts a pod that is being deleted as ready.
 */
final class StatefulSetStatus {
    private final RevisionedWorkload workload;
    private final UpdatePolicy policy;
    private final JsonNode status;
    private final Instant now;
    private final String hash;

    private StatefulSetStatus(RevisionedWorkload workload, Instant now) {
        this.workload = workload;
        this.policy = UpdatePolicy.of(workload);
        this.status = workload.object().path("status");
        this.now = now;
        this.hash = PodDeletion.restored(workload).orElse("");
    }

    /** Name of the revision of which the controller makes pods that were not replaced yet; empty before it has looked. */
    static String currentRevision(RevisionedWorkload workload) {
        return workload.object().path("status").path("currentRevision").asText("");
    }

    static Observation of(RevisionedWorkload workload, Instant now) {
        return new StatefulSetStatus(workload, now).observation();
    }

    private Observation observation() {
        int replicas = policy.replicas();
        int ready = status.path("readyReplicas").asInt(0);
        int updated = status.path("updatedReplicas").asInt(0);
        String update = status.path("updateRevision").asText("");
        boolean partitioned =
                workload.object().path("spec").path("updateStrategy").has("rollingUpdate");
        if (!workload.observed()) {
            return running("Waiting for statefulset spec update to be observed...");
        }
        List<RevisionPod> stuck = policy.stuck(workload, hash);
        if (!stuck.isEmpty()) {
            return running(
                    "Waiting for %d pods to be ready... %s on another revision: the rollout goes on once %s deleted."
                            .formatted(
                                    Math.max(1, replicas - ready),
                                    RevisionPod.names(stuck) + (stuck.size() == 1 ? " is stuck" : " are stuck"),
                                    stuck.size() == 1 ? "it is" : "they are"));
        }
        if (ready < replicas) {
            return running("Waiting for %d pods to be ready...".formatted(replicas - ready));
        }
        if (!policy.rolling()) {
            return onDelete(updated);
        }
        if (partitioned && updated < policy.updated()) {
            return running("Waiting for partitioned roll out to finish: %d out of %d new pods have been updated..."
                    .formatted(updated, policy.updated()));
        }
        if (!partitioned && !update.equals(currentRevision(workload))) {
            return running("waiting for statefulset rolling update to complete %d pods at revision %s..."
                    .formatted(updated, update));
        }
        long there = count(p -> p.ready());
        if (there < policy.updated()) {
            return running("waiting for statefulset rolling update to complete %d pods at revision %s..."
                    .formatted(there, update));
        }
        long available = count(p -> p.available(workload.minReady(), now));
        if (available < policy.updated()) {
            return running("Waiting for %d pods to be ready for %d s..."
                    .formatted(policy.updated() - available, workload.minReady().toSeconds()));
        }
        String done = partitioned
                ? "partitioned roll out complete: %d new pods have been updated...".formatted(updated)
                : "statefulset rolling update complete %d pods at revision %s..."
                        .formatted(status.path("currentReplicas").asInt(0), update);
        return observation(State.DONE, done);
    }

    private Observation onDelete(int updated) {
        return updated < policy.replicas()
                ? running(
                        "%d out of %d pods run the new template; with the strategy OnDelete the others wait to be deleted"
                                .formatted(updated, policy.replicas()))
                : observation(State.DONE, "all %d pods run the new template".formatted(updated));
    }

    private Observation running(String sentence) {
        return observation(State.RUNNING, sentence);
    }

    /** The figures are about the pods that the rollout replaces, those below the partition are left out. */
    private Observation observation(State state, String sentence) {
        int all = policy.updated();
        int updated = (int) count(p -> true);
        int available = (int) count(p -> p.available(workload.minReady(), now));
        long old = workload.pods().stream()
                .filter(pod -> isReplaced(pod) && !pod.runs(hash))
                .count();
        return new Observation(state, sentence, new Rollout(sentence, all, updated, available, (int) old, List.of()));
    }

    /** Not those below the partition, nor those that go because it is scaled down, which the status counts as well. */
    private boolean isReplaced(RevisionPod pod) {
        return pod.ordinal() >= policy.first() && pod.ordinal() < policy.top();
    }

    private long count(java.util.function.Predicate<RevisionPod> which) {
        return workload.pods().stream()
                .filter(pod -> isReplaced(pod) && pod.runs(hash) && !pod.terminating())
                .filter(which)
                .count();
    }
}
