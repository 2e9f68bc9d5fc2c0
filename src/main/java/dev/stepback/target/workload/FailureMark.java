package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.BadRevision;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The annotation {@value #ANNOTATION} on the object that keeps a revision. It names the object and the number, because
 * controllers and {@code kubectl rollout undo} copy annotations about, and because a revision that is used again gets another
 * chance.
 */
public final class FailureMark {
    public static final String ANNOTATION = "stepback.dev/rollout-failed";

    private static final String PATH = "/metadata/annotations/" + ANNOTATION.replace("/", "~1");

    private final String storedIn;
    private final ToLongFunction<ObjectNode> number;
    private final Redactor redactor;

    /**
     * @param storedIn what keeps a revision, such as {@code replicaSet}
     * @param number the number of the revision that an object keeps
     */
    public FailureMark(String storedIn, ToLongFunction<ObjectNode> number, Redactor redactor) {
        this.storedIn = storedIn;
        this.number = number;
        this.redactor = redactor;
    }

    /** What was written down of this very revision. */
    public Optional<BadRevision> of(ObjectNode revision) {
        try {
            JsonNode mark = Json.parse(Json.annotation(revision, ANNOTATION));
            boolean valid = mark.path(storedIn).asText().equals(Json.name(revision))
                    && mark.path("revision").asLong() == number.applyAsLong(revision);
            return valid
                    ? Optional.of(BadRevision.rolloutFailed(
                            redactor.text(mark.path("reason").asText()), time(mark, "at")))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The patch that writes it down, for the revision as it was seen. */
    public ArrayNode writing(ObjectNode revision, JsonNode precondition, BadRevision bad) {
        ObjectNode annotations = Json.object();
        annotations.put(
                ANNOTATION,
                Json.canonical(Json.object()
                        .put("at", bad.at().toString())
                        .put("reason", bad.detail())
                        .put(storedIn, Json.name(revision))
                        .put("revision", number.applyAsLong(revision))));
        return JsonPatch.annotating(operations(precondition), revision, annotations);
    }

    /** The patch that takes it back. */
    public static ArrayNode removing(JsonNode precondition) {
        ArrayNode operations = operations(precondition);
        JsonPatch.remove(operations, PATH);
        return operations;
    }

    private static ArrayNode operations(JsonNode precondition) {
        return Json.object().arrayNode().add(precondition);
    }

    /** The first of the fields that is a time; the epoch when none is. */
    public static Instant time(JsonNode object, String... fields) {
        for (String field : fields) {
            try {
                return Instant.parse(object.path(field).asText(""));
            } catch (DateTimeException e) {
                // The next field, then.
            }
        }
        return Instant.EPOCH;
    }
}
