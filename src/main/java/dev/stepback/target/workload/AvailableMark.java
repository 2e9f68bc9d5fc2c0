package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The annotation {@value #ANNOTATION} on the object that keeps a revision: its pods have been available at some time, which the
 * object does not tell once they are gone. It names the object, because controllers and {@code kubectl rollout undo} copy
 * annotations about.
 */
public final class AvailableMark {
    public static final String ANNOTATION = "stepback.dev/was-available";

    private AvailableMark() {}

    public static boolean on(ObjectNode revision) {
        return Json.annotation(revision, ANNOTATION).equals(Json.name(revision));
    }

    /** The patch that writes it down. */
    public static ArrayNode writing(ObjectNode revision) {
        ArrayNode operations = Json.object().arrayNode();
        JsonPatch.test(operations, "/metadata/uid", operations.textNode(Json.uid(revision)));
        return JsonPatch.annotating(operations, revision, Json.object().put(ANNOTATION, Json.name(revision)));
    }
}
