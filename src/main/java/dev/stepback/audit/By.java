package dev.stepback.audit;

import org.jspecify.annotations.Nullable;

/**
 * Who did something, and where.
 *
 * @param id the Slack user id
 * @param name the display name at that time; text from outside
 * @param team id of the Slack workspace that the delivery named; null when it named none
 * @param channel id of the channel that the command or click came from; null when it is not known
 */
public record By(
        String id,
        String name,
        @Nullable String team,
        @Nullable String channel) {}
