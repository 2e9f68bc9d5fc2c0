package dev.stepback.target;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is asked of a plan.
 *
 * @param toRevision the revision to restore; empty to let {@link History#proposed} choose; says something for {@link
 *     Operation#UNDO} only
 * @param toTime restores the revision that was the current one then; together with {@code toRevision}, which counts, it only
 *     says what has to be said about that time
 * @param knownBad the revisions that are known bad, by {@link Revision#id}
 */
public record PlanRequest(
        Operation operation,
        OptionalLong toRevision,
        Optional<PointInTime> toTime,
        Map<String, BadRevision> knownBad,
        PlanOptions options) {

    /** To a revision by its number, or to the one that is proposed. */
    public PlanRequest(
            Operation operation, OptionalLong toRevision, Map<String, BadRevision> knownBad, PlanOptions options) {
        this(operation, toRevision, Optional.empty(), knownBad, options);
    }

    /** The undo that was planned, once more. */
    public static PlanRequest again(long toRevision, PlanOptions options) {
        return new PlanRequest(Operation.UNDO, OptionalLong.of(toRevision), Map.of(), options);
    }

    /** Another operation, which goes to no earlier revision. */
    public static PlanRequest to(Operation operation) {
        return new PlanRequest(operation, OptionalLong.empty(), Map.of(), PlanOptions.NONE);
    }
}
