package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** An answer that is known as a whole, which all but watches are. */
record ApiReply(int code, String contentType, byte[] body) {

    static ApiReply json(int code, JsonNode node) {
        try {
            return new ApiReply(code, "application/json", Json.MAPPER.writeValueAsBytes(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static ApiReply text(int code, String text) {
        return new ApiReply(code, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    static ApiReply failure(ApiException failure, @Nullable RequestInfo info) {
        return json(failure.code(), status(failure, info));
    }

    /** The {@code Status} that tells a client of a failure. */
    static ObjectNode status(ApiException failure, @Nullable RequestInfo info) {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Failure").put("message", failure.getMessage()).put("reason", failure.reason());
        ObjectNode details = Json.object();
        boolean told =
                failure.causes().stream().noneMatch(cause -> cause.reason().equals(ApiException.UNTOLD));
        ApiException.About about = failure.about();
        if (about != null) {
            put(details, "name", about.name());
            put(details, "group", about.group());
            put(details, "kind", about.resource());
        } else if (info != null && told) {
            details.put("name", info.name() == null ? "" : info.name());
            details.put("group", info.type().group());
            boolean invalid = failure.reason().equals("Invalid");
            details.put("kind", invalid ? info.type().kind() : info.type().plural());
        }
        if (failure.code() == 429) {
            details.put("retryAfterSeconds", 1);
        }
        if (told && !failure.causes().isEmpty()) {
            ArrayNode causes = details.putArray("causes");
            failure.causes().forEach(cause -> {
                ObjectNode node = causes.addObject();
                node.put("reason", cause.reason()).put("message", cause.message());
                if (!cause.field().isEmpty()) {
                    node.put("field", cause.field());
                }
            });
        }
        status.set("details", details);
        return status.put("code", failure.code());
    }

    private static void put(ObjectNode details, String field, String value) {
        if (!value.isEmpty()) {
            details.put(field, value);
        }
    }

    static ApiReply success(RequestInfo info, String uid) {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Success");
        status.putObject("details")
                .put("name", info.name() == null ? "" : info.name())
                .put("group", info.type().group())
                .put("kind", info.type().plural())
                .put("uid", uid);
        return json(200, status);
    }
}
