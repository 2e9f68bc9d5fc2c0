package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The fields that a manager owns, as an entry of {@code managedFields} lists them (structured-merge-diff's {@code FieldsV1}): a
 * tree of {@code f:name}, {@code k:{"name":"app"}} for an item of a list by its key, {@code v:"value"} for one by its value.
 *
 * @param json the tree, or a part of it
 */
record OwnedFields(JsonNode json) {

    /** Whether one of them differs between the two. What is gone belongs to nobody any more. */
    boolean differ(JsonNode before, JsonNode after) {
        if (before.equals(after) || after.isMissingNode()) {
            return false;
        }
        return json.isEmpty()
                || json.properties().stream()
                        .anyMatch(field -> new OwnedFields(field.getValue())
                                .differ(at(field.getKey(), before), at(field.getKey(), after)));
    }

    private static JsonNode at(String step, JsonNode node) {
        String name = step.substring(Math.min(2, step.length()));
        return switch (step.substring(0, Math.min(2, step.length()))) {
            case "f:" -> node.path(name);
            case "k:" -> item(node, Json.parse(name));
            case "v:" -> value(node, Json.parse(name));
            default -> node.path(step); // ".", which is the item itself: its key stays what it is
        };
    }

    private static JsonNode item(JsonNode list, JsonNode key) {
        return Json.elements(list)
                .filter(item -> key.properties().stream()
                        .allMatch(part -> item.path(part.getKey()).equals(part.getValue())))
                .findFirst()
                .orElseGet(() -> list.path(-1));
    }

    private static JsonNode value(JsonNode list, JsonNode value) {
        return Json.elements(list).filter(value::equals).findFirst().orElseGet(() -> list.path(-1));
    }
}
