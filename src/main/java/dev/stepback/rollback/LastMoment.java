package dev.stepback.rollback;

import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.TargetType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Stands guard over what steps change: what is true right before the change counts, not what was true at the click. */
final class LastMoment {
    private final Map<Kind, TargetType> targets;
    private final Authorizer authorizer;
    private final BooleanSupplier leading;
    private final Clock clock;

    LastMoment(Map<Kind, TargetType> targets, Authorizer authorizer, BooleanSupplier leading, Clock clock) {
        this.targets = targets;
        this.authorizer = authorizer;
        this.leading = leading;
        this.clock = clock;
    }

    Guard guard(Rollback rollback) {
        return () -> objection(rollback);
    }

    /**
     * What stands against changing the target now. Before the first change, whoever approved must still be allowed to, and
     * the plan must still be the same; what has begun is seen through, for half a rollback helps nobody.
     */
    private Optional<Step.Start> objection(Rollback rollback) {
        Optional<Step.Start> objection = Optional.empty();
        if (rollback.statusOrInitial().patchedAt() == null) {
            Approvals approvals = authorizer.approval(rollback);
            objection = !approvals.granted()
                    ? Optional.of(new Step.Start.NotYet(approvals.missing(), approvals.undecided()))
                    : late(rollback, approvals)
                            .or(() -> lost(rollback, approvals))
                            .<Step.Start>map(Step.Start.NotYet::new)
                            .or(() -> changed(rollback).map(Step.Start.Void::new));
        }
        checkLeading();
        return objection;
    }

    /** An outage may have come between the approval and this very moment. */
    private Optional<String> late(Rollback rollback, Approvals approvals) {
        Instant expiresAt = Approval.expiresAt(rollback);
        return Optional.ofNullable(expiresAt)
                .filter(e -> !clock.instant()
                        .isBefore(Approval.goodUntil(e, approvals.counted()).plus(checked(rollback))))
                .map(approvals::startedTooLate);
    }

    /** What the checks took, as far as they may take so long: they were begun in time. */
    private static Duration checked(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        List<PlannedStep> planned = rollback.planned().steps();
        Duration all = Duration.ZERO;
        for (int i = 0; i < planned.size(); i++) {
            Instant from = status.steps().get(i).startedAt();
            Instant to = status.steps().get(i).finishedAt();
            if (planned.get(i).checks() && from != null && to != null) {
                Duration took = Duration.between(from, to);
                Duration most = planned.get(i).longest();
                all = all.plus(took.compareTo(most) < 0 ? took : most);
            }
        }
        return all;
    }

    /** Enough others may have approved, but the change names who let it go and may be made as one of them. */
    private static Optional<String> lost(Rollback rollback, Approvals approvals) {
        return Approval.granting(rollback).stream()
                .filter(d ->
                        approvals.counted().stream().noneMatch(c -> c.by().same(d.by()) && c.verdict() == d.verdict()))
                .findFirst()
                .map(d -> "The approval of " + d.by().name() + " does not count any more.");
    }

    private Optional<String> changed(Rollback rollback) {
        TargetType type = targets.get(rollback.target().kind());
        return type == null
                ? Optional.empty()
                : authorizer
                        .acting(Approval.responsible(rollback))
                        .on(type)
                        .changedSince(rollback.target(), rollback.planned());
    }

    /** Throws when another replica leads by now. */
    void checkLeading() {
        if (!leading.getAsBoolean()) {
            throw new IllegalStateException("not the leader any more");
        }
    }
}
