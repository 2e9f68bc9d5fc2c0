package dev.stepback.rollback;

import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Done;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Failed;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Overridden;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Pending;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Started;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.target.Plan;
import dev.stepback.target.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

    /** The same for a check, of which nobody brings news. */
    private static final Duration CHECK_AGAIN = Duration.ofSeconds(1);

    /** How long after a check it is tried to find out whether the approvals still count, before they are waited for anew. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Moment moment;
    private final Rollback rollback;
    private final RollbackStatus status;
    private final Instant now;

    private Decision(Moment moment) {
        this.moment = moment;
        this.rollback = moment.rollback();
        this.status = moment.status();
        this.now = moment.now();
    }

    static Action next(Rollback rollback, Seen seen, Instant now) {
        Moment moment = new Moment(rollback, now);
        return switch (moment.status().phase()) {
            case PLANNING -> new Waiting(moment).planning(seen);
            case AWAITING_APPROVAL -> new Waiting(moment).awaitingApproval(seen);
            case RUNNING, VERIFYING -> new Decision(moment).begun(seen);
            case SUCCEEDED, FAILED, REJECTED, EXPIRED, CANCELLED, SUPERSEDED -> new Action.Leave();
        };
    }

    private Action begun(Seen seen) {
        RollbackStatus.Ending ending = status.ending();
        if (ending != null) {
            return new Closing(moment, ending).next(seen);
        }
        return status.phase() == Phase.RUNNING ? running(seen) : verifying(seen);
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
        if (i == ordinary(plan)) {
            return moment.write(s -> s.phase = Phase.VERIFYING);
        }
        StepStatus step = status.steps().get(i);
        if (checks(i) && step.startedAt() != null && stopsBetweenSteps()) {
            // Nothing was changed, so nothing has to be waited for. Before it is said, what was begun ends.
            return seen instanceof Seen.Abandoned a && a.step() == i
                    ? moment.finish(Phase.CANCELLED, a.left(), s -> s.steps = ended(i, Failed, "cancelled"))
                    : new Action.AbandonStep(i);
        }
        if (seen instanceof Seen.Stopped stopped) {
            return stopped(i, stopped);
        }
        if (step.state() == Started) {
            if (seen instanceof Seen.Begun b && b.step() == i) {
                return begunAgain(i, b.outcome());
            }
            return seen instanceof Seen.Progress p && p.step() == i
                    ? progress(i, p.observation())
                    : new Action.ObserveStep(i);
        }
        if (step.state() == Failed) {
            return moment.finish(Phase.FAILED, step.message());
        }
        if (step.startedAt() == null) {
            if (stopsBefore(i)) {
                return halt(i);
            }
            return !stopsBetweenSteps()
                    ? moment.write(s ->
                            s.steps = moment.replaced(i, p -> new StepStatus(p.type(), Pending, "", now, null)))
                    : moment.cancelled();
        }
        return seen instanceof Seen.Begun b && b.step() == i ? begun(i, b.outcome()) : new Action.StartStep(i);
    }

    private Action begun(int i, Step.Start outcome) {
        if (outcome instanceof Step.Start.Void changed) {
            return broken(changed.why());
        }
        if (outcome instanceof Step.Start.NotYet notYet) {
            return notYet(i, notYet);
        }
        if (outcome instanceof Step.Start.Failed failed) {
            return overrides(i)
                    ? done(i, Overridden, new Step.Observation(Step.Observation.State.FAILED, failed.why(), null))
                    : moment.finish(Phase.FAILED, failed.why(), s -> s.steps = ended(i, Failed, failed.why()));
        }
        return moment.write(s -> {
            s.steps = moment.replaced(i, p -> new StepStatus(p.type(), Started, "", p.startedAt(), null));
            if (s.patchedAt == null && !checks(i)) {
                s.patchedAt = now;
                s.deadlineAt = Approval.plus(now, rollback.getSpec().deadlineSeconds());
            }
        });
    }

    /** Another part of a step that was begun before. */
    private Action begunAgain(int i, Step.Start outcome) {
        if (outcome instanceof Step.Start.Void changed) {
            return moment.finish(Phase.FAILED, changed.why(), s -> s.steps = ended(i, Failed, changed.why()));
        }
        if (outcome instanceof Step.Start.Failed failed) {
            return moment.finish(Phase.FAILED, failed.why(), s -> s.steps = ended(i, Failed, failed.why()));
        }
        if (outcome instanceof Step.Start.NotYet notYet) {
            return notYet(i, notYet);
        }
        // Each part may take as long as a whole rollout.
        return inParts(i)
                ? moment.write(s ->
                        s.deadlineAt = Approval.plus(now, rollback.getSpec().deadlineSeconds()))
                : lookAgain();
    }

    private boolean inParts(int i) {
        Plan plan = status.plan();
        return plan != null && plan.steps().get(i).inParts();
    }

    /**
     * Whether it is the first change after a check, which is not thrown away because Slack does not answer right now. Whoever
     * approved is asked about before the change all the same.
     */
    private boolean followsACheck(int i) {
        Instant due = status.steps().get(i).startedAt();
        return i > 0 && checks(i - 1) && status.patchedAt() == null && due != null && now.isBefore(due.plus(PATIENCE));
    }

    /** Nothing was changed, so it may wait again, be stopped, or expire. Once something was changed it is seen through. */
    private Action notYet(int i, Step.Start.NotYet notYet) {
        String why = notYet.why();
        if (notYet.undecided() && followsACheck(i)) {
            if (stopsBetweenSteps()) {
                return moment.cancelled();
            }
            RollbackStatus news = status.with(s -> s.message = why);
            return news.equals(status) ? lookAgain() : new Action.Write(news);
        }
        if (status.patchedAt() != null) {
            if (midway() != null) {
                return halt(i);
            }
            String overdue = "the deadline passed: " + why;
            return overdue()
                    ? moment.finish(Phase.FAILED, overdue, s -> s.steps = ended(i, Failed, overdue))
                    : lookAgain();
        }
        return moment.write(s -> {
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
            case DONE -> done(i, Done, observation);
            case FAILED -> overrides(i) ? done(i, Overridden, observation) : failed(i, message, observation);
            case RUNNING, AGAIN -> {
                if (midway() != null) {
                    yield halt(i);
                }
                if (overdue()) {
                    yield failed(i, "the deadline passed: " + message, observation);
                }
                if (inParts(i) && stopsBetweenSteps()) {
                    yield moment.finish(Phase.CANCELLED, message, s -> s.steps = ended(i, Failed, "stopped"));
                }
                RollbackStatus news = status.with(s -> {
                    s.message = message;
                    s.rollout = observation.rollout() == null ? s.rollout : observation.rollout();
                    s.steps = moment.replaced(i, p -> new StepStatus(p.type(), Started, message, p.startedAt(), null));
                });
                if (!news.equals(status)) {
                    yield new Action.Write(news);
                }
                if (checks(i)) {
                    yield new Action.WaitUntil(now.plus(CHECK_AGAIN));
                }
                yield observation.state() == Step.Observation.State.AGAIN ? new Action.StartStep(i) : lookAgain();
            }
        };
    }

    /** Goes on with the next step. */
    private Action done(int i, StepStatus.State state, Step.Observation observation) {
        return moment.write(s -> {
            s.message = observation.message();
            s.rollout = observation.rollout() == null ? s.rollout : observation.rollout();
            s.steps = ended(i, state, observation);
            Plan plan = s.plan;
            boolean goOn = plan != null && i + 1 < ordinary(plan) && !stopsBetweenSteps() && !stopsBefore(i + 1);
            if (goOn) {
                List<StepStatus> steps = new ArrayList<>(s.steps);
                steps.set(i + 1, new StepStatus(steps.get(i + 1).type(), Pending, "", now, null));
                s.steps = steps;
            }
        });
    }

    private boolean checks(int i) {
        Plan plan = status.plan();
        return plan != null && plan.steps().get(i).checks();
    }

    /** Whether it does not matter that the step failed: it only checks, and whoever let it go broke the glass. */
    private boolean overrides(int i) {
        return checks(i)
                && Approval.granting(rollback).stream()
                        .anyMatch(d -> d.verdict() == RollbackSpec.Decision.Verdict.BrokeGlass);
    }

    private boolean stopsBetweenSteps() {
        return rollback.getSpec().cancellation() != null && midway() == null;
    }

    private @Nullable Midway midway() {
        var cancellation = rollback.getSpec().cancellation();
        return cancellation == null ? null : cancellation.midway();
    }

    /** Whether somebody has stopped it in the middle, before this step; a rollout that is over by then has succeeded. */
    private boolean stopsBefore(int i) {
        Plan plan = status.plan();
        return midway() != null
                && status.patchedAt() != null
                && plan != null
                && !plan.steps().get(i).waits();
    }

    private Action halt(int i) {
        return midway() == Midway.Pause ? new Action.StopTarget() : leave(i, "another one takes its place", null);
    }

    private Action stopped(int i, Seen.Stopped stopped) {
        Step.Start outcome = stopped.outcome();
        if (outcome instanceof Step.Start.NotYet) {
            return lookAgain();
        }
        if (outcome instanceof Step.Start.Void changed) {
            return leave(i, "it could not be held: " + changed.why(), null);
        }
        if (outcome instanceof Step.Start.Failed failed) {
            return leave(i, "it could not be held: " + failed.why(), null);
        }
        return leave(i, "", stopped.standstill());
    }

    /** The rollout is waited for no longer; how it stood stays to be seen. */
    private Action leave(int i, String why, RollbackStatus.@Nullable Standstill standstill) {
        return moment.finish(Phase.CANCELLED, why, s -> {
            s.standstill = standstill;
            s.steps = status.steps().get(i).startedAt() == null
                    ? s.steps
                    : ended(i, Failed, standstill == null ? "not waited for any longer" : "stopped");
        });
    }

    /** All steps are done; what they reached must still hold. */
    private Action verifying(Seen seen) {
        Plan plan = status.plan();
        int last = plan == null ? -1 : ordinary(plan) - 1;
        if (last < 0) {
            return moment.finish(Phase.FAILED, "the status does not fit a plan");
        }
        if (!(seen instanceof Seen.Progress p)) {
            return new Action.ObserveStep(last);
        }
        Step.Observation observation = p.observation();
        return switch (observation.state()) {
            case DONE ->
                moment.finish(
                        Phase.SUCCEEDED,
                        observation.message(),
                        s -> s.rollout = observation.rollout() == null ? s.rollout : observation.rollout());
            case FAILED -> failed(last, observation.message(), observation);
            case RUNNING, AGAIN ->
                overdue() ? failed(last, "the deadline passed: " + observation.message(), observation) : lookAgain();
        };
    }

    private Action failed(int i, String message, Step.Observation observation) {
        return moment.finish(Phase.FAILED, message, s -> {
            s.rollout = observation.rollout() == null ? s.rollout : observation.rollout();
            s.steps = ended(i, Failed, message, observation.log());
        });
    }

    /** The approval no longer fits. As long as nothing was changed, that is no failure. */
    private Action broken(String why) {
        return moment.finish(status.patchedAt() == null ? Phase.SUPERSEDED : Phase.FAILED, why);
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

    /** How many of the steps are not those that are always taken, at the end. */
    private static int ordinary(Plan plan) {
        return (int) plan.steps().stream().takeWhile(step -> !step.always()).count();
    }

    /** Index of the first step that has not passed; their number when all are. */
    private int current() {
        int i = 0;
        while (i < status.steps().size() && status.steps().get(i).passed()) {
            i++;
        }
        return i;
    }

    private List<StepStatus> ended(int i, StepStatus.State state, String message) {
        return moment.ended(i, state, message);
    }

    private List<StepStatus> ended(int i, StepStatus.State state, Step.Observation observation) {
        return ended(i, state, observation.message(), observation.log());
    }

    private List<StepStatus> ended(int i, StepStatus.State state, String message, String log) {
        String kept = log.isEmpty() ? null : log;
        return moment.replaced(i, p -> new StepStatus(p.type(), state, message, p.startedAt(), now, kept));
    }
}
