/** Draws messages: pure functions from values to Block Kit. */
@NullMarked
package dev.stepback.slack.card;

import org.jspecify.annotations.NullMarked;
