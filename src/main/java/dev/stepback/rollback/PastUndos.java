package dev.stepback.rollback;

import dev.stepback.target.Operation;
import dev.stepback.target.PastUndo;
import dev.stepback.target.Plan;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** When a target's revisions were used again, as its Rollbacks remember it. */
final class PastUndos {
    private PastUndos() {}

    /** Those that patched the target, whatever became of them afterwards. */
    static List<PastUndo> of(List<Rollback> rollbacks) {
        return rollbacks.stream().flatMap(PastUndos::of).toList();
    }

    private static Stream<PastUndo> of(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        Plan plan = status.plan();
        Instant patchedAt = status.patchedAt();
        return plan == null || patchedAt == null || rollback.getSpec().wanted() != Operation.UNDO
                ? Stream.empty()
                : Stream.of(new PastUndo(patchedAt, plan.from().id(), plan.to().id()));
    }
}
