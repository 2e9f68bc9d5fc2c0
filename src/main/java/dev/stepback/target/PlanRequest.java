package dev.stepback.target;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What is asked of a plan.
 *
 * @param toRevision the revision to restore; empty to let {@link History#proposed} choose
 * @param knownBad the revisions that are known bad, by {@link Revision#id}
 */
public record PlanRequest(OptionalLong toRevision, Map<String, BadRevision> knownBad) {}
