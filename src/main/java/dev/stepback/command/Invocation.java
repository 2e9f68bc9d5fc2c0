package dev.stepback.command;

import dev.stepback.rollback.Person;
import org.jspecify.annotations.Nullable;

/**
 * A command as it was delivered.
 *
 * @param text what stands behind the command's name
 * @param channel id of the channel
 * @param thread the thread that it was typed in; null in the channel itself
 * @param deliveryKey the same for every delivery of the same invocation
 */
public record Invocation(
        String text, Person user, String channel, @Nullable String thread, String deliveryKey) {}
