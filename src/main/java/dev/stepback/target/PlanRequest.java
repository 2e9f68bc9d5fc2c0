package dev.stepback.target;

import java.util.OptionalLong;
import java.util.Set;

/**
 * What is asked of a plan.
 *
 * @param toRevision the revision to restore; empty to let {@link History#proposed} choose
 * @param knownBad ids of revisions that are known bad
 */
public record PlanRequest(OptionalLong toRevision, Set<String> knownBad) {}
