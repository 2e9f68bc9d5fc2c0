package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Computes a Deployment's status from its ReplicaSets, and whether the rollout advances, is done or is late. */
final class DeploymentProgress {
    private final Clock clock;
    private final Conditions conditions;

    DeploymentProgress(Clock clock) {
        this.clock = clock;
        this.conditions = new Conditions(clock);
    }

    /** The numbers and the condition {@code Available}; the other conditions as they were. */
    DeploymentStatus status(Deployment deployment, Optional<ReplicaSet> current, List<ReplicaSet> old) {
        List<ReplicaSet> all = new ArrayList<>(old);
        current.ifPresent(all::add);
        Rolling rolling = Rolling.of(deployment);
        int available = ReplicaSets.total(all, ReplicaSets::available);
        DeploymentStatus status = new DeploymentStatusBuilder()
                .withObservedGeneration(deployment.getMetadata().getGeneration())
                .withReplicas(nullIfNone(ReplicaSets.total(all, ReplicaSets::pods)))
                .withUpdatedReplicas(nullIfNone(current.map(ReplicaSets::pods).orElse(0)))
                .withReadyReplicas(nullIfNone(ReplicaSets.total(all, ReplicaSets::ready)))
                .withAvailableReplicas(nullIfNone(available))
                .withUnavailableReplicas(nullIfNone(Math.max(0, ReplicaSets.totalSize(all) - available)))
                .withCollisionCount(deployment.getStatus().getCollisionCount())
                .withConditions(deployment.getStatus().getConditions())
                .build();
        if (available >= rolling.minAvailable()) {
            conditions.set(
                    status,
                    Conditions.AVAILABLE,
                    "True",
                    "MinimumReplicasAvailable",
                    "Deployment has minimum availability.");
        } else {
            conditions.set(
                    status,
                    Conditions.AVAILABLE,
                    "False",
                    "MinimumReplicasUnavailable",
                    "Deployment does not have minimum availability.");
        }
        return status;
    }

    /** Brings the condition {@code Progressing} up to date with the numbers. */
    void judge(Deployment deployment, Optional<ReplicaSet> current, DeploymentStatus status) {
        if (Rolling.deadlineSeconds(deployment).isEmpty()) {
            Conditions.remove(status, Conditions.PROGRESSING);
            return;
        }
        boolean wasComplete = Conditions.hasReason(deployment.getStatus(), Conditions.COMPLETE)
                && count(status.getReplicas()) == count(status.getUpdatedReplicas());
        if (wasComplete) {
            return;
        }
        String subject = current.map(set -> "ReplicaSet \"" + set.getMetadata().getName() + "\"")
                .orElse("Deployment \"" + deployment.getMetadata().getName() + "\"");
        if (isComplete(deployment, status)) {
            progressing(status, "True", Conditions.COMPLETE, subject + " has successfully progressed.");
        } else if (advances(deployment.getStatus(), status)) {
            conditions.touch(status, Conditions.PROGRESSING, "True", Conditions.UPDATED, subject + " is progressing.");
        } else if (isLate(deployment)) {
            progressing(status, "False", Conditions.TIMED_OUT, subject + " has timed out progressing.");
        }
    }

    void progressing(DeploymentStatus status, String value, String reason, String message) {
        conditions.set(status, Conditions.PROGRESSING, value, reason, message);
    }

    static boolean isComplete(Deployment deployment, DeploymentStatus status) {
        int replicas = Rolling.of(deployment).replicas();
        Long observed = status.getObservedGeneration();
        return count(status.getUpdatedReplicas()) == replicas
                && count(status.getReplicas()) == replicas
                && count(status.getAvailableReplicas()) == replicas
                && observed != null
                && observed >= deployment.getMetadata().getGeneration();
    }

    private static boolean advances(DeploymentStatus before, DeploymentStatus now) {
        int oldBefore = count(before.getReplicas()) - count(before.getUpdatedReplicas());
        int oldNow = count(now.getReplicas()) - count(now.getUpdatedReplicas());
        return count(now.getUpdatedReplicas()) > count(before.getUpdatedReplicas())
                || oldNow < oldBefore
                || count(now.getReadyReplicas()) > count(before.getReadyReplicas())
                || count(now.getAvailableReplicas()) > count(before.getAvailableReplicas());
    }

    private boolean isLate(Deployment deployment) {
        if (Conditions.hasReason(deployment.getStatus(), Conditions.COMPLETE)) {
            return false;
        }
        return Conditions.hasReason(deployment.getStatus(), Conditions.TIMED_OUT)
                || deadline(deployment, deployment.getStatus())
                        .filter(clock.instant()::isAfter)
                        .isPresent();
    }

    /** How long to wait before looking whether the deadline has passed; empty when there is nothing to wait for. */
    Optional<Duration> untilDeadline(Deployment deployment, DeploymentStatus status) {
        if (isComplete(deployment, status)
                || Conditions.hasReason(status, Conditions.COMPLETE)
                || Conditions.hasReason(status, Conditions.TIMED_OUT)) {
            return Optional.empty();
        }
        // A moment later than the deadline, which must have passed by then.
        return deadline(deployment, status)
                .map(at -> Duration.between(clock.instant(), at).plusMillis(20));
    }

    private static Optional<Instant> deadline(Deployment deployment, DeploymentStatus status) {
        Optional<Integer> seconds = Rolling.deadlineSeconds(deployment);
        Optional<Instant> since = Conditions.find(status, Conditions.PROGRESSING)
                .map(DeploymentCondition::getLastUpdateTime)
                .map(Instant::parse);
        return since.flatMap(at -> seconds.map(at::plusSeconds));
    }

    private static int count(@Nullable Integer value) {
        return value == null ? 0 : value;
    }

    private static @Nullable Integer nullIfNone(int value) {
        return value == 0 ? null : value;
    }
}
