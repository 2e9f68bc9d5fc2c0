package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.TargetRef;
import java.util.Optional;

/**
 * The JSON patch that undoes a release.
 *
 * <p>Its precondition is in the patch: {@code test} on the uid and on the template as they were when the plan was
 * made. The API server checks and writes in one go, so that a deploy in between is never overwritten, while scaling
 * and status changes disturb nothing.
 *
 * @param operations the approved operations
 */
public record UndoPatch(ArrayNode operations) {
    private static final String UID = "/metadata/uid";
    private static final String TEMPLATE = "/spec/template";

    public static UndoPatch from(LiveWorkload workload, PodTemplate restored) {
        ArrayNode operations = Json.object().arrayNode();
        Annotating.add(operations, "test", UID, operations.textNode(workload.uid()));
        Annotating.add(operations, "test", TEMPLATE, workload.template().json());
        Annotating.add(operations, "replace", TEMPLATE, restored.json());
        return new UndoPatch(operations);
    }

    /** The same, which also sets a field of the strategy for the time of the rollout; it must be as it is now. */
    public UndoPatch borrowing(Borrowed borrowed, LiveWorkload workload) {
        ArrayNode all = operations.deepCopy();
        Annotating.add(all, "test", borrowed.path(), borrowed.now(workload.object()));
        Annotating.add(all, "replace", borrowed.path(), borrowed.meanwhile());
        return new UndoPatch(all);
    }

    /**
     * Reads a stored patch. Whatever else somebody may have put into the object that stores it is never sent.
     *
     * @throws IllegalArgumentException when it is not such a patch
     */
    public static UndoPatch parse(String text) {
        if (Json.parse(text) instanceof ArrayNode operations && isUndo(operations)) {
            return new UndoPatch(operations);
        }
        throw new IllegalArgumentException("not the patch of an undo");
    }

    public static boolean isUndo(ArrayNode operations) {
        return hasTests(operations)
                && is(operations.path(2), "replace", TEMPLATE)
                && (operations.size() == 3 || operations.size() == 5 && borrows(operations));
    }

    private static boolean borrows(ArrayNode operations) {
        String path = operations.path(3).path("path").asText();
        return Borrowed.isBorrowable(path)
                && is(operations.path(3), "test", path)
                && is(operations.path(4), "replace", path);
    }

    /** Whether it begins with the precondition. */
    public static boolean hasTests(ArrayNode operations) {
        return is(operations.path(0), "test", UID) && is(operations.path(1), "test", TEMPLATE);
    }

    private static boolean is(JsonNode operation, String op, String path) {
        return operation.path("op").asText().equals(op)
                && operation.path("path").asText().equals(path)
                && operation.has("value");
    }

    /** Whether it sets just this, or nothing besides the template. */
    boolean borrows(Optional<Borrowed> borrowed) {
        return borrowed.map(b -> operations.path(4).path("path").asText().equals(b.path())
                        && operations.path(4).path("value").equals(b.meanwhile()))
                .orElse(operations.size() == 3);
    }

    /** Says who has changed what a stored patch would borrow; empty when nobody has. */
    public static Optional<String> strategyChanged(
            String text, Optional<Borrowed> borrowed, TargetRef target, JsonNode live) {
        return borrowed.filter(b -> {
                    UndoPatch stored = parse(text);
                    JsonNode seen = stored.operations().path(3).path("value");
                    return !seen.equals(b.now(live));
                })
                .map(b -> Blame.strategyChanged(target, live, b));
    }

    public String text() {
        return Json.canonical(operations);
    }

    /** Whether {@code text} is a patch with the same precondition. */
    public static boolean sameBefore(String text, UndoPatch other) {
        try {
            return parse(text).before().json().equals(other.before().json());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The template that the approval was given for. */
    public PodTemplate before() {
        return new PodTemplate(operations.path(1).path("value"));
    }

    /** The template that is restored. */
    public PodTemplate after() {
        return new PodTemplate(operations.path(2).path("value"));
    }

    /** With what sets annotations; see {@link Annotating}. */
    public ArrayNode annotating(ObjectNode live, ObjectNode annotations) {
        return Annotating.of(operations, live, annotations);
    }
}
