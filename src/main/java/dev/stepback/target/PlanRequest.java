package dev.stepback.target;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What is asked of a plan.
 *
 * @param toRevision the revision to restore; empty to let {@link History#proposed} choose; says something for {@link
 *     Operation#UNDO} only
 * @param knownBad the revisions that are known bad, by {@link Revision#id}
 */
public record PlanRequest(
        Operation operation, OptionalLong toRevision, Map<String, BadRevision> knownBad, PlanOptions options) {

    /** An undo. */
    public PlanRequest(OptionalLong toRevision, Map<String, BadRevision> knownBad) {
        this(Operation.UNDO, toRevision, knownBad, PlanOptions.NONE);
    }

    /** Another operation, which goes to no earlier revision. */
    public static PlanRequest to(Operation operation) {
        return new PlanRequest(operation, OptionalLong.empty(), Map.of(), PlanOptions.NONE);
    }
}
