package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanHash;
import java.time.Instant;
import java.util.Optional;

/** Which of the recorded decisions count. */
final class Approval {
    /** No wait is longer than this, whatever an object asks for. */
    private static final long MAX_SECONDS = 366L * 24 * 3600;

    private Approval() {}

    /** The first rejection, of whatever plan: somebody said no. */
    static Optional<RollbackSpec.Decision> rejection(Rollback rollback) {
        return rollback.getSpec().decisions().stream()
                .filter(d -> d.verdict() == Verdict.Rejected)
                .findFirst();
    }

    /**
     * The first approval of exactly the stored plan that was recorded before the approval expired. When it was recorded
     * counts, not when it is seen: an approval is not lost because the bot was down. At {@code expiresAt} it is too late.
     */
    static Optional<RollbackSpec.Decision> valid(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        Plan plan = status.plan();
        Instant expiresAt = status.expiresAt();
        if (plan == null || expiresAt == null) {
            return Optional.empty();
        }
        return rollback.getSpec().decisions().stream()
                .filter(d -> d.verdict() == Verdict.Approved)
                .filter(d -> d.planHash().equals(plan.hash()))
                .filter(d -> d.at().isBefore(expiresAt))
                .findFirst();
    }

    /** Whether a valid approval covers all that the stored plan would do: the hash is computed again. */
    static boolean covers(Rollback rollback, Plan plan) {
        String actual =
                PlanHash.of(rollback.target(), plan.targetUid(), plan.to().number(), plan.steps());
        return valid(rollback).filter(d -> d.planHash().equals(actual)).isPresent();
    }

    /** Seconds later, but never before and never so much later that time ends. */
    static Instant plus(Instant time, long seconds) {
        return time.plusSeconds(Math.max(0, Math.min(seconds, MAX_SECONDS)));
    }
}
