/**
 * DaemonSets, rolled back as {@code kubectl rollout undo} does.
 *
 * <p>{@link dev.stepback.target.daemonset.DaemonSetTarget} is the way in.
 */
@NullMarked
package dev.stepback.target.daemonset;

import org.jspecify.annotations.NullMarked;
