package dev.stepback.target;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * What a rollback is going to do: bound by {@link #hash} to everything that decides it.
 *
 * @param hash see {@link PlanHash}
 * @param targetUid uid of the target that the plan was made for
 * @param from the revision to leave
 * @param to the revision to restore
 * @param changes what differs between the two, redacted
 * @param findings the verdicts of the preflight checks
 * @param steps in order; never empty
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Plan(
        String hash,
        String targetUid,
        PlannedRevision from,
        PlannedRevision to,
        List<Change> changes,
        List<Finding> findings,
        List<PlannedStep> steps) {

    /** Name of the check which finds that what {@code kubectl apply} remembers goes stale, and could be rolled back, too. */
    public static final String LAST_APPLIED_STALE = "last-applied-stale";

    /** Name of the check which finds that newer revisions than the proposed one are known bad. */
    public static final String PASSED_OVER = "passed-over";

    /** One that is bound to all that decides it. */
    public static Plan of(
            TargetRef target,
            String targetUid,
            PlannedRevision from,
            PlannedRevision to,
            List<Change> changes,
            List<Finding> findings,
            List<PlannedStep> steps) {
        String hash = PlanHash.of(target, targetUid, to.number(), steps);
        return new Plan(hash, targetUid, from, to, changes, findings, steps);
    }

    public boolean blocked() {
        return findings.stream().anyMatch(f -> f.verdict() == Finding.Verdict.BLOCK);
    }

    /** Whether what {@code kubectl apply} remembers of the target goes stale with it, and could be rolled back, too. */
    public boolean lastAppliedGoesStale() {
        return findings.stream()
                .anyMatch(f -> f.check().equals(LAST_APPLIED_STALE) && f.verdict() == Finding.Verdict.WARN);
    }
}
