package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A modal as somebody filled it in. */
final class Filled {
    private Filled() {}

    /**
     * The state of a modal with the given values in it.
     *
     * @param given by block_id and action_id
     * @throws IllegalArgumentException when an element does not exist, has no such option, is too long or is required
     *     and empty: the client would not submit it
     */
    static ObjectNode in(ObjectNode view, JsonNode given) {
        ObjectNode values = view.path("state").path("values").deepCopy();
        given.fields()
                .forEachRemaining(block -> block.getValue().fields().forEachRemaining(field -> {
                    JsonNode element = element(view, block.getKey(), field.getKey());
                    JsonNode value = field.getValue();
                    int length = (value.isObject() ? value.path("value") : value)
                            .asText()
                            .length();
                    if (length > element.path("max_length").asInt(3000)) {
                        throw new IllegalArgumentException(field.getKey() + " is too long");
                    }
                    values.withObjectProperty(block.getKey())
                            .set(field.getKey(), FormState.chosen(element, field.getValue(), false));
                }));
        for (JsonNode block : view.path("blocks")) {
            if (Json.text(block, "type").equals("input")
                    && !block.path("optional").asBoolean()) {
                String blockId = Json.text(block, "block_id");
                JsonNode state = values.path(blockId).path(Json.text(block.path("element"), "action_id"));
                if (FormState.empty(state)) {
                    throw new IllegalArgumentException("please complete the required field " + blockId);
                }
            }
        }
        return values;
    }

    private static JsonNode element(ObjectNode view, String blockId, String actionId) {
        for (JsonNode block : view.path("blocks")) {
            if (Json.text(block, "block_id").equals(blockId)) {
                for (JsonNode element : FormState.elements(block)) {
                    if (Json.text(element, "action_id").equals(actionId)) {
                        return element;
                    }
                }
            }
        }
        throw new IllegalArgumentException("the view has no element " + blockId + "/" + actionId);
    }
}
