package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The operations of a JSON patch (RFC 6902), each added behind those that are there. */
public final class JsonPatch {
    private JsonPatch() {}

    public static void test(ArrayNode operations, String path, JsonNode value) {
        operation(operations, "test", path, value);
    }

    public static void add(ArrayNode operations, String path, JsonNode value) {
        operation(operations, "add", path, value);
    }

    static void replace(ArrayNode operations, String path, JsonNode value) {
        operation(operations, "replace", path, value);
    }

    static void remove(ArrayNode operations, String path) {
        operations.addObject().put("op", "remove").put("path", path);
    }

    private static void operation(ArrayNode operations, String op, String path, JsonNode value) {
        operations.addObject().put("op", op).put("path", path).set("value", value);
    }

    /**
     * The approved operations, followed by those that set annotations.
     *
     * @param live the object as it is now: a patch cannot say "add the map unless there is one"
     */
    public static ArrayNode annotating(ArrayNode operations, ObjectNode live, ObjectNode annotations) {
        ArrayNode all = operations.deepCopy();
        JsonNode metadata = live.path("metadata");
        if (metadata.path("annotations").isObject()) {
            annotations.properties().forEach(a -> add(all, annotation(a.getKey()), a.getValue()));
        } else {
            // Adding the map would wipe out one that somebody else adds at the same moment.
            test(all, "/metadata/resourceVersion", metadata.path("resourceVersion"));
            add(all, "/metadata/annotations", annotations);
        }
        return all;
    }

    /** Sets annotations, as long as it is this object. */
    public static ArrayNode annotating(ObjectNode live, ObjectNode annotations) {
        ArrayNode operations = Json.object().arrayNode();
        test(operations, "/metadata/uid", operations.textNode(Json.uid(live)));
        return annotating(operations, live, annotations);
    }

    /** Where an annotation is. */
    static String annotation(String key) {
        return "/metadata/annotations/" + key.replace("~", "~0").replace("/", "~1");
    }
}
