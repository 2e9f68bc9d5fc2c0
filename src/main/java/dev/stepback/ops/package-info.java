/** What operators see: health, metrics, the {@code check} command. */
@NullMarked
package dev.stepback.ops;

import org.jspecify.annotations.NullMarked;
