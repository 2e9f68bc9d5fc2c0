package dev.stepback.audit;

import dev.stepback.target.TargetRef;
import org.jspecify.annotations.Nullable;

/**
 * What something was done to.
 *
 * @param rollback name of the Rollback, which is in the target's namespace; null when there is none
 */
public record On(TargetRef target, @Nullable String rollback) {}
