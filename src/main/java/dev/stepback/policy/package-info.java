/**
 * Who may do what, as values and pure functions: the rules of the configuration, the approvals that a rollback needs, and
 * the evaluation of both. What has to be asked of Slack or the cluster comes in through {@link
 * dev.stepback.policy.Directory} and {@link dev.stepback.policy.Facts}; an answer that is not known grants nothing.
 *
 * <p>Uses {@code target} for the names of workloads. {@code config} builds policies, {@code rollback} asks them.
 */
@NullMarked
package dev.stepback.policy;

import org.jspecify.annotations.NullMarked;
