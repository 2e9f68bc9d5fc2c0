/**
 * What Deployments, StatefulSets and DaemonSets have in common: a pod template that is compared, checked and restored, and
 * pods that say why they are not ready.
 *
 * <p>Everything is JSON as the API server gave it, because a pod template must come back as it was, with fields that no
 * model knows yet. Used by the packages beside this one, which know how each kind keeps its history and rolls out.
 */
@NullMarked
package dev.stepback.target.workload;

import org.jspecify.annotations.NullMarked;
