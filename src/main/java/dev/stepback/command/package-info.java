/**
 * Understands what people type and decides what to answer. Knows the engine and the targets, never Slack: an answer is
 * a {@link dev.stepback.command.Reply}, which {@code slack} draws.
 */
@NullMarked
package dev.stepback.command;

import org.jspecify.annotations.NullMarked;
