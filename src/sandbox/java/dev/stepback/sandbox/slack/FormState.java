package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code state.values}: what the elements of a message or modal hold, by block_id and action_id. */
final class FormState {
    /** The field that holds an element's value. */
    private static final Map<String, String> VALUE_FIELDS = Map.ofEntries(
            Map.entry("plain_text_input", "value"),
            Map.entry("number_input", "value"),
            Map.entry("email_text_input", "value"),
            Map.entry("url_text_input", "value"),
            Map.entry("static_select", "selected_option"),
            Map.entry("radio_buttons", "selected_option"),
            Map.entry("overflow", "selected_option"),
            Map.entry("multi_static_select", "selected_options"),
            Map.entry("checkboxes", "selected_options"),
            Map.entry("users_select", "selected_user"),
            Map.entry("conversations_select", "selected_conversation"),
            Map.entry("channels_select", "selected_channel"),
            Map.entry("multi_users_select", "selected_users"),
            Map.entry("multi_conversations_select", "selected_conversations"),
            Map.entry("multi_channels_select", "selected_channels"),
            Map.entry("datepicker", "selected_date"),
            Map.entry("timepicker", "selected_time"),
            Map.entry("datetimepicker", "selected_date_time"));

    private FormState() {}

    /** The interactive elements of a block. */
    static List<JsonNode> elements(JsonNode block) {
        List<JsonNode> elements = new ArrayList<>();
        if (block.has("accessory")) {
            elements.add(block.path("accessory"));
        }
        if (block.has("element")) {
            elements.add(block.path("element"));
        }
        if (Json.text(block, "type").equals("actions")) {
            block.path("elements").forEach(elements::add);
        }
        return elements;
    }

    /** What a fresh message or modal holds: the initial values. */
    static ObjectNode of(JsonNode blocks) {
        ObjectNode values = Json.object();
        for (JsonNode block : blocks) {
            for (JsonNode element : elements(block)) {
                String type = Json.text(element, "type");
                String field = VALUE_FIELDS.get(type);
                if (field != null && !type.equals("overflow")) {
                    values.withObjectProperty(Json.text(block, "block_id"))
                            .set(Json.text(element, "action_id"), initial(element, type, field));
                }
            }
        }
        return values;
    }

    private static ObjectNode initial(JsonNode element, String type, String field) {
        ObjectNode state = Json.object().put("type", type);
        JsonNode initial =
                element.path(field.replaceFirst("^selected", "initial").replaceFirst("^value$", "initial_value"));
        if (!initial.isMissingNode()) {
            state.set(field, initial);
        } else if (field.equals("selected_options") || type.startsWith("multi_")) {
            state.putArray(field);
        } else {
            state.putNull(field);
        }
        return state;
    }

    /**
     * What an element holds after somebody chose or typed a value.
     *
     * @param given text, or an array of texts where several can be chosen
     * @param force take an option that is not among the element's
     * @throws IllegalArgumentException when the element has no such option
     */
    static ObjectNode chosen(JsonNode element, JsonNode given, boolean force) {
        String type = Json.text(element, "type");
        String field = VALUE_FIELDS.get(type);
        if (field == null) {
            throw new IllegalArgumentException("a " + type + " holds no value");
        }
        ObjectNode state = Json.object().put("type", type);
        if (given.isObject()) {
            state.setAll((ObjectNode) given);
            return state;
        }
        boolean options = field.startsWith("selected_option");
        if (field.endsWith("s")) {
            ArrayNode all = state.putArray(field);
            for (JsonNode one : given.isArray() ? given : Json.array().add(given)) {
                all.add(options ? option(element, one.asText(), force) : one);
            }
        } else {
            state.set(field, options ? option(element, given.asText(), force) : given);
        }
        return state;
    }

    private static JsonNode option(JsonNode element, String value, boolean force) {
        for (JsonNode options : element.findValues("options")) {
            for (JsonNode option : options) {
                if (Json.text(option, "value").equals(value)) {
                    return option;
                }
            }
        }
        if (!force) {
            throw new IllegalArgumentException("no option has the value " + value);
        }
        ObjectNode forged = Json.object();
        forged.putObject("text").put("type", "plain_text").put("text", value);
        return forged.put("value", value);
    }

    /** Whether a required input of a modal is empty in its state. */
    static boolean empty(JsonNode state) {
        String field = VALUE_FIELDS.getOrDefault(Json.text(state, "type"), "value");
        JsonNode value = state.path(field);
        return value.isMissingNode()
                || value.isNull()
                || (value.isTextual() && value.asText().isEmpty())
                || (value.isArray() && value.isEmpty());
    }
}
