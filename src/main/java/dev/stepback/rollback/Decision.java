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
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

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
            case AWAITING_APPROVAL -> decision.awaitingApproval();
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
        PlanResult result = planned.result().orElseThrow();
        if (result instanceof PlanResult.Refused refused) {
            // kubectl exits with 0 after "skipped rollback": what was wanted is the case.
            boolean there = refused.reason() == PlanResult.Reason.ALREADY_THERE;
            return finish(there ? Phase.SUCCEEDED : Phase.FAILED, refused.message());
        }
        Plan plan = ((PlanResult.Planned) result).plan();
        if (plan.blocked()) {
            return finish(Phase.FAILED, blocking(plan), s -> s.plan = plan);
        }
        return write(s -> {
            s.phase = Phase.AWAITING_APPROVAL;
            s.message = "";
            s.plan = plan;
            s.steps = plan.steps().stream()
                    .map(step -> new StepStatus(step.type(), Pending, "", null, null))
                    .toList();
            s.plannedAt = now;
            s.expiresAt = Approval.plus(now, rollback.getSpec().approvalSeconds());
        });
    }

    private Action awaitingApproval() {
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
        var approval = Approval.valid(rollback);
        if (approval.isPresent()) {
            return write(s -> {
                s.phase = Phase.RUNNING;
                s.message = "";
                s.approvedAt = approval.get().at();
                s.steps = replaced(0, step -> new StepStatus(step.type(), Pending, "", now, null));
            });
        }
        return now.isBefore(expiresAt)
                ? new Action.WaitUntil(expiresAt)
                : finish(Phase.EXPIRED, "nobody approved in time");
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
