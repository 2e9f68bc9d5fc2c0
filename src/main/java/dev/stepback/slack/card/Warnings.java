package dev.stepback.slack.card;

import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The findings in the order in which they are told: there may be room for the first ones only. */
final class Warnings {
    /**
     * First what speaks against this rollback, or is destroyed by it; then what its pods may lack or what undoes it, what
     * people have to see to later, and last what only says how it will go.
     */
    private static final List<String> MATTERS_MOST_FIRST = List.of(
            "known-bad",
            "data-downgrade",
            "stuck-pods",
            "data-check",
            "schema",
            "references",
            "priority-class",
            "limits",
            "quota",
            "nodes",
            "services",
            "managed-by",
            "never-available",
            "time",
            "configuration",
            "image-tag",
            "data",
            "permission",
            "pod-deletion",
            "dry-run",
            "stands-still",
            "on-delete",
            "partition",
            "replicas",
            "strategy",
            "fast",
            Plan.LAST_APPLIED_STALE,
            "last-applied",
            "disruption-budget",
            "autoscaler",
            "rollout");

    private static final Comparator<Finding> ORDER = Comparator.comparingInt(finding -> {
        int rank = MATTERS_MOST_FIRST.indexOf(finding.check());
        return rank < 0 ? MATTERS_MOST_FIRST.indexOf("permission") : rank;
    });

    private Warnings() {}

    /** Those of this verdict. */
    static Stream<Finding> of(Plan plan, Finding.Verdict verdict) {
        return plan.findings().stream().filter(f -> f.verdict() == verdict).sorted(ORDER);
    }
}
