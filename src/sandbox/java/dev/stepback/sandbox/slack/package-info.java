/** An in-process Slack: Web API, Socket Mode and signed HTTP delivery, stricter than the real one. */
@NullMarked
package dev.stepback.sandbox.slack;

import org.jspecify.annotations.NullMarked;
