/**
 * Deployments, rolled back as {@code kubectl rollout undo} does, with the differences that the README lists.
 *
 * <p>{@link dev.stepback.target.deployment.DeploymentTarget} is the way in. {@code Workload} is what was read, {@code
 * Planner} decides, {@code RolloutStatus} reads how a rollout stands. Of the targets it
 * uses what is beside it: {@code target.workload} and {@code target.job}.
 */
@NullMarked
package dev.stepback.target.deployment;

import org.jspecify.annotations.NullMarked;
