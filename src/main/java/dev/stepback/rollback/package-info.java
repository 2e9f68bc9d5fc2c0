/**
 * The engine: the {@code Rollback} custom resource, the decision what to do next, and the reconciler that does it.
 *
 * <p>{@link dev.stepback.rollback.Rollbacks} is how the rest of the bot writes intent; the reconciler alone acts on
 * targets. Knows {@code target}, never Slack.
 */
@NullMarked
package dev.stepback.rollback;

import org.jspecify.annotations.NullMarked;
