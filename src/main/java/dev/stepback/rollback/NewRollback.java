package dev.stepback.rollback;

import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came from Slack.
 *
 * @param deliveryKey the same for every delivery of the same request (trigger id, event id); makes creation idempotent
 * @param toTime goes to the revision that was the current one then
 * @param follows name of the Rollback that this one undoes or retries; null for none
 */
public record NewRollback(
        String deliveryKey,
        TargetRef target,
        Operation operation,
        OptionalLong toRevision,
        Optional<Instant> toTime,
        PlanOptions options,
        String reason,
        Actor requestedBy,
        RollbackSpec.Origin origin,
        @Nullable String follows) {

    /** An undo. */
    public NewRollback(
            String deliveryKey,
            TargetRef target,
            OptionalLong toRevision,
            String reason,
            Actor requestedBy,
            RollbackSpec.Origin origin,
            @Nullable String follows) {
        this(
                deliveryKey,
                target,
                Operation.UNDO,
                toRevision,
                Optional.empty(),
                PlanOptions.NONE,
                reason,
                requestedBy,
                origin,
                follows);
    }

    /**
     * What is written down of it.
     *
     * @param deadline how long the rollout may take
     */
    public RollbackSpec spec(Duration deadline) {
        return new RollbackSpec(
                new RollbackSpec.TargetName(target.kind(), target.name()),
                operation == Operation.UNDO ? null : operation,
                toRevision.isPresent() ? toRevision.getAsLong() : null,
                toTime.orElse(null),
                options.equals(PlanOptions.NONE) ? null : options,
                reason,
                requestedBy.person(),
                origin,
                deadline.toSeconds(),
                follows,
                List.of(),
                List.of(),
                null);
    }
}
