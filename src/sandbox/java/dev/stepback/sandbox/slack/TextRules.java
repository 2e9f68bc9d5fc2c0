package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Block Kit's rules for texts, options and confirmation dialogs. */
final class TextRules {
    private final Problems problems;

    TextRules(Problems problems) {
        this.problems = problems;
    }

    /** What a place allows. */
    enum Kind {
        PLAIN(Set.of("plain_text")),
        ANY(Set.of("plain_text", "mrkdwn"));

        private final Set<String> types;

        Kind(Set<String> types) {
            this.types = types;
        }
    }

    void required(JsonNode parent, String field, String at, Kind kind, int max) {
        if (parent.path(field).isMissingNode()) {
            problems.add("missing required field: " + field, at);
            return;
        }
        text(parent.path(field), at + "/" + field, kind, max);
    }

    void optional(JsonNode parent, String field, String at, Kind kind, int max) {
        if (parent.has(field)) {
            text(parent.path(field), at + "/" + field, kind, max);
        }
    }

    void text(JsonNode text, String at, Kind kind, int max) {
        if (!text.isObject()) {
            problems.add("must be a text object", at);
            return;
        }
        String type = Json.text(text, "type");
        if (!kind.types.contains(type)) {
            problems.add("unsupported type: " + type, at + "/type");
            return;
        }
        problems.onlyFields(
                text, at, type.equals("mrkdwn") ? Set.of("type", "text", "verbatim") : Set.of("type", "text", "emoji"));
        string(text, "text", at, max, true);
    }

    /** A string field with a length of 1 to {@code max}. */
    void string(JsonNode parent, String field, String at, int max, boolean required) {
        JsonNode value = parent.path(field);
        if (value.isMissingNode()) {
            if (required) {
                problems.add("missing required field: " + field, at);
            }
            return;
        }
        if (!value.isTextual()) {
            problems.add("must be a string", at + "/" + field);
        } else if (value.asText().isEmpty() && required) {
            problems.add("must be more than 0 characters", at + "/" + field);
        } else if (value.asText().length() > max) {
            problems.add("must be less than " + (max + 1) + " characters", at + "/" + field);
        }
    }

    /** A dialog that asks before an action is sent. */
    void confirmation(JsonNode element, String at) {
        JsonNode confirm = element.path("confirm");
        if (confirm.isMissingNode()) {
            return;
        }
        String here = at + "/confirm";
        if (!confirm.isObject()) {
            problems.add("must be an object", here);
            return;
        }
        problems.onlyFields(confirm, here, Set.of("title", "text", "confirm", "deny", "style"));
        required(confirm, "title", here, Kind.PLAIN, 100);
        required(confirm, "text", here, Kind.ANY, 300);
        required(confirm, "confirm", here, Kind.PLAIN, 30);
        required(confirm, "deny", here, Kind.PLAIN, 30);
        style(confirm, here);
    }

    void style(JsonNode element, String at) {
        if (element.has("style")
                && !Set.of("primary", "danger").contains(element.path("style").asText())) {
            problems.add("must be a valid enum value", at + "/style");
        }
    }

    /** The choices of an element. */
    void options(JsonNode element, String field, String at, Kind kind, int maxOptions) {
        JsonNode options = element.path(field);
        String here = at + "/" + field;
        if (!problems.size(options, here, 1, maxOptions)) {
            return;
        }
        for (int i = 0; i < options.size(); i++) {
            option(options.get(i), here + "/" + i, kind);
        }
    }

    private void option(JsonNode option, String at, Kind kind) {
        problems.onlyFields(option, at, Set.of("text", "value", "description", "url"));
        required(option, "text", at, kind, 75);
        string(option, "value", at, 150, true);
        optional(option, "description", at, kind, 75);
        string(option, "url", at, 3000, false);
    }
}
