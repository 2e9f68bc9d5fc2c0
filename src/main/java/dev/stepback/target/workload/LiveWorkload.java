package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.TargetRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** An object with a pod template, as the API server gave it at one moment. */
public interface LiveWorkload {
    TargetRef ref();

    ObjectNode object();

    /** The change cause of its present template, unredacted; or empty. */
    String changeCause();

    /** A rollout that is complete. */
    record Past(Instant begun, Instant complete) {
        public Duration time() {
            return Duration.between(begun, complete);
        }
    }

    /** Its last rollout; empty when the cluster no longer knows. */
    default Optional<Past> lastRollout() {
        return Optional.empty();
    }

    default String uid() {
        return Json.uid(object());
    }

    default PodTemplate template() {
        return PodTemplate.of(object());
    }

    /** Whether the controller has seen the newest spec. */
    default boolean observed() {
        return object().path("status").path("observedGeneration").asLong(0)
                >= object().path("metadata").path("generation").asLong(0);
    }
}
