/**
 * Data checks: Jobs that run before an undo and can stop it, such as one that tries whether the older version of a database
 * can open what the newer one left on its volumes.
 *
 * <p>The configuration says which targets have one. A plan has each as a step of its own, first of all and with the whole Job
 * in its parameters, so that the approval covers it; nothing is created before the approval. The planners of the kinds call in;
 * it uses {@code target} and {@code target.workload}.
 */
@NullMarked
package dev.stepback.target.job;

import org.jspecify.annotations.NullMarked;
