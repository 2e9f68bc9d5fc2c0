package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether a pod is ready, and has been for long enough. */
final class Readiness {
    private final Clock clock;

    Readiness(Clock clock) {
        this.clock = clock;
    }

    static boolean isReady(Pod pod) {
        return condition(pod, "Ready")
                .filter(condition -> condition.getStatus().equals("True"))
                .isPresent();
    }

    static Optional<PodCondition> condition(Pod pod, String type) {
        if (pod.getStatus() == null) {
            return Optional.empty();
        }
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    /** How long a ready pod has to stay ready before it counts as available; zero when it does. */
    Duration untilAvailable(Pod pod, int minReadySeconds) {
        Instant now = clock.instant();
        Instant available = condition(pod, "Ready")
                .map(PodCondition::getLastTransitionTime)
                .map(Instant::parse)
                .orElse(now)
                .plusSeconds(minReadySeconds);
        return minReadySeconds == 0 || !available.isAfter(now) ? Duration.ZERO : Duration.between(now, available);
    }
}
