/**
 * The Slack side: receives commands and clicks through Socket Mode or signed HTTP, acknowledges at once, and sends messages.
 * The only package, with {@code slack.card} below it, that imports Slack's SDK.
 */
@NullMarked
package dev.stepback.slack;

import org.jspecify.annotations.NullMarked;
