package dev.stepback.target.workload;

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

    /** Adds it to what is to be written on a revision, unless it is there. */
    public static void add(ObjectNode annotations, ObjectNode revision) {
        if (!on(revision)) {
            annotations.put(ANNOTATION, Json.name(revision));
        }
    }
}
