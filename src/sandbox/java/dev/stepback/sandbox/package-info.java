/** A local Slack and a local cluster, for newcomers and for tests; never in the shipped artifact. */
@NullMarked
package dev.stepback.sandbox;

import org.jspecify.annotations.NullMarked;
