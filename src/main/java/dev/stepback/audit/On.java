package dev.stepback.audit;

import dev.stepback.target.TargetRef;
import org.jspecify.annotations.Nullable;

/**
 * What something was done to.
 *
 * @param rollback name of the Rollback, which is in the target's namespace; null when there is none
 * @param operation what was asked for, as in {@code Undo} or {@code Restart}; null when that is not known
 */
public record On(
        TargetRef target,
        @Nullable String rollback,
        @Nullable String operation) {

    public On(TargetRef target) {
        this(target, null, null);
    }
}
