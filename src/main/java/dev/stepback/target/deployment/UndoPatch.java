package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The JSON patch that undoes a release.
 *
 * <p>Its precondition is in the patch: {@code test} on the uid and on the template as they were when the plan was
 * made. The API server checks and writes in one go, so that a deploy in between is never overwritten, while scaling
 * and status changes disturb nothing.
 *
 * @param operations the approved operations
 */
record UndoPatch(ArrayNode operations) {
    private static final String UID = "/metadata/uid";
    private static final String TEMPLATE = "/spec/template";

    static UndoPatch from(Workload workload, PodTemplate restored) {
        ArrayNode operations = Json.object().arrayNode();
        operation(operations, "test", UID, operations.textNode(workload.uid()));
        operation(operations, "test", TEMPLATE, workload.template().json());
        operation(operations, "replace", TEMPLATE, restored.json());
        return new UndoPatch(operations);
    }

    /**
     * Reads a stored patch. Whatever else somebody may have put into the object that stores it is never sent.
     *
     * @throws IllegalArgumentException when it is not such a patch
     */
    static UndoPatch parse(String text) {
        if (Json.parse(text) instanceof ArrayNode operations
                && operations.size() == 3
                && is(operations.get(0), "test", UID)
                && is(operations.get(1), "test", TEMPLATE)
                && is(operations.get(2), "replace", TEMPLATE)) {
            return new UndoPatch(operations);
        }
        throw new IllegalArgumentException("not the patch of an undo");
    }

    private static boolean is(JsonNode operation, String op, String path) {
        return operation.path("op").asText().equals(op)
                && operation.path("path").asText().equals(path)
                && operation.has("value");
    }

    String text() {
        return Json.canonical(operations);
    }

    /** Whether {@code text} is a patch with the same precondition. */
    static boolean sameBefore(String text, UndoPatch other) {
        try {
            return parse(text).before().json().equals(other.before().json());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The template that the approval was given for. */
    PodTemplate before() {
        return new PodTemplate(operations.path(1).path("value"));
    }

    /** The template that is restored. */
    PodTemplate after() {
        return new PodTemplate(operations.path(2).path("value"));
    }

    /**
     * The approved operations, followed by those that set annotations.
     *
     * @param live the Deployment as it is now: a patch cannot say "add the map unless there is one"
     */
    ArrayNode annotating(ObjectNode live, ObjectNode annotations) {
        ArrayNode all = operations.deepCopy();
        JsonNode metadata = live.path("metadata");
        if (metadata.path("annotations").isObject()) {
            annotations
                    .properties()
                    .forEach(a -> operation(all, "add", "/metadata/annotations/" + escape(a.getKey()), a.getValue()));
        } else {
            // Adding the map would wipe out one that somebody else adds at the same moment.
            operation(all, "test", "/metadata/resourceVersion", metadata.path("resourceVersion"));
            operation(all, "add", "/metadata/annotations", annotations);
        }
        return all;
    }

    private static void operation(ArrayNode operations, String op, String path, JsonNode value) {
        operations.addObject().put("op", op).put("path", path).set("value", value);
    }

    private static String escape(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }
}
