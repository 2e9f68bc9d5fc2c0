/**
 * Deployments, rolled back as {@code kubectl rollout undo} does, with the differences that the README lists.
 *
 * <p>{@link dev.stepback.target.deployment.DeploymentTarget} is the way in. {@code Workload} is what was read, {@code
 * Planner} and {@code Preflight} decide, {@code UndoStep} writes once, {@code AwaitRolloutStep} watches. Everything is
 * JSON as the API server gave it, because a pod template must come back as it was, with fields that no model knows yet.
 * Uses {@code target} and {@code redaction} only.
 */
@NullMarked
package dev.stepback.target.deployment;

import org.jspecify.annotations.NullMarked;
