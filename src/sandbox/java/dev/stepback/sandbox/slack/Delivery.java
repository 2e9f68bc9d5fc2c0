package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Something that Slack tells the app.
 *
 * @param type {@code slash_commands}, {@code interactive} or {@code events_api}
 * @param retry 0 the first time
 * @param retryReason why it is delivered again
 */
record Delivery(
        String type,
        ObjectNode payload,
        boolean acceptsResponse,
        int retry,
        @Nullable String retryReason) {

    static Delivery command(ObjectNode payload) {
        return new Delivery("slash_commands", payload, true, 0, null);
    }

    static Delivery interaction(ObjectNode payload, boolean acceptsResponse) {
        return new Delivery("interactive", payload, acceptsResponse, 0, null);
    }

    static Delivery event(ObjectNode payload) {
        return new Delivery("events_api", payload, false, 0, null);
    }

    boolean isEvent() {
        return type.equals("events_api");
    }

    Delivery again(String reason) {
        return new Delivery(type, payload, acceptsResponse, retry + 1, reason);
    }
}
