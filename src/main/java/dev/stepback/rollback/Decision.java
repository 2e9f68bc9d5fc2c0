package dev.stepback.rollback;

import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Done;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Failed;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Pending;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Started;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to do next about one Rollback: a pure function of the object, of what has just been seen, and of the time.
 *
 * <p>Two rules make it safe to die anywhere. A step's {@code startedAt} is written before the step is started, so a
 * pending step without it was certainly never started and may still be cancelled. And nothing is ever started for an
 * object in which the approved hash does not match the plan that is stored.
 */
final class Decision {
    /** How long to wait for news of a running step before looking without any. */
    static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    /** How long somebody can stop what starts without an approval. */
    static final Duration COUNTDOWN = Duration.ofSeconds(10);

    /** How long to wait before asking the policy again while somebody has decided, and while nobody has. */
    static final Duration ASK_SOON = Duration.ofSeconds(5);

    static final Duration ASK_LATER = Duration.ofSeconds(30);

    private final Rollback rollback;
    private final RollbackStatus status;
    private final Instant now;

    private Decision(Rollback rollback, Instant now) {
        this.rollback = rollback;
        this.status = rollback.statusOrInitial();
        this.now = now;
    }

    static Action next(Rollback rollback, Seen seen, Instant now) {
        Decision decision = new Decision(rollback, now);
        return switch (decision.status.phase()) {
            case PLANNING -> decision.planning(seen);
            case AWAITING_APPROVAL -> decision.awaitingApproval(seen);
            case RUNNING -> decision.running(seen);
            case VERIFYING -> decision.verifying(seen);
            case SUCCEEDED, FAILED, REJECTED, EXPIRED, CANCELLED, SUPERSEDED -> new Action.Leave();
        };
    }

    private Action planning(Seen seen) {
        if (rollback.getSpec().cancellation() != null) {
            return cancelled();
        }
        if (!rollback.getSpec().decisions().isEmpty()) {
            // A plan can be foretold, and so can its hash: this approval was written by hand, not given to a card.
            return finish(Phase.SUPERSEDED, "it was decided on before there was a plan; ask for the rollback again");
        }
        if (!(seen instanceof Seen.Planned planned)) {
            return new Action.MakePlan();
        }
        if (planned.olderOpen().isPresent()) {
            return finish(
                    Phase.SUPERSEDED,
                    "another rollback of the same target is open: "
                            + planned.olderOpen().get());
        }
        if (!planned.approvals().refused().isEmpty()) {
            return finish(Phase.REJECTED, planned.approvals().refused());
        }
        PlanResult result = planned.result().orElseThrow();
        if (result instanceof PlanResult.Refused refused) {
            // kubectl exits with 0 after "skipped rollback": what was wanted is the case.
            boolean there = refused.reason() == PlanResult.Reason.ALREADY_THERE;
            return finish(there ? Phase.SUCCEEDED : Phase.FAILED, refused.message());
        }
        Plan plan = ((PlanResult.Planned) result).plan();
        if (plan.blocked()) {
            return finish(Phase.FAILED, blocking(plan), s -> {
                s.plan = plan;
                s.cluster = cluster(planned.approvals());
            });
        }
        return write(s -> {
            s.phase = Phase.AWAITING_APPROVAL;
            s.plan = plan;
            s.steps = plan.steps().stream()
                    .map(step -> new StepStatus(step.type(), Pending, "", null, null))
                    .toList();
            s.plannedAt = now;
            s.expiresAt = Approval.plus(now, planned.approvals().expiry().toSeconds());
            waiting(s, planned.approvals());
        });
    }

    private Action awaitingApproval(Seen seen) {
        if (rollback.getSpec().cancellation() != null) {
            return cancelled();
        }
        Plan plan = status.plan();
        Instant expiresAt = status.expiresAt();
        if (plan == null || expiresAt == null || plan.steps().isEmpty()) {
            return finish(Phase.FAILED, "the status has no plan to approve");
        }
        var rejection = Approval.rejection(rollback);
        if (rejection.isPresent()) {
            return finish(Phase.REJECTED, "rejected by " + rejection.get().by().name());
        }
        if (!(seen instanceof Seen.Ruled ruled)) {
            return new Action.AskPolicy();
        }
        Approvals approvals = ruled.approvals();
        Instant startsAt = startsAt(approvals);
        boolean late = !now.isBefore(expiresAt);
        if (startsAt == null ? approvals.granted() : !late && !now.isBefore(startsAt)) {
            return run(approvals);
        }
        if (late) {
            return finish(Phase.EXPIRED, tooLate(approvals));
        }
        RollbackStatus news = status.with(s -> waiting(s, approvals));
        return news.equals(status) ? askAgain(approvals, expiresAt) : new Action.Write(news);
    }

    private Action run(Approvals approvals) {
        return write(s -> {
            waiting(s, approvals);
            s.phase = Phase.RUNNING;
            s.message = "";
            s.approvedAt = approvals.counted().stream()
                    .map(RollbackSpec.Decision::at)
                    .max(Comparator.naturalOrder())
                    .orElse(now);
            s.steps = replaced(0, step -> new StepStatus(step.type(), Pending, "", now, null));
        });
    }

    /** What a card that waits has to show. */
    private void waiting(RollbackStatus.Changes s, Approvals approvals) {
        s.cluster = cluster(approvals);
        s.approvals = new RollbackStatus.ApprovalStatus(
                approvals.required(),
                approvals.counted().stream().map(d -> d.by().id()).toList(),
                approvals.breakGlass(),
                approvals.terms().from(),
                approvals.terms().typeToConfirm());
        s.startsAt = startsAt(approvals);
        // That a colleague has to approve is what waiting means.
        s.message = approvals.missing().equals(Sentences.number(0, 1)) ? "" : approvals.missing();
    }

    private static @Nullable String cluster(Approvals approvals) {
        String name = approvals.terms().cluster();
        return name.isEmpty() ? null : name;
    }

    /** When it starts by itself; null when it needs an approval, or something is in its way. */
    private @Nullable Instant startsAt(Approvals approvals) {
        if (!approvals.unapproved()) {
            return null;
        }
        return status.startsAt() == null ? now.plus(COUNTDOWN) : status.startsAt();
    }

    /** The policy, a group or a lock may change without anybody telling. */
    private Action askAgain(Approvals approvals, Instant expiresAt) {
        boolean eager = approvals.undecided() || rollback.getSpec().decisions().size() > 0;
        Instant next = now.plus(eager ? ASK_SOON : ASK_LATER);
        return new Action.WaitUntil(
                Stream.of(Optional.of(next), Optional.of(expiresAt), Optional.ofNullable(status.startsAt()))
                        .flatMap(Optional::stream)
                        .min(Comparator.naturalOrder())
                        .orElse(next));
    }

    private String tooLate(Approvals approvals) {
        if (approvals.granted()) {
            return "it could not be started in time";
        }
        return rollback.getSpec().decisions().isEmpty() && approvals.required() < 2
                ? "nobody approved in time"
                : "not approved in time. " + approvals.missing();
    }

    private Action running(Seen seen) {
        Plan plan = status.plan();
        if (plan == null || status.steps().size() != plan.steps().size()) {
            return broken("the status does not fit a plan");
        }
        if (!Approval.covers(rollback, plan)) {
            return broken("the stored plan is not the one that was approved");
        }
        int i = current();
        if (i == status.steps().size()) {
            return write(s -> s.phase = Phase.VERIFYING);
        }
        StepStatus step = status.steps().get(i);
        if (step.state() == Started) {
            return seen instanceof Seen.Progress p && p.step() == i
                    ? progress(i, p.observation())
                    : new Action.ObserveStep(i);
        }
        if (step.state() == Failed) {
            return finish(Phase.FAILED, step.message());
        }
        if (step.startedAt() == null) {
            return rollback.getSpec().cancellation() == null
                    ? write(s -> s.steps = replaced(i, p -> new StepStatus(p.type(), Pending, "", now, null)))
                    : cancelled();
        }
        return seen instanceof Seen.Begun b && b.step() == i ? begun(i, b.outcome()) : new Action.StartStep(i);
    }

    private Action begun(int i, Step.Start outcome) {
        if (outcome instanceof Step.Start.Void changed) {
            return broken(changed.why());
        }
        if (outcome instanceof Step.Start.NotYet notYet) {
            return notYet(notYet.why());
        }
        if (outcome instanceof Step.Start.Failed failed) {
            return finish(Phase.FAILED, failed.why(), s -> s.steps = ended(i, Failed, failed.why()));
        }
        return write(s -> {
            s.steps = replaced(i, p -> new StepStatus(p.type(), Started, "", p.startedAt(), null));
            if (s.patchedAt == null) {
                s.patchedAt = now;
                s.deadlineAt = Approval.plus(now, rollback.getSpec().deadlineSeconds());
            }
        });
    }

    /** Nothing was changed, so it may wait again, be stopped, or expire. Once something was changed it is seen through. */
    private Action notYet(String why) {
        if (status.patchedAt() != null) {
            return lookAgain();
        }
        return write(s -> {
            s.phase = Phase.AWAITING_APPROVAL;
            s.message = why;
            s.approvedAt = null;
            s.startsAt = null;
            s.steps = s.steps.stream()
                    .map(step -> new StepStatus(step.type(), Pending, "", null, null))
                    .toList();
        });
    }

    private Action progress(int i, Step.Observation observation) {
        String message = observation.message();
        return switch (observation.state()) {
            case DONE ->
                write(s -> {
                    s.message = message;
                    s.rollout = observation.rollout() == null ? s.rollout : observation.rollout();
                    s.steps = ended(i, Done, message);
                    boolean goOn = i + 1 < s.steps.size() && rollback.getSpec().cancellation() == null;
                    if (goOn) {
                        List<StepStatus> steps = new ArrayList<>(s.steps);
                        steps.set(i + 1, new StepStatus(steps.get(i + 1).type(), Pending, "", now, null));
                        s.steps = steps;
                    }
                });
            case FAILED -> failed(i, message, observation);
            case RUNNING -> {
                if (overdue()) {
                    yield failed(i, "the deadline passed: " + message, observation);
                }
                RollbackStatus news = status.with(s -> {
                    s.message = message;
                    s.rollout = observation.rollout() == null ? s.rollout : observation.rollout();
                    s.steps = replaced(i, p -> new StepStatus(p.type(), Started, message, p.startedAt(), null));
                });
                yield news.equals(status) ? lookAgain() : new Action.Write(news);
            }
        };
    }

    /** All steps are done; what they reached must still hold. */
    private Action verifying(Seen seen) {
        int last = status.steps().size() - 1;
        if (last < 0 || status.plan() == null) {
            return finish(Phase.FAILED, "the status does not fit a plan");
        }
        if (!(seen instanceof Seen.Progress p)) {
            return new Action.ObserveStep(last);
        }
        Step.Observation observation = p.observation();
        return switch (observation.state()) {
            case DONE ->
                finish(
                        Phase.SUCCEEDED,
                        observation.message(),
                        s -> s.rollout = observation.rollout() == null ? s.rollout : observation.rollout());
            case FAILED -> failed(last, observation.message(), observation);
            case RUNNING ->
                overdue() ? failed(last, "the deadline passed: " + observation.message(), observation) : lookAgain();
        };
    }

    private Action failed(int i, String message, Step.Observation observation) {
        return finish(Phase.FAILED, message, s -> {
            s.rollout = observation.rollout() == null ? s.rollout : observation.rollout();
            s.steps = ended(i, Failed, message);
        });
    }

    /** The approval no longer fits. As long as nothing was changed, that is no failure. */
    private Action broken(String why) {
        return finish(status.patchedAt() == null ? Phase.SUPERSEDED : Phase.FAILED, why);
    }

    private Action cancelled() {
        var cancellation = rollback.getSpec().cancellation();
        return finish(
                Phase.CANCELLED,
                cancellation == null ? "" : "cancelled by " + cancellation.by().name());
    }

    private Action lookAgain() {
        Instant soon = now.plus(LOOK_AGAIN);
        Instant deadline = status.deadlineAt();
        return new Action.WaitUntil(deadline != null && deadline.isBefore(soon) ? deadline : soon);
    }

    private boolean overdue() {
        Instant deadline = status.deadlineAt();
        return deadline != null && !now.isBefore(deadline);
    }

    /** Index of the first step that is not done; their number when all are. */
    private int current() {
        int i = 0;
        while (i < status.steps().size() && status.steps().get(i).state() == Done) {
            i++;
        }
        return i;
    }

    private List<StepStatus> ended(int i, StepStatus.State state, String message) {
        return replaced(i, p -> new StepStatus(p.type(), state, message, p.startedAt(), now));
    }

    private List<StepStatus> replaced(int i, java.util.function.UnaryOperator<StepStatus> change) {
        List<StepStatus> steps = new ArrayList<>(status.steps());
        steps.set(i, change.apply(steps.get(i)));
        return steps;
    }

    private Action finish(Phase phase, String message) {
        return finish(phase, message, s -> {});
    }

    private Action finish(Phase phase, String message, Consumer<RollbackStatus.Changes> more) {
        return write(s -> {
            more.accept(s);
            s.phase = phase;
            s.message = message;
            s.finishedAt = now;
        });
    }

    private Action write(Consumer<RollbackStatus.Changes> changes) {
        return new Action.Write(status.with(changes));
    }

    private static String blocking(Plan plan) {
        return plan.findings().stream()
                .filter(f -> f.verdict() == Finding.Verdict.BLOCK)
                .map(Finding::message)
                .collect(Collectors.joining("; "));
    }
}
