package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** JSON Patch, RFC 6902. What cannot be applied, a failed {@code test} included, is a 422 as in Kubernetes. */
final class JsonPatch {
    private static final Logger log = LoggerFactory.getLogger(JsonPatch.class);

    private JsonPatch() {}

    static JsonNode apply(JsonNode document, JsonNode patch) {
        if (!patch.isArray()) {
            throw Failures.badRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
        }
        JsonNode result = document;
        for (JsonNode operation : patch) {
            result = applyOne(result, operation);
        }
        return result;
    }

    private static JsonNode applyOne(JsonNode document, JsonNode operation) {
        JsonPointer path = pointer(operation, "path");
        return switch (operation.path("op").asText()) {
            case "add" -> add(document, path, value(operation));
            case "remove" -> remove(document, path);
            case "replace" -> {
                require(document, path, "replace operation does not apply: doc is missing key");
                yield path.matches() ? value(operation) : set(document, path, value(operation));
            }
            case "move" -> {
                JsonPointer from = pointer(operation, "from");
                JsonNode moved = require(document, from, "error in move for path");
                yield add(remove(document, from), path, moved);
            }
            case "copy" ->
                add(
                        document,
                        path,
                        require(document, pointer(operation, "from"), "error in copy for path")
                                .deepCopy());
            case "test" -> {
                JsonNode actual = Json.normalized(document.at(path), false);
                if (!actual.equals(Json.normalized(value(operation), false))) {
                    throw rejected("testing value " + path + " failed");
                }
                yield document;
            }
            default -> throw rejected("Unexpected kind: " + operation.path("op").asText());
        };
    }

    private static JsonNode add(JsonNode document, JsonPointer path, JsonNode value) {
        if (path.matches()) {
            return value;
        }
        JsonNode parent = require(document, path.head(), "add operation does not apply: doc is missing path");
        if (parent instanceof ArrayNode array) {
            String last = path.last().getMatchingProperty();
            int index = last.equals("-") ? array.size() : path.last().getMatchingIndex();
            if (index < 0 || index > array.size()) {
                throw rejected("Unable to access invalid index: " + last);
            }
            array.insert(index, value.deepCopy());
            return document;
        }
        return set(document, path, value);
    }

    private static JsonNode set(JsonNode document, JsonPointer path, JsonNode value) {
        JsonNode parent = document.at(path.head());
        if (parent instanceof ObjectNode object) {
            object.set(path.last().getMatchingProperty(), value.deepCopy());
        } else if (parent instanceof ArrayNode array) {
            array.set(path.last().getMatchingIndex(), value.deepCopy());
        } else {
            throw rejected("add operation does not apply: doc is missing path: " + path);
        }
        return document;
    }

    private static JsonNode remove(JsonNode document, JsonPointer path) {
        require(document, path, "remove operation does not apply: doc is missing path");
        JsonNode parent = document.at(path.head());
        if (parent instanceof ObjectNode object) {
            object.remove(path.last().getMatchingProperty());
        } else if (parent instanceof ArrayNode array) {
            array.remove(path.last().getMatchingIndex());
        }
        return document;
    }

    private static JsonNode require(JsonNode document, JsonPointer path, String message) {
        JsonNode found = document.at(path);
        if (found.isMissingNode()) {
            throw rejected(message + ": " + path);
        }
        return found;
    }

    private static JsonNode value(JsonNode operation) {
        if (!operation.has("value")) {
            throw rejected("missing value");
        }
        return operation.get("value");
    }

    private static JsonPointer pointer(JsonNode operation, String field) {
        try {
            return JsonPointer.compile(operation.path(field).asText());
        } catch (IllegalArgumentException e) {
            throw rejected("invalid path: " + operation.path(field).asText());
        }
    }

    /** A client is not told which operation failed: an API server keeps that to itself. */
    private static ApiException rejected(String cause) {
        log.debug("JSON patch refused: {}", cause);
        return new ApiException(
                422,
                "Invalid",
                "the server rejected our request due to an error in our request",
                List.of(new ApiException.Cause(ApiException.UNTOLD, "", cause)));
    }
}
