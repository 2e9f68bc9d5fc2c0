package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What a Web API method answers instead of a result: {@code {"ok": false, "error": …}}. */
final class SlackError extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient ObjectNode body;
    private final int retryAfter;

    SlackError(String error) {
        this(error, Json.object(), 0);
    }

    private SlackError(String error, ObjectNode details, int retryAfter) {
        super(error, null, false, false);
        this.body = Json.object().put("ok", false).put("error", error);
        this.body.setAll(details);
        this.retryAfter = retryAfter;
    }

    /** An error with the messages that tell a developer what to mend. */
    static SlackError explained(String error, List<String> messages) {
        ObjectNode details = Json.object();
        ArrayNode errors = details.putArray("errors");
        ArrayNode explained = details.putObject("response_metadata").putArray("messages");
        messages.forEach(message -> {
            errors.add(message);
            explained.add("[ERROR] " + message);
        });
        return new SlackError(error, details, 0);
    }

    static SlackError missingScope(String needed, String provided) {
        return new SlackError(
                "missing_scope", Json.object().put("needed", needed).put("provided", provided), 0);
    }

    /** @param seconds how long the caller has to wait */
    static SlackError rateLimited(int seconds) {
        return new SlackError("ratelimited", Json.object(), Math.max(1, seconds));
    }

    ObjectNode body() {
        return body;
    }

    /** Seconds to wait; 0 unless rate limited. */
    int retryAfter() {
        return retryAfter;
    }
}
