/**
 * Several Rollbacks that are asked for, approved and shown as one: the {@code RollbackGroup} custom resource, the decision
 * what to do next about it, and its reconciler.
 *
 * <p>A group only says when its Rollbacks begin. What each of them does, and whether its approvals count, stays with the
 * engine in {@link dev.stepback.rollback}, which knows nothing of this package.
 */
@NullMarked
package dev.stepback.rollback.group;

import org.jspecify.annotations.NullMarked;
