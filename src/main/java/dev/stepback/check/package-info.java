/** The {@code check} command: what the bot needs of Slack and of the cluster, tried before it is needed. */
@NullMarked
package dev.stepback.check;

import org.jspecify.annotations.NullMarked;
