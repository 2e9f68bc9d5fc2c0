package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Each {@code response_url} answers one interaction: five times, within thirty minutes. */
final class ResponseUrls {
    static final Duration LIFETIME = Duration.ofMinutes(30);
    static final int USES = 5;

    /** @param original the message that was clicked; null for a command */
    record Origin(String channel, String user, @Nullable String original) {}

    private static final class Url {
        private final Origin origin;
        private final Instant made;
        private int uses;

        Url(Origin origin, Instant made) {
            this.origin = origin;
            this.made = made;
        }
    }

    private final Workspace workspace;
    private final Posting posting;
    private final String prefix;
    private final Map<String, Url> urls = new HashMap<>();

    /** @param prefix with a slash at its end */
    ResponseUrls(Workspace workspace, Posting posting, String prefix) {
        this.workspace = workspace;
        this.posting = posting;
        this.prefix = prefix;
    }

    String make(Origin origin) {
        synchronized (workspace) {
            String id = UUID.randomUUID().toString();
            urls.put(id, new Url(origin, workspace.clock().instant()));
            return prefix + id;
        }
    }

    void handle(HttpExchange exchange) throws IOException {
        Optional<ObjectNode> body = Http.arguments(exchange);
        String id = exchange.getRequestURI().getPath().replaceFirst("^.*/", "");
        try {
            synchronized (workspace) {
                Url url = urls.get(id);
                if (url == null || workspace.clock().instant().isAfter(url.made.plus(LIFETIME))) {
                    throw new SlackError("expired_url");
                }
                if (url.uses >= USES) {
                    throw new SlackError("used_url");
                }
                url.uses++;
                if (body.isEmpty()) {
                    throw new SlackError("invalid_payload");
                }
                answer(url.origin, body.get());
            }
            Http.answer(exchange, 200, Json.ok());
        } catch (SlackError e) {
            String error = Json.text(e.body(), "error");
            Http.answer(exchange, Set.of("expired_url", "used_url").contains(error) ? 404 : 400, e.body());
        }
    }

    /**
     * Does what a response to an interaction asks for.
     *
     * @throws SlackError when the response is not valid
     */
    void answer(Origin origin, ObjectNode body) {
        synchronized (workspace) {
            Optional<Message> original =
                    Optional.ofNullable(origin.original()).flatMap(ts -> workspace.message(origin.channel(), ts));
            if (body.path("delete_original").asBoolean()) {
                original.ifPresent(workspace::remove);
                return;
            }
            Call call = new Call("response_url", body, Set.of());
            ObjectNode content = posting.content(call, 40_000);
            if (body.path("replace_original").asBoolean() && original.isPresent()) {
                posting.edit(original.get(), content, false);
                return;
            }
            boolean inChannel = Json.text(body, "response_type").equals("in_channel");
            String threadTs =
                    call.string("thread_ts").filter(ts -> !ts.isEmpty()).orElse(null);
            posting.post(origin.channel(), threadTs, inChannel ? null : origin.user(), content);
        }
    }
}
