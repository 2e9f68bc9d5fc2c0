package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.Rollout;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Halt;
import dev.stepback.target.workload.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a rollout stands, in the words of {@code kubectl rollout status} (kubectl's
 * {@code polymorphichelpers/rollout_status.go}, {@code DeploymentStatusViewer}).
 */
final class RolloutStatus {
    private RolloutStatus() {}

    /**
     * @param since when the change was made that is waited for: a deadline that was exceeded before it says nothing
     *     about it. kubectl does not look at the time, and so calls the undo of a stuck rollout a failure until the
     *     controller has noticed its first progress
     */
    static Observation of(Workload workload, Optional<Instant> since) {
        ObjectNode deployment = workload.deployment();
        JsonNode status = deployment.path("status");
        String name = Json.name(deployment);
        int desired = deployment.path("spec").path("replicas").asInt(1);
        int replicas = status.path("replicas").asInt(0);
        int updated = status.path("updatedReplicas").asInt(0);
        int available = status.path("availableReplicas").asInt(0);
        if (!workload.observed()) {
            return observation(
                    workload, State.RUNNING, "Waiting for deployment spec update to be observed...", desired);
        }
        if (deadlineExceeded(status, since)) {
            String failure = "deployment \"%s\" exceeded its progress deadline".formatted(name);
            return observation(workload, State.FAILED, failure, desired);
        }
        String waiting = "Waiting for deployment \"%s\" rollout to finish: ".formatted(name);
        if (updated < desired) {
            waiting += "%d out of %d new replicas have been updated...".formatted(updated, desired);
        } else if (replicas > updated) {
            waiting += "%d old replicas are pending termination...".formatted(replicas - updated);
        } else if (available < updated) {
            waiting += "%d of %d updated replicas are available...".formatted(available, updated);
        } else {
            String done = "deployment \"%s\" successfully rolled out".formatted(name);
            return observation(workload, State.DONE, done, desired);
        }
        return observation(workload, State.RUNNING, waiting + paused(workload), desired);
    }

    /** Why nothing goes on, which kubectl does not say; with a space before it, or empty. */
    private static String paused(Workload workload) {
        return workload.paused()
                ? " It is paused%s: '%s' lets it go on."
                        .formatted(
                                Halt.on(workload.deployment())
                                        .map(halt -> " since rollback " + halt.rollback() + " was stopped")
                                        .orElse(""),
                                Blame.resume(workload.ref()))
                : "";
    }

    private static boolean deadlineExceeded(JsonNode status, Optional<Instant> since) {
        return Json.condition(status, "Progressing")
                .filter(c -> c.path("reason").asText().equals("ProgressDeadlineExceeded"))
                .filter(c -> since.isEmpty() || !stale(c, since.get()))
                .isPresent();
    }

    private static boolean stale(JsonNode condition, Instant since) {
        String updated = condition.path("lastUpdateTime").asText("");
        // Both are to the second, and no deadline is shorter than one: the same second means before.
        return !updated.isEmpty() && !Instant.parse(updated).isAfter(since);
    }

    /** The figures are the ReplicaSets' own: they are right also while the Deployment's status is still the old one. */
    private static Observation observation(Workload workload, State state, String sentence, int desired) {
        Optional<ObjectNode> updated = workload.newReplicaSet();
        int total = workload.replicaSets().stream()
                .mapToInt(rs -> figure(rs, "replicas"))
                .sum();
        int now = updated.map(rs -> figure(rs, "replicas")).orElse(0);
        int available = updated.map(rs -> figure(rs, "availableReplicas")).orElse(0);
        return new Observation(state, sentence, new Rollout(sentence, desired, now, available, total - now, List.of()));
    }

    private static int figure(ObjectNode replicaSet, String name) {
        return replicaSet.path("status").path(name).asInt(0);
    }

    /** What the rollout that is under way, if any, means for another one. */
    static List<Finding> findings(Workload workload) {
        List<Finding> findings = new ArrayList<>();
        Observation now = of(workload, Optional.empty());
        findings.add(
                switch (now.state()) {
                    case DONE -> Finding.pass("rollout", "No other rollout is in progress.");
                    case RUNNING, AGAIN ->
                        Finding.warn(
                                "rollout",
                                (workload.paused() ? "A stopped rollout" : "A rollout is in progress and")
                                        + " will be replaced" + figures(now) + ".");
                    case FAILED, OVERTAKEN ->
                        Finding.warn("rollout", "The present rollout is stuck: %s.".formatted(now.message()));
                });
        JsonNode spec = workload.deployment().path("spec");
        if (spec.path("replicas").asInt(1) == 0) {
            findings.add(Finding.warn("replicas", "It is scaled to 0: no pod will start until it is scaled up."));
        }
        if (spec.path("strategy").path("type").asText().equals("Recreate")) {
            findings.add(Finding.warn(
                    "strategy", "Its strategy is Recreate: all pods stop before the first restored one starts."));
        }
        return findings;
    }

    private static String figures(Observation now) {
        Rollout rollout = now.rollout();
        return rollout == null
                ? ""
                : ": %d of %d new pods are available".formatted(rollout.available(), rollout.desired());
    }
}
