/**
 * Who may do what with a Rollback: by the policy, by the locks, and by what the cluster itself lets people do.
 *
 * <p>The engine in {@link dev.stepback.rollback} knows only the {@link dev.stepback.rollback.Authorizer} that it is given.
 */
@NullMarked
package dev.stepback.rollback.authorization;

import org.jspecify.annotations.NullMarked;
