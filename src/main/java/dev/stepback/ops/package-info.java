/** What operators see: health, readiness and metrics over HTTP. Of the bot it uses {@code redaction} alone. */
@NullMarked
package dev.stepback.ops;

import org.jspecify.annotations.NullMarked;
