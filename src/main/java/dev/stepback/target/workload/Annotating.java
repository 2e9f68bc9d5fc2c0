package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Adds to a JSON patch what sets annotations of the object. */
public final class Annotating {
    private Annotating() {}

    /**
     * The approved operations, followed by those that set annotations.
     *
     * @param live the Deployment as it is now: a patch cannot say "add the map unless there is one"
     */
    public static ArrayNode of(ArrayNode operations, ObjectNode live, ObjectNode annotations) {
        ArrayNode all = operations.deepCopy();
        JsonNode metadata = live.path("metadata");
        if (metadata.path("annotations").isObject()) {
            annotations.properties().forEach(a -> add(all, "add", path(a.getKey()), a.getValue()));
        } else {
            // Adding the map would wipe out one that somebody else adds at the same moment.
            add(all, "test", "/metadata/resourceVersion", metadata.path("resourceVersion"));
            add(all, "add", "/metadata/annotations", annotations);
        }
        return all;
    }

    public static void add(ArrayNode operations, String op, String path, JsonNode value) {
        operations.addObject().put("op", op).put("path", path).set("value", value);
    }

    /** Where an annotation is, as in a JSON patch. */
    static String path(String key) {
        return "/metadata/annotations/" + key.replace("~", "~0").replace("/", "~1");
    }
}
