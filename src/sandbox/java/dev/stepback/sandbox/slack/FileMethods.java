package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.stepback.sandbox.slack.RateLimits.Tier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Uploads in their three steps: ask for an address, send the bytes there, complete. */
final class FileMethods {
    private static final class Upload {
        private final String id;
        private final String name;
        private final int length;
        private @Nullable String content;

        Upload(String id, String name, int length) {
            this.id = id;
            this.name = name;
            this.length = length;
        }
    }

    private final Workspace workspace;
    private final Posting posting;
    private final String uploadUrl;
    private final Map<String, Upload> uploads = new HashMap<>();
    private final Map<String, ObjectNode> files = new HashMap<>();

    /** @param uploadUrl where bytes are sent, with a slash at its end */
    FileMethods(Workspace workspace, Posting posting, String uploadUrl) {
        this.workspace = workspace;
        this.posting = posting;
        this.uploadUrl = uploadUrl;
    }

    void register(WebApi api) {
        api.method("files.getUploadURLExternal", "files:write", Tier.FOUR, this::start);
        api.method("files.completeUploadExternal", "files:write", Tier.FOUR, this::complete);
        api.method("files.info", "files:read", Tier.FOUR, this::info);
    }

    private ObjectNode start(Call call) {
        String name = call.required("filename");
        int length = call.integer("length", 0);
        if (length < 1) {
            throw SlackError.explained("invalid_arguments", List.of("must be greater than 0: length"));
        }
        String id = "F0" + "%08d".formatted(uploads.size() + 1);
        uploads.put(id, new Upload(id, name, length));
        return Json.ok().put("upload_url", uploadUrl + id).put("file_id", id);
    }

    /** Takes the bytes, as they are or as the one part of a form. */
    void upload(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        String id = exchange.getRequestURI().getPath().replaceFirst("^.*/", "");
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (Http.contentType(exchange).startsWith("multipart/form-data")) {
            text = part(text);
        }
        synchronized (workspace) {
            Upload upload = uploads.get(id);
            if (upload == null) {
                Http.answer(exchange, 404, "not found");
                return;
            }
            if (text.getBytes(StandardCharsets.UTF_8).length != upload.length) {
                Http.answer(exchange, 400, "the length differs from what was announced");
                return;
            }
            upload.content = text;
        }
        Http.answer(exchange, 200, "OK - " + bytes.length);
    }

    private static String part(String multipart) {
        int start = multipart.indexOf("\r\n\r\n");
        int lineEnd = multipart.indexOf("\r\n");
        int end = lineEnd < 0 ? -1 : multipart.indexOf("\r\n" + multipart.substring(0, lineEnd), start);
        return start < 0 || end < 0 ? multipart : multipart.substring(start + 4, end);
    }

    private ObjectNode complete(Call call) {
        JsonNode wanted = call.json("files", "invalid_arguments").orElseGet(Json::array);
        if (!wanted.isArray() || wanted.isEmpty()) {
            throw SlackError.explained("invalid_arguments", List.of("missing required field: files"));
        }
        ArrayNode completed = Json.array();
        for (JsonNode one : wanted) {
            completed.add(file(one));
        }
        Optional<String> channel = call.string("channel_id").filter(id -> !id.isEmpty());
        if (channel.isPresent()) {
            share(call, channel.get(), completed);
        }
        completed.forEach(file -> files.put(Json.text(file, "id"), (ObjectNode) file));
        wanted.forEach(one -> uploads.remove(Json.text(one, "id")));
        ObjectNode result = Json.ok();
        ArrayNode answered = result.putArray("files");
        completed.forEach(
                file -> answered.addObject().put("id", Json.text(file, "id")).put("title", Json.text(file, "title")));
        return result;
    }

    private ObjectNode file(JsonNode wanted) {
        Upload upload = uploads.get(Json.text(wanted, "id"));
        if (upload == null || upload.content == null) {
            throw new SlackError("file_not_found");
        }
        String title = Json.text(wanted, "title");
        return Json.object()
                .put("id", upload.id)
                .put("name", upload.name)
                .put("title", title.isEmpty() ? upload.name : title)
                .put("mimetype", "text/plain")
                .put("filetype", "text")
                .put("user", Workspace.BOT_USER)
                .put("size", upload.length)
                .put("content", upload.content);
    }

    private void share(Call call, String channelId, ArrayNode shared) {
        Channel channel = workspace
                .channel(channelId)
                .filter(found -> found.knownTo(Workspace.BOT_USER))
                .orElseThrow(() -> new SlackError("channel_not_found"));
        if (!channel.members().contains(Workspace.BOT_USER)) {
            throw new SlackError("not_in_channel");
        }
        if (channel.archived()) {
            throw new SlackError("is_archived");
        }
        String threadTs = call.string("thread_ts").filter(ts -> !ts.isEmpty()).orElse(null);
        if (threadTs != null && workspace.message(channel.id(), threadTs).isEmpty()) {
            throw new SlackError("invalid_thread_ts");
        }
        ObjectNode content = Json.object()
                .put("text", call.string("initial_comment").orElse(""))
                .put("subtype", "file_share");
        content.set("files", shared);
        posting.post(channel.id(), threadTs, null, content);
    }

    private ObjectNode info(Call call) {
        ObjectNode file = files.get(call.required("file"));
        if (file == null) {
            throw new SlackError("file_not_found");
        }
        ObjectNode result = Json.ok();
        result.set("file", file);
        return result;
    }
}
