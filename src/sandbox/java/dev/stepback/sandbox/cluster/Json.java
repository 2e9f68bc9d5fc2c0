package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Reading and shaping of JSON trees, and of the metadata that every object has. */
final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    static ObjectNode metadata(ObjectNode object) {
        return object.withObject("/metadata");
    }

    static String name(JsonNode object) {
        return object.path("metadata").path("name").asText("");
    }

    static @Nullable String namespace(JsonNode object) {
        return text(object.path("metadata"), "namespace");
    }

    static String uid(JsonNode object) {
        return object.path("metadata").path("uid").asText("");
    }

    static long version(JsonNode object) {
        return Long.parseLong(object.path("metadata").path("resourceVersion").asText("0"));
    }

    static boolean isDeleting(JsonNode object) {
        return object.path("metadata").has("deletionTimestamp");
    }

    /** The text of a field, or null when it is absent or empty. */
    static @Nullable String text(JsonNode object, String field) {
        String value = object.path(field).asText("");
        return value.isEmpty() || object.path(field).isNull() ? null : value;
    }

    /**
     * A deep copy in which equal values are equal nodes: whole numbers that fit are ints.
     *
     * @param dropNulls whether fields that are null are left out, as typed objects leave them out
     */
    static JsonNode normalized(JsonNode node, boolean dropNulls) {
        if (node.isObject()) {
            ObjectNode copy = object();
            node.properties().forEach(field -> {
                if (!dropNulls || !field.getValue().isNull()) {
                    copy.set(field.getKey(), normalized(field.getValue(), dropNulls));
                }
            });
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = array();
            node.forEach(element -> copy.add(normalized(element, dropNulls)));
            return copy;
        }
        if (node.isIntegralNumber() && node.canConvertToInt()) {
            return IntNode.valueOf(node.intValue());
        }
        return node;
    }
}
