/**
 * What every way back has in common: the target, its history, a plan of steps, and how a rollout progresses.
 *
 * <p>Each kind of target (and later each delivery tool) is one package below this one that implements {@link
 * dev.stepback.target.TargetType} and its {@link dev.stepback.target.Step}s. Nothing here knows Slack, and nothing
 * here knows the {@code Rollback} custom resource: the engine in {@code rollback} calls in, never the other way round.
 */
@NullMarked
package dev.stepback.target;

import org.jspecify.annotations.NullMarked;
