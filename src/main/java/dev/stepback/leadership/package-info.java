/** Which one of several replicas does what only one may do: whoever holds a Lease. */
@NullMarked
package dev.stepback.leadership;

import org.jspecify.annotations.NullMarked;
