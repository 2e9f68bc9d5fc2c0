package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Results in pages, with Slack's opaque cursors. */
final class Paging {
    private static final int DEFAULT_LIMIT = 100;

    private Paging() {}

    static ObjectNode page(Call call, String field, List<ObjectNode> all) {
        int from = call.string("cursor")
                .filter(cursor -> !cursor.isEmpty())
                .map(Paging::offset)
                .orElse(0);
        int limit = call.integer("limit", DEFAULT_LIMIT);
        if (limit < 1 || limit > 1000) {
            throw new SlackError("invalid_limit");
        }
        int to = Math.min(all.size(), from + limit);
        ObjectNode result = Json.ok();
        ArrayNode page = result.putArray(field);
        all.subList(Math.min(from, to), to).forEach(page::add);
        result.put("has_more", to < all.size());
        result.putObject("response_metadata").put("next_cursor", to < all.size() ? cursor(to) : "");
        return result;
    }

    private static String cursor(int offset) {
        return Base64.getEncoder().encodeToString(("next:" + offset).getBytes(StandardCharsets.UTF_8));
    }

    private static int offset(String cursor) {
        try {
            String decoded = new String(Base64.getDecoder().decode(cursor), StandardCharsets.UTF_8);
            return Integer.parseInt(decoded.substring("next:".length()));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            throw new SlackError("invalid_cursor");
        }
    }
}
