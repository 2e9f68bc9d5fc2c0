package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Origin;
import dev.stepback.rollback.RollbackSpec.TargetName;
import dev.stepback.target.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What tests want. */
public final class Specs {
    private Specs() {}

    /** An undo that nobody has cancelled, and that is no part of a group. */
    public static RollbackSpec undo(
            TargetName target,
            @Nullable Long toRevision,
            String reason,
            Person requestedBy,
            Origin origin,
            long deadlineSeconds,
            @Nullable String follows,
            List<Decision> decisions) {
        return new RollbackSpec(
                target,
                null,
                toRevision,
                null,
                null,
                reason,
                requestedBy,
                origin,
                deadlineSeconds,
                follows,
                decisions,
                List.of(),
                null);
    }

    /** The same request for something else than an undo. */
    public static RollbackSpec doing(Operation operation, RollbackSpec spec) {
        return new RollbackSpec(
                spec.target(),
                operation,
                null,
                null,
                null,
                spec.reason(),
                spec.requestedBy(),
                spec.origin(),
                spec.deadlineSeconds(),
                spec.follows(),
                spec.decisions(),
                spec.choices(),
                spec.cancellation());
    }
}
