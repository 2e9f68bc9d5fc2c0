package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Deployment's conditions, with the reasons that clients rely on. */
final class Conditions {
    static final String AVAILABLE = "Available";
    static final String PROGRESSING = "Progressing";

    static final String CREATED = "NewReplicaSetCreated";
    static final String FOUND = "FoundNewReplicaSet";
    static final String UPDATED = "ReplicaSetUpdated";
    static final String COMPLETE = "NewReplicaSetAvailable";
    static final String TIMED_OUT = "ProgressDeadlineExceeded";
    static final String PAUSED = "DeploymentPaused";
    static final String RESUMED = "DeploymentResumed";

    private final Clock clock;

    Conditions(Clock clock) {
        this.clock = clock;
    }

    static Optional<DeploymentCondition> find(DeploymentStatus status, String type) {
        return status.getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    static boolean hasReason(DeploymentStatus status, String reason) {
        return find(status, PROGRESSING)
                .map(DeploymentCondition::getReason)
                .filter(reason::equals)
                .isPresent();
    }

    static void remove(DeploymentStatus status, String type) {
        List<DeploymentCondition> kept = new ArrayList<>(status.getConditions());
        kept.removeIf(condition -> condition.getType().equals(type));
        status.setConditions(kept);
    }

    /** Sets a condition unless it already has this status and reason; the transition is when the status changed. */
    void set(DeploymentStatus status, String type, String value, String reason, String message) {
        Optional<DeploymentCondition> known = find(status, type);
        if (known.filter(condition -> condition.getStatus().equals(value)
                        && condition.getReason().equals(reason))
                .isEmpty()) {
            touch(status, type, value, reason, message);
        }
    }

    /** Sets a condition and when it was updated, whatever it was before. */
    void touch(DeploymentStatus status, String type, String value, String reason, String message) {
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        String transition = find(status, type)
                .filter(condition -> condition.getStatus().equals(value))
                .map(DeploymentCondition::getLastTransitionTime)
                .orElse(now);
        remove(status, type);
        status.getConditions()
                .add(new DeploymentConditionBuilder()
                        .withType(type)
                        .withStatus(value)
                        .withReason(reason)
                        .withMessage(message)
                        .withLastUpdateTime(now)
                        .withLastTransitionTime(transition)
                        .build());
    }
}
