package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes messages of the bot, whichever way they come: a Web API method, a response_url or an acknowledgement. */
final class Posting {
    /** Slack does not document it; messages with some more are known to be refused. */
    private static final int MAX_TEXT_IN_BLOCKS = 12_000;

    private final Workspace workspace;
    private final Consumer<String> violations;

    Posting(Workspace workspace, Consumer<String> violations) {
        this.workspace = workspace;
        this.violations = violations;
    }

    /** Adds what came; everything about it has been checked. */
    Message post(String channel, @Nullable String threadTs, @Nullable String visibleTo, ObjectNode content) {
        String ts = workspace.nextTs();
        ObjectNode body = Json.object()
                .put("type", "message")
                .put("user", Workspace.BOT_USER)
                .put("bot_id", Workspace.BOT)
                .put("app_id", Workspace.APP)
                .put("team", Workspace.TEAM)
                .put("ts", ts);
        body.setAll(content);
        if (threadTs != null) {
            body.put("thread_ts", threadTs);
        }
        if (visibleTo != null) {
            body.put("is_ephemeral", true);
        }
        Message message = new Message(channel, ts, threadTs, visibleTo, Workspace.BOT_USER, body);
        workspace.put(message);
        return message;
    }

    /** Text, blocks and metadata of a request, checked. Blocks that are absent stay absent. */
    ObjectNode content(Call call, int maxText) {
        ObjectNode content = Json.object();
        String text = call.string("text").orElse("");
        if (text.length() > maxText) {
            throw new SlackError("msg_too_long");
        }
        content.put("text", text);
        Optional<ArrayNode> blocks = blocks(call);
        blocks.ifPresent(array -> content.set("blocks", array));
        boolean hasBlocks = blocks.isPresent() && !blocks.get().isEmpty();
        if (hasBlocks && BlockKit.textLength(blocks.get()) > MAX_TEXT_IN_BLOCKS) {
            throw new SlackError("msg_blocks_too_long");
        }
        if (text.isBlank() && !hasBlocks && !call.arguments().has("attachments")) {
            throw new SlackError("no_text");
        }
        if (text.isBlank()) {
            violations.accept(call.method() + ": no text for notifications");
        }
        call.json("attachments", "invalid_attachments").ifPresent(all -> content.set("attachments", all));
        call.json("metadata", "invalid_metadata_format").ifPresent(metadata -> {
            if (!metadata.has("event_type") || !metadata.path("event_payload").isObject()) {
                throw new SlackError("invalid_metadata_format");
            }
            content.set("metadata", metadata);
        });
        return content;
    }

    private static Optional<ArrayNode> blocks(Call call) {
        Optional<JsonNode> given = call.json("blocks", "invalid_blocks_format");
        if (given.isEmpty()) {
            return Optional.empty();
        }
        if (!(given.get() instanceof ArrayNode)) {
            throw new SlackError("invalid_blocks_format");
        }
        List<String> problems = BlockKit.message(given.get());
        if (!problems.isEmpty()) {
            throw SlackError.explained("invalid_blocks", problems);
        }
        ArrayNode blocks = given.get().deepCopy();
        BlockKit.fillInIds(blocks);
        return Optional.of(blocks);
    }

    /** Replaces what a message says; blocks that are not given stay when {@code keepBlocks}. */
    Message edit(Message message, ObjectNode content, boolean keepBlocks) {
        ObjectNode body = message.body().deepCopy();
        JsonNode oldBlocks = body.remove("blocks");
        body.remove(List.of("attachments"));
        body.setAll(content);
        if (keepBlocks && oldBlocks != null && !content.has("blocks")) {
            body.set("blocks", oldBlocks);
        }
        body.putObject("edited").put("user", Workspace.BOT_USER).put("ts", workspace.nextTs());
        Message edited = message.with(body);
        workspace.put(edited);
        return edited;
    }
}
