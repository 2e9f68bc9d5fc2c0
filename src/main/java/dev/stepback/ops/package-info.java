/** What operators see: health, readiness and metrics over HTTP. Uses nothing else of the bot. */
@NullMarked
package dev.stepback.ops;

import org.jspecify.annotations.NullMarked;
