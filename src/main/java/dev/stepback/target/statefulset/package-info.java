/**
 * StatefulSets, rolled back as {@code kubectl rollout undo} does, and freed from pods that block their rollout for ever.
 *
 * <p>{@link dev.stepback.target.statefulset.StatefulSetTarget} is the way in.
 */
@NullMarked
package dev.stepback.target.statefulset;

import org.jspecify.annotations.NullMarked;
