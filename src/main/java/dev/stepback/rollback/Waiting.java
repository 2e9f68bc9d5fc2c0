package dev.stepback.rollback;

import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Pending;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The part of {@link Decision} about Rollbacks that do not run yet: until there is a plan, and until it may go. */
final class Waiting {
    private final Moment moment;
    private final Rollback rollback;
    private final RollbackStatus status;
    private final Instant now;

    Waiting(Moment moment) {
        this.moment = moment;
        this.rollback = moment.rollback();
        this.status = moment.status();
        this.now = moment.now();
    }

    Action planning(Seen seen) {
        if (rollback.getSpec().cancellation() != null) {
            return moment.cancelled();
        }
        if (!rollback.getSpec().decisions().isEmpty()) {
            // A plan can be foretold, and so can its hash: this approval was written by hand, not given to a card.
            return moment.finish(
                    Phase.SUPERSEDED, "it was decided on before there was a plan; ask for the rollback again");
        }
        if (!(seen instanceof Seen.Planned planned)) {
            return new Action.MakePlan();
        }
        return withoutPlan(planned).orElseGet(() -> firstPlan(planned, plan(planned)));
    }

    private Action firstPlan(Seen.Planned planned, Plan plan) {
        return moment.write(s -> {
            s.phase = Phase.AWAITING_APPROVAL;
            s.plan = plan;
            s.steps = pending(plan);
            s.plannedAt = now;
            s.expiresAt = Approval.plus(now, planned.approvals().expiry().toSeconds());
            waiting(s, planned.approvals());
        });
    }

    /** How it ends when there is no plan that anybody could approve. */
    private Optional<Action> withoutPlan(Seen.Planned planned) {
        if (planned.olderOpen().isPresent()) {
            return Optional.of(moment.finish(
                    Phase.SUPERSEDED,
                    "another rollback of the same target is open: "
                            + planned.olderOpen().get()));
        }
        if (!planned.approvals().refused().isEmpty()) {
            return Optional.of(moment.finish(Phase.REJECTED, planned.approvals().refused()));
        }
        if (planned.result().orElseThrow() instanceof PlanResult.Refused refused) {
            // kubectl exits with 0 after "skipped rollback": what was wanted is the case.
            boolean there = refused.reason() == PlanResult.Reason.ALREADY_THERE;
            return Optional.of(moment.finish(there ? Phase.SUCCEEDED : Phase.FAILED, refused.message()));
        }
        Plan plan = plan(planned);
        return plan.blocked()
                ? Optional.of(moment.finish(Phase.FAILED, blocking(plan), s -> {
                    s.plan = plan;
                    s.cluster = planned.approvals().terms().clusterName();
                }))
                : Optional.empty();
    }

    private static Plan plan(Seen.Planned planned) {
        return ((PlanResult.Planned) planned.result().orElseThrow()).plan();
    }

    private static List<StepStatus> pending(Plan plan) {
        return plan.steps().stream()
                .map(step -> new StepStatus(step.type(), Pending, "", null, null))
                .toList();
    }

    Action awaitingApproval(Seen seen) {
        if (rollback.getSpec().cancellation() != null) {
            return moment.cancelled();
        }
        Plan plan = moment.plan();
        Instant expiresAt = Approval.expiresAt(rollback);
        if (plan == null || expiresAt == null) {
            return moment.finish(Phase.FAILED, Moment.NO_PLAN);
        }
        if (heldByGroup()) {
            // The group is decided on, counts down and expires; it tells this one when to begin, or to stop.
            return rollback.choicePending() ? chosen(seen, plan) : new Action.WaitUntil(now.plus(Approvals.ASK_LATER));
        }
        var rejection = Approval.rejection(rollback);
        if (rejection.isPresent()) {
            return moment.finish(
                    Phase.REJECTED, "rejected by " + rejection.get().by().name());
        }
        if (rollback.choicePending()) {
            return now.isBefore(expiresAt)
                    ? chosen(seen, plan)
                    : moment.finish(Phase.EXPIRED, "nobody approved in time");
        }
        if (!(seen instanceof Seen.Ruled ruled)) {
            return new Action.AskPolicy();
        }
        Approvals approvals = ruled.approvals();
        boolean decided = !rollback.getSpec().decisions().isEmpty();
        Instant startsAt = startsAt(approvals);
        if (approvals.begins(startsAt, expiresAt, now)) {
            return run(approvals);
        }
        if (!now.isBefore(expiresAt)) {
            return moment.finish(
                    Phase.EXPIRED,
                    approvals.granted() ? approvals.startedTooLate(expiresAt) : approvals.expired(decided));
        }
        RollbackStatus news = status.with(s -> waiting(s, approvals));
        return news.equals(status)
                ? new Action.WaitUntil(approvals.askAgain(decided, status.startsAt(), expiresAt, now))
                : new Action.Write(news);
    }

    /** Somebody wants it to be done otherwise: that is another plan, and nobody has approved it. */
    private Action chosen(Seen seen, Plan before) {
        if (!(seen instanceof Seen.Planned planned)) {
            return new Action.MakePlan();
        }
        return withoutPlan(planned).orElseGet(() -> {
            Plan plan = plan(planned);
            boolean same = plan.targetUid().equals(before.targetUid())
                    && plan.from().id().equals(before.from().id())
                    && plan.to().id().equals(before.to().id());
            return same
                    ? moment.write(s -> {
                        s.plan = plan;
                        s.steps = pending(plan);
                        s.expiresAt = expiresAnew();
                        s.plannedAt = now;
                        s.choices = rollback.getSpec().choices().size();
                        s.startsAt = null;
                        s.approvals = s.approvals == null ? null : s.approvals.withoutAny();
                    })
                    : moment.finish(
                            Phase.SUPERSEDED, "the target has changed since the plan was made; ask for it again");
        });
    }

    /** A group has its own time for all of them; it only matters how much time each has once it is let go. */
    private @Nullable Instant expiresAnew() {
        Instant planned = status.plannedAt();
        Instant expires = status.expiresAt();
        return heldByGroup() && planned != null && expires != null
                ? Approval.plus(now, Duration.between(planned, expires).toSeconds())
                : expires;
    }

    private Action run(Approvals approvals) {
        return moment.write(s -> {
            waiting(s, approvals);
            s.phase = Phase.RUNNING;
            s.message = "";
            s.approvedAt = approvals.counted().stream()
                    .map(RollbackSpec.Decision::at)
                    .max(Comparator.naturalOrder())
                    .orElse(now);
            s.steps = moment.replaced(0, step -> new StepStatus(step.type(), Pending, "", now, null));
        });
    }

    /** What a card that waits has to show. */
    private void waiting(RollbackStatus.Changes s, Approvals approvals) {
        s.cluster = approvals.terms().clusterName();
        s.approvals = approvals.status();
        s.startsAt = startsAt(approvals);
        s.message = approvals.message();
    }

    /** When it starts by itself; null when it needs an approval, or something is in its way. */
    private @Nullable Instant startsAt(Approvals approvals) {
        Instant released = rollback.getSpec().released();
        return heldByGroup() ? null : approvals.startsAt(released == null ? status.startsAt() : released, now);
    }

    private boolean heldByGroup() {
        return rollback.getSpec().group() != null && rollback.getSpec().released() == null;
    }

    private static String blocking(Plan plan) {
        return plan.findings().stream()
                .filter(f -> f.verdict() == Finding.Verdict.BLOCK)
                .map(Finding::message)
                .collect(Collectors.joining("; "));
    }
}
