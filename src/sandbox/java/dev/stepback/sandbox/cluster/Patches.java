package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The kinds of patch, by content type. */
final class Patches {
    static final String APPLY = "application/apply-patch+yaml";
    private static final String JSON = "application/json-patch+json";
    private static final String MERGE = "application/merge-patch+json";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";

    private Patches() {}

    static JsonNode read(ApiRequest request, ResourceType type) {
        boolean known = request.contentType().equals(JSON)
                || request.contentType().equals(MERGE)
                || (request.contentType().equals(STRATEGIC) && !type.custom());
        if (!known) {
            throw Failures.unsupportedMediaType(
                    "the body of the request was in an unknown format - accepted media" + " types include: " + JSON
                            + ", " + MERGE + (type.custom() ? "" : ", " + STRATEGIC) + ", " + APPLY);
        }
        return request.tree();
    }

    /** Changes and returns {@code current}, or returns another object. */
    static ObjectNode apply(ResourceType type, String contentType, ObjectNode current, JsonNode patch) {
        JsonNode result = switch (contentType) {
            case JSON -> JsonPatch.apply(current, patch);
            case MERGE -> {
                if (!patch.isObject()) {
                    throw Failures.badRequest("the patch is not an object");
                }
                yield MergePatch.apply(current, patch);
            }
            default -> StrategicMergePatch.apply(type, current, patch);
        };
        if (result instanceof ObjectNode object) {
            return object;
        }
        throw Failures.unprocessable("the patched object is not an object");
    }
}
