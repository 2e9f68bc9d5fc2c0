/** The Slack side: receives commands and clicks through Socket Mode or signed HTTP, acknowledges at once, and sends
 * messages. The only package that imports Slack's SDK. */
@NullMarked
package dev.stepback.slack;

import org.jspecify.annotations.NullMarked;
