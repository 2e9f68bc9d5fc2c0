package dev.stepback.command;

import dev.stepback.rollback.Actor;
import org.jspecify.annotations.Nullable;

/**
 * A command as it was delivered.
 *
 * @param text what stands behind the command's name
 * @param by who typed it, and in which channel
 * @param thread the thread that it was typed in; null in the channel itself
 * @param deliveryKey the same for every delivery of the same invocation
 */
public record Invocation(String text, Actor by, @Nullable String thread, String deliveryKey) {

    /** Id of the channel that it was typed in. */
    public String channel() {
        return by.channel();
    }
}
