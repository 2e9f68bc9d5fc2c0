package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The annotation {@value #ANNOTATION} on the object that keeps a revision: its rollout has ended well since this Rollback changed
 * the target, however the Rollback itself ended. It names the object, too, because controllers and {@code kubectl rollout undo}
 * copy annotations about.
 */
public final class CameRightMark {
    public static final String ANNOTATION = "stepback.dev/came-right";

    private CameRightMark() {}

    /** The Rollback after which it came right; empty when nobody saw it. */
    private static String rollback(ObjectNode revision) {
        String mark = Json.annotation(revision, ANNOTATION);
        String object = Json.name(revision) + "/";
        return mark.startsWith(object) ? mark.substring(object.length()) : "";
    }

    /** Of all that have the mark: the Rollback, by the object's name. */
    public static Map<String, String> of(List<ObjectNode> revisions) {
        Map<String, String> marked = new LinkedHashMap<>();
        for (ObjectNode revision : revisions) {
            String rollback = rollback(revision);
            if (!rollback.isEmpty()) {
                marked.put(Json.name(revision), rollback);
            }
        }
        return marked;
    }

    /**
     * Adds it to what is to be written on a revision, unless it is there.
     *
     * @param workload whose rollout has ended well; where no Rollback has changed it, nothing is added
     * @param revision its current one
     */
    public static void add(ObjectNode annotations, ObjectNode workload, ObjectNode revision) {
        String rollback = Json.annotation(workload, UndoStep.MARK);
        if (!rollback.isEmpty() && !rollback.equals(rollback(revision))) {
            annotations.put(ANNOTATION, Json.name(revision) + "/" + rollback);
        }
    }
}
