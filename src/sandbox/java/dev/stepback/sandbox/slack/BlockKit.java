package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.slack.TextRules.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Block Kit's rules, as Slack's reference states them and stricter where clients disagree. Only the classic blocks
 * with {@code markdown} and {@code table} are known; whatever else is there is refused, as an older client would.
 */
final class BlockKit {
    /** What each block may hold besides {@code type} and {@code block_id}. */
    private static final Map<String, Set<String>> FIELDS = Map.of(
            "actions", Set.of("elements"),
            "context", Set.of("elements"),
            "divider", Set.of(),
            "header", Set.of("text", "level"),
            "image", Set.of("alt_text", "image_url", "slack_file", "title"),
            "input", Set.of("label", "element", "hint", "optional", "dispatch_action"),
            "section", Set.of("text", "fields", "accessory", "expand"),
            "markdown", Set.of("text"),
            "rich_text", Set.of("elements"),
            "table", Set.of("rows", "column_settings"));

    private static final Set<String> RICH_TEXT_PARTS =
            Set.of("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote");

    private final Problems problems = new Problems();
    private final TextRules texts = new TextRules(problems);
    private final ElementRules elements = new ElementRules(problems, texts);

    private BlockKit() {}

    /** What is wrong with a message's blocks; empty when nothing is. */
    static List<String> message(JsonNode blocks) {
        BlockKit kit = new BlockKit();
        kit.blocks(blocks, "/blocks", 0, 50);
        return kit.problems.found();
    }

    /** What is wrong with a modal; empty when nothing is. */
    static List<String> modal(JsonNode view) {
        BlockKit kit = new BlockKit();
        kit.view(view);
        return kit.problems.found();
    }

    /** Gives blocks and elements the ids that their author left out, as Slack does. */
    static void fillInIds(ArrayNode blocks) {
        for (JsonNode block : blocks) {
            if (!block.has("block_id")) {
                ((ObjectNode) block).put("block_id", randomId());
            }
            fillInActionId(block.path("accessory"));
            fillInActionId(block.path("element"));
            if (Json.text(block, "type").equals("actions")) {
                block.path("elements").forEach(BlockKit::fillInActionId);
            }
        }
    }

    /** How many characters all texts in the blocks have together. */
    static int textLength(JsonNode blocks) {
        int length = 0;
        for (JsonNode child : blocks) {
            length += textLength(child);
        }
        JsonNode text = blocks.path("text");
        return text.isTextual() ? length + text.asText().length() : length;
    }

    private static void fillInActionId(JsonNode element) {
        if (element instanceof ObjectNode object
                && !object.has("action_id")
                && !Json.text(object, "type").equals("image")) {
            object.put("action_id", randomId());
        }
    }

    private static String randomId() {
        return Long.toString(ThreadLocalRandom.current().nextLong(1L << 32, 1L << 40), 36);
    }

    private void view(JsonNode view) {
        String at = "/view";
        problems.onlyFields(
                view,
                at,
                Set.of(
                        "type",
                        "title",
                        "blocks",
                        "close",
                        "submit",
                        "private_metadata",
                        "callback_id",
                        "clear_on_close",
                        "notify_on_close",
                        "external_id",
                        "submit_disabled"));
        if (!Json.text(view, "type").equals("modal")) {
            problems.add("unsupported type: " + Json.text(view, "type"), at + "/type");
        }
        texts.required(view, "title", at, Kind.PLAIN, 24);
        texts.optional(view, "submit", at, Kind.PLAIN, 24);
        texts.optional(view, "close", at, Kind.PLAIN, 24);
        texts.string(view, "private_metadata", at, 3000, false);
        texts.string(view, "callback_id", at, 255, false);
        texts.string(view, "external_id", at, 255, false);
        blocks(view.path("blocks"), at + "/blocks", 1, 100);
        boolean hasInput = false;
        for (JsonNode block : view.path("blocks")) {
            hasInput |= Json.text(block, "type").equals("input");
        }
        if (hasInput && !view.has("submit")) {
            problems.add("missing required field: submit", at);
        }
    }

    private void blocks(JsonNode blocks, String at, int min, int max) {
        if (!problems.size(blocks, at, min, max)) {
            return;
        }
        Set<String> ids = new HashSet<>();
        int tables = 0;
        for (int i = 0; i < blocks.size(); i++) {
            JsonNode block = blocks.get(i);
            block(block, at + "/" + i);
            if (block.has("block_id") && !ids.add(Json.text(block, "block_id"))) {
                problems.add("block_id already exists", at + "/" + i + "/block_id");
            }
            if (Json.text(block, "type").equals("table") && ++tables > 1) {
                problems.add("only one table is allowed", at + "/" + i);
            }
        }
    }

    private void block(JsonNode block, String at) {
        String type = Json.text(block, "type");
        Set<String> fields = FIELDS.get(type);
        if (fields == null) {
            problems.add("unsupported type: " + type, at + "/type");
            return;
        }
        Set<String> allowed = new HashSet<>(fields);
        allowed.addAll(Set.of("type", "block_id"));
        problems.onlyFields(block, at, allowed);
        texts.string(block, "block_id", at, 255, false);
        switch (type) {
            case "section" -> section(block, at);
            case "header" -> texts.required(block, "text", at, Kind.PLAIN, 150);
            case "actions" -> actions(block, at);
            case "context" -> context(block, at);
            case "image" -> {
                elements.image(block, at);
                texts.optional(block, "title", at, Kind.PLAIN, 2000);
            }
            case "input" -> input(block, at);
            case "markdown" -> texts.string(block, "text", at, 12_000, true);
            case "rich_text" -> richText(block, at);
            case "table" -> table(block, at);
            default -> {}
        }
    }

    private void section(JsonNode block, String at) {
        if (!block.has("text") && !block.has("fields")) {
            problems.add("missing required field: text", at);
        }
        texts.optional(block, "text", at, Kind.ANY, 3000);
        if (block.has("fields") && problems.size(block.path("fields"), at + "/fields", 1, 10)) {
            for (int i = 0; i < block.path("fields").size(); i++) {
                texts.text(block.path("fields").get(i), at + "/fields/" + i, Kind.ANY, 2000);
            }
        }
        if (block.has("accessory")) {
            elements.element(block.path("accessory"), at + "/accessory", ElementRules.inSection());
        }
    }

    private void actions(JsonNode block, String at) {
        JsonNode all = block.path("elements");
        if (!problems.size(all, at + "/elements", 1, 25)) {
            return;
        }
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            String here = at + "/elements/" + i;
            elements.element(all.get(i), here, ElementRules.inActions());
            if (all.get(i).has("action_id") && !ids.add(Json.text(all.get(i), "action_id"))) {
                problems.add("action_id already exists", here + "/action_id");
            }
        }
    }

    private void context(JsonNode block, String at) {
        JsonNode all = block.path("elements");
        if (!problems.size(all, at + "/elements", 1, 10)) {
            return;
        }
        for (int i = 0; i < all.size(); i++) {
            String here = at + "/elements/" + i;
            if (Json.text(all.get(i), "type").equals("image")) {
                elements.image(all.get(i), here);
            } else {
                texts.text(all.get(i), here, Kind.ANY, 3000);
            }
        }
    }

    private void input(JsonNode block, String at) {
        texts.required(block, "label", at, Kind.PLAIN, 2000);
        texts.optional(block, "hint", at, Kind.PLAIN, 2000);
        if (block.has("element")) {
            elements.element(block.path("element"), at + "/element", ElementRules.inInput());
        } else {
            problems.add("missing required field: element", at);
        }
    }

    private void richText(JsonNode block, String at) {
        JsonNode parts = block.path("elements");
        if (!parts.isArray()) {
            problems.add("must be an array", at + "/elements");
            return;
        }
        for (int i = 0; i < parts.size(); i++) {
            String type = Json.text(parts.get(i), "type");
            if (!RICH_TEXT_PARTS.contains(type)) {
                problems.add("unsupported type: " + type, at + "/elements/" + i + "/type");
            }
        }
    }

    private void table(JsonNode block, String at) {
        if (!problems.size(block.path("rows"), at + "/rows", 1, 100)) {
            return;
        }
        for (int row = 0; row < block.path("rows").size(); row++) {
            String here = at + "/rows/" + row;
            JsonNode cells = block.path("rows").get(row);
            if (problems.size(cells, here, 1, 20)) {
                for (int cell = 0; cell < cells.size(); cell++) {
                    if (!Set.of("raw_text", "rich_text").contains(Json.text(cells.get(cell), "type"))) {
                        problems.add("unsupported type", here + "/" + cell);
                    }
                }
            }
        }
    }
}
