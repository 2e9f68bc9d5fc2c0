/**
 * What is checked before an approval is asked for: one small class a check, all made side by side. Checks read only; each
 * says in one sentence what it means and what to do.
 *
 * <p>Called by the planners of Deployments, StatefulSets and DaemonSets.
 */
@NullMarked
package dev.stepback.target.workload.preflight;

import org.jspecify.annotations.NullMarked;
