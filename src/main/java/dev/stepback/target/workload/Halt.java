package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.util.Optional;

/**
 * The pause that Stepback has set because somebody stopped a rollout in the middle. Whoever goes back from there, or forward
 * again, means that it ends, too. A pause that somebody has asked for is none, whoever set it.
 *
 * @param rollback name of the Rollback that was stopped
 */
public record Halt(String rollback) {
    /** The annotation that is written together with such a pause, and names the Rollback. */
    static final String NOTE = "stepback.dev/halted-by";

    /** Where a Deployment says that it is paused. */
    static final String PAUSED = "/spec/paused";

    /** Both fields are tested and removed. */
    private static final int OPERATIONS = 4;

    /**
     * The one that holds a workload now. The note alone would not do: pauses end and begin without it, and kubectl brings
     * annotations of old ReplicaSets back.
     */
    public static Optional<Halt> on(JsonNode live) {
        String rollback = Json.annotation(live, NOTE);
        boolean own = paused(live)
                && !rollback.isEmpty()
                && rollback.equals(Json.annotation(live, UndoStep.MARK))
                && Writer.last(live, "f:spec", "f:paused")
                        .filter(Writer::isStepback)
                        .isPresent();
        return own ? Optional.of(new Halt(rollback)) : Optional.empty();
    }

    /** Whether it is paused, by whomever. */
    public static boolean paused(JsonNode live) {
        return live.at(PAUSED).asBoolean(false);
    }

    /** Adds what ends it, if it is still there. */
    void end(ArrayNode operations) {
        String note = JsonPatch.annotation(NOTE);
        JsonPatch.test(operations, PAUSED, BooleanNode.TRUE);
        JsonPatch.test(operations, note, operations.textNode(rollback));
        JsonPatch.remove(operations, PAUSED);
        JsonPatch.remove(operations, note);
    }

    /** The one that the operations from this place on end; empty when they do something else. */
    static Optional<Halt> endedAt(ArrayNode operations, int at) {
        Halt halt = new Halt(operations.path(at + 1).path("value").asText());
        ArrayNode end = Json.object().arrayNode();
        halt.end(end);
        for (int i = 0; i < OPERATIONS; i++) {
            if (!operations.path(at + i).equals(end.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(halt);
    }

    /** How many operations end one. */
    static int operations() {
        return OPERATIONS;
    }

    /** Adds what removes a note that a pause has left behind, if there is one. */
    static void forget(ArrayNode operations, JsonNode live) {
        if (!Json.annotation(live, NOTE).isEmpty()) {
            JsonPatch.remove(operations, JsonPatch.annotation(NOTE));
        }
    }
}
