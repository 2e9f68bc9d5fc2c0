package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Strategic merge patch: a merge patch that knows which lists are maps, with the directives {@code $patch},
 * {@code $retainKeys}, {@code $setElementOrder} and {@code $deleteFromPrimitiveList}.
 */
final class StrategicMergePatch {
    private static final String ORDER = "$setElementOrder/";
    private static final String DELETE_FROM = "$deleteFromPrimitiveList/";

    private final ResourceType type;

    private StrategicMergePatch(ResourceType type) {
        this.type = type;
    }

    static JsonNode apply(ResourceType type, ObjectNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode object)) {
            throw Failures.badRequest("the patch is not an object");
        }
        return new StrategicMergePatch(type).mergeObject(target, object, "");
    }

    private ObjectNode mergeObject(ObjectNode target, ObjectNode patch, String path) {
        String directive = patch.path("$patch").asText("merge");
        switch (directive) {
            case "replace":
                ObjectNode replacement = patch.deepCopy();
                replacement.remove("$patch");
                return replacement;
            case "delete":
                return Json.object();
            case "merge":
                break;
            default:
                throw Failures.badRequest("Unknown patch type found: " + directive);
        }
        if (patch.has("$retainKeys")) {
            Set<String> keep = new HashSet<>();
            patch.get("$retainKeys").forEach(key -> keep.add(key.asText()));
            target.retain(keep);
        }
        patch.properties().forEach(field -> mergeField(target, field.getKey(), field.getValue(), path));
        patch.properties().forEach(field -> {
            if (field.getKey().startsWith(ORDER)) {
                String list = field.getKey().substring(ORDER.length());
                if (target.path(list) instanceof ArrayNode elements) {
                    target.set(list, ordered(elements, field.getValue(), MergeKeys.of(type, path + "/" + list)));
                }
            }
        });
        return target;
    }

    private void mergeField(ObjectNode target, String name, JsonNode value, String path) {
        if (name.startsWith(DELETE_FROM)) {
            deletePrimitives(target, name.substring(DELETE_FROM.length()), value);
            return;
        }
        if (name.startsWith("$")) {
            return;
        }
        JsonNode current = target.path(name);
        String fieldPath = path + "/" + name;
        if (value.isNull()) {
            target.remove(name);
        } else if (value instanceof ObjectNode object) {
            boolean deleted = object.path("$patch").asText("").equals("delete");
            if (deleted) {
                target.remove(name);
            } else {
                target.set(
                        name,
                        mergeObject(current instanceof ObjectNode known ? known : Json.object(), object, fieldPath));
            }
        } else if (value instanceof ArrayNode array) {
            target.set(name, mergeList(current, array, MergeKeys.of(type, fieldPath), fieldPath));
        } else {
            target.set(name, value);
        }
    }

    private ArrayNode mergeList(JsonNode current, ArrayNode patch, @Nullable String key, String path) {
        if (key == null) {
            return patch.deepCopy();
        }
        ArrayNode result = current instanceof ArrayNode known ? known : Json.array();
        if (key.isEmpty()) {
            Set<JsonNode> present = new HashSet<>();
            result.forEach(present::add);
            patch.forEach(value -> {
                if (present.add(value)) {
                    result.add(value);
                }
            });
            return result;
        }
        for (JsonNode element : patch) {
            if (element.path("$patch").asText("").equals("replace")) {
                ArrayNode replacement = Json.array();
                patch.forEach(other -> {
                    if (!other.has("$patch")) {
                        replacement.add(other.deepCopy());
                    }
                });
                return replacement;
            }
        }
        for (JsonNode element : patch) {
            mergeElement(result, (ObjectNode) element, key, path);
        }
        return result;
    }

    private void mergeElement(ArrayNode list, ObjectNode element, String key, String path) {
        if (!element.has(key)) {
            throw Failures.badRequest("map: " + element + " does not contain declared merge key: " + key);
        }
        int index = indexOf(list, key, element.get(key));
        if (element.path("$patch").asText("").equals("delete")) {
            if (index >= 0) {
                list.remove(index);
            }
        } else if (index >= 0) {
            list.set(index, mergeObject((ObjectNode) list.get(index), element, path));
        } else {
            list.add(mergeObject(Json.object(), element, path));
        }
    }

    private static void deletePrimitives(ObjectNode target, String list, JsonNode values) {
        if (target.path(list) instanceof ArrayNode elements) {
            Set<JsonNode> gone = new HashSet<>();
            values.forEach(gone::add);
            ArrayNode kept = Json.array();
            elements.forEach(element -> {
                if (!gone.contains(element)) {
                    kept.add(element);
                }
            });
            target.set(list, kept);
        }
    }

    /** The elements that the order names come in that order; the others stay behind them. */
    private static ArrayNode ordered(ArrayNode elements, JsonNode order, @Nullable String key) {
        List<JsonNode> left = new ArrayList<>();
        elements.forEach(left::add);
        ArrayNode result = Json.array();
        for (JsonNode wanted : order) {
            for (JsonNode element : List.copyOf(left)) {
                boolean same = (key == null || key.isEmpty())
                        ? element.equals(wanted)
                        : element.path(key).equals(wanted.path(key));
                if (same) {
                    result.add(element);
                    left.remove(element);
                }
            }
        }
        left.forEach(result::add);
        return result;
    }

    private static int indexOf(ArrayNode list, String key, JsonNode value) {
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i).path(key).equals(value)) {
                return i;
            }
        }
        return -1;
    }
}
