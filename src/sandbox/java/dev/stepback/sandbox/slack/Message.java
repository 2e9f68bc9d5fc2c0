package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A message as it is now.
 *
 * @param channel id of the channel
 * @param ts unique in the workspace
 * @param threadTs the message whose thread it is in
 * @param visibleTo the only user who sees it, when it is ephemeral
 * @param author id of the user or bot user who wrote it
 * @param body the message in Slack's own JSON; not to be changed, replace the message instead
 */
record Message(
        String channel,
        String ts,
        @Nullable String threadTs,
        @Nullable String visibleTo,
        String author,
        ObjectNode body) {

    boolean ephemeral() {
        return visibleTo != null;
    }

    boolean visibleTo(String user) {
        return visibleTo == null || visibleTo.equals(user);
    }

    Message with(ObjectNode newBody) {
        return new Message(channel, ts, threadTs, visibleTo, author, newBody);
    }
}
