package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Operation;

/**
 * The JSON patch that pauses, resumes or restarts, as {@code kubectl rollout} would. Its precondition is in
 * the patch, as that of {@link UndoPatch} is.
 *
 * @param operations the approved operations
 */
public record ChangePatch(Operation operation, ArrayNode operations) {
    private static final int TESTS = 2;

    /** @param time what a restart leaves as its mark; RFC 3339 */
    public static ChangePatch of(Operation operation, LiveWorkload workload, String time) {
        PodTemplate before = workload.template();
        ArrayNode operations =
                UndoPatch.from(workload, before.restartedAt(time)).operations();
        if (operation != Operation.RESTART) {
            operations.remove(TESTS);
        }
        if (operation == Operation.PAUSE) {
            JsonPatch.add(operations, Halt.PAUSED, BooleanNode.TRUE);
        } else if (operation == Operation.RESUME) {
            JsonPatch.test(operations, Halt.PAUSED, BooleanNode.TRUE);
            JsonPatch.remove(operations, Halt.PAUSED);
        }
        return new ChangePatch(operation, operations);
    }

    /**
     * Reads a stored patch. Whatever else somebody may have put into the object that stores it is never sent.
     *
     * @throws IllegalArgumentException when it is not such a patch
     */
    public static ChangePatch parse(Operation operation, String text) {
        if (Json.parse(text) instanceof ArrayNode operations) {
            ChangePatch patch = new ChangePatch(operation, operations);
            if (UndoPatch.hasTests(operations) && patch.changesNothingElse()) {
                return patch;
            }
        }
        throw new IllegalArgumentException("not the patch of a " + operation.lowerCase());
    }

    private boolean changesNothingElse() {
        JsonNode first = operations.path(TESTS);
        return switch (operation) {
            case PAUSE -> operations.size() == TESTS + 1 && isPaused(first, "add");
            case RESUME ->
                operations.size() == TESTS + 2
                        && isPaused(first, "test")
                        && operations
                                .path(TESTS + 1)
                                .equals(Json.object().put("op", "remove").put("path", Halt.PAUSED));
            case RESTART ->
                operations.size() == TESTS + 1
                        && UndoPatch.isUndo(operations)
                        && !after().restartedAt().isEmpty()
                        && after().withoutRestart().sameAs(before().withoutRestart());
            case UNDO -> false;
        };
    }

    private static boolean isPaused(JsonNode operation, String op) {
        return operation.path("op").asText().equals(op)
                && operation.path("path").asText().equals(Halt.PAUSED)
                && operation.path("value").equals(BooleanNode.TRUE);
    }

    public String text() {
        return Json.canonical(operations);
    }

    /** The template that the approval was given for. */
    public PodTemplate before() {
        return new PodTemplate(operations.path(1).path("value"));
    }

    /** The template that is rolled out, or stands still. */
    public PodTemplate after() {
        return operation == Operation.RESTART
                ? new PodTemplate(operations.path(TESTS).path("value"))
                : before();
    }

    ArrayNode annotating(ObjectNode live, ObjectNode annotations) {
        return JsonPatch.annotating(operations, live, annotations);
    }
}
