package dev.stepback.audit;

import dev.stepback.target.TargetRef;
import org.jspecify.annotations.Nullable;

/**
 * What something was done to.
 *
 * @param rollback name of the Rollback, which is in the target's namespace; null when there is none
 * @param operation what was asked for, as in {@code Undo} or {@code Restart}; null when that is not known
 * @param group name of the RollbackGroup that it is part of; null for none
 */
public record On(
        TargetRef target,
        @Nullable String rollback,
        @Nullable String operation,
        @Nullable String group) {

    public On(TargetRef target, @Nullable String rollback, @Nullable String operation) {
        this(target, rollback, operation, null);
    }

    public On(TargetRef target) {
        this(target, null, null);
    }
}
