/** Deployments, rolled back as {@code kubectl rollout undo} does, with the differences that the README lists. */
@NullMarked
package dev.stepback.target.deployment;

import org.jspecify.annotations.NullMarked;
