/**
 * What StatefulSets and DaemonSets have in common: their history lies in ControllerRevisions, and they run pods that they
 * control themselves.
 *
 * <p>{@code RevisionedWorkload} is what was read, {@code Planner} decides, {@code Rollouts} is what the kinds differ in.
 */
@NullMarked
package dev.stepback.target.controllerrevision;

import org.jspecify.annotations.NullMarked;
