package dev.stepback.rollback;

import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Done;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Failed;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Interrupted;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Overridden;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Overtaken;
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

/** The part of {@link Running} about the step that is under way: what its start or a look at it came to. */
final class CurrentStep {
    /** How long to wait before looking at a check again, of which nobody brings news. */
    private static final Duration CHECK_AGAIN = Duration.ofSeconds(1);

    /** How long after a check it is tried to find out whether the approvals still count, before they are waited for anew. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final String STOPPED = "stopped";

    private final Moment moment;
    private final Rollback rollback;
    private final RollbackStatus status;
    private final Instant now;
    private final Plan plan;
    private final int i;

    /** @param i its index in the plan */
    CurrentStep(Moment moment, Plan plan, int i) {
        this.moment = moment;
        this.rollback = moment.rollback();
        this.status = moment.status();
        this.now = moment.now();
        this.plan = plan;
        this.i = i;
    }

    Action begun(Step.Start outcome) {
        if (outcome instanceof Step.Start.Void changed) {
            return moment.broken(changed.why());
        }
        if (outcome instanceof Step.Start.NotYet notYet) {
            return notYet(notYet);
        }
        if (outcome instanceof Step.Start.Failed failed) {
            return overrides()
                    ? done(Overridden, Step.Observation.failed(failed.why()))
                    : moment.finish(Phase.FAILED, failed.why(), s -> s.steps = ended(Failed, failed.why()));
        }
        return moment.write(s -> {
            s.steps = moment.replaced(i, p -> new StepStatus(p.type(), Started, "", p.startedAt(), null));
            if (s.patchedAt == null && !checks()) {
                s.patchedAt = now;
                s.deadlineAt = Approval.plus(now, rollback.getSpec().deadlineSeconds());
            }
        });
    }

    /** Another part of a step that was begun before. */
    Action begunAgain(Step.Start outcome) {
        if (outcome instanceof Step.Start.Void changed) {
            return moment.finish(Phase.FAILED, changed.why(), s -> s.steps = ended(Failed, changed.why()));
        }
        if (outcome instanceof Step.Start.Failed failed) {
            return moment.finish(Phase.FAILED, failed.why(), s -> s.steps = ended(Failed, failed.why()));
        }
        if (outcome instanceof Step.Start.NotYet notYet) {
            return notYet(notYet);
        }
        // Each part may take as long as a whole rollout.
        return inParts()
                ? moment.write(s ->
                        s.deadlineAt = Approval.plus(now, rollback.getSpec().deadlineSeconds()))
                : moment.lookAgain();
    }

    Action progress(Step.Observation observation) {
        String message = observation.message();
        return switch (observation.state()) {
            case DONE -> done(Done, observation);
            case FAILED -> overrides() ? done(Overridden, observation) : failed(observation);
            case OVERTAKEN -> overtaken(observation);
            case RUNNING, AGAIN -> {
                if (moment.midway() != null) {
                    yield halt();
                }
                if (moment.overdue()) {
                    yield overdue(observation);
                }
                if (inParts() && moment.stopsBetweenSteps()) {
                    yield moment.finish(Phase.CANCELLED, message, s -> s.steps = ended(Interrupted, STOPPED));
                }
                RollbackStatus news = status.with(s -> {
                    s.message = message;
                    s.rollout = observation.rollout() == null ? s.rollout : observation.rollout();
                    s.steps = moment.replaced(i, p -> new StepStatus(p.type(), Started, message, p.startedAt(), null));
                });
                if (!news.equals(status)) {
                    yield new Action.Write(news);
                }
                if (checks()) {
                    yield new Action.WaitUntil(now.plus(CHECK_AGAIN));
                }
                yield observation.state() == Step.Observation.State.AGAIN
                        ? new Action.StartStep(i)
                        : moment.lookAgain();
            }
        };
    }

    Action stopped(Seen.Stopped stopped) {
        Step.Start outcome = stopped.outcome();
        if (outcome instanceof Step.Start.NotYet) {
            return moment.lookAgain();
        }
        if (outcome instanceof Step.Start.Void changed) {
            return leave("it could not be held: " + changed.why(), null);
        }
        if (outcome instanceof Step.Start.Failed failed) {
            return leave("it could not be held: " + failed.why(), null);
        }
        return leave("", stopped.standstill());
    }

    Action halt() {
        return moment.midway() == Midway.Pause ? new Action.StopTarget() : leave("another one takes its place", null);
    }

    /** Whether somebody has stopped it in the middle, before this step; a rollout that is over by then has succeeded. */
    boolean stopsHere() {
        return stopsBefore(i);
    }

    private boolean stopsBefore(int step) {
        return moment.midway() != null
                && status.patchedAt() != null
                && !plan.steps().get(step).waits();
    }

    /**
     * Whether it is the first change after a check, which is not thrown away because Slack does not answer right now. Whoever
     * approved is asked about before the change all the same.
     */
    private boolean followsACheck() {
        Instant due = status.steps().get(i).startedAt();
        return i > 0
                && plan.steps().get(i - 1).checks()
                && status.patchedAt() == null
                && due != null
                && now.isBefore(due.plus(PATIENCE));
    }

    /** Nothing was changed, so it may wait again, be stopped, or expire. Once something was changed it is seen through. */
    private Action notYet(Step.Start.NotYet notYet) {
        String why = notYet.why();
        if (notYet.undecided() && followsACheck()) {
            if (moment.stopsBetweenSteps()) {
                return moment.cancelled();
            }
            RollbackStatus news = status.with(s -> s.message = why);
            return news.equals(status) ? moment.lookAgain() : new Action.Write(news);
        }
        if (status.patchedAt() != null) {
            if (moment.midway() != null) {
                return halt();
            }
            return moment.overdue()
                    ? overdue(new Step.Observation(Step.Observation.State.RUNNING, why, null))
                    : moment.lookAgain();
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

    /** Goes on with the next step. */
    private Action done(StepStatus.State state, Step.Observation observation) {
        return moment.write(s -> {
            s.message = observation.message();
            s.rollout = observation.rollout() == null ? s.rollout : observation.rollout();
            s.steps = ended(state, observation);
            boolean goOn = i + 1 < Running.ordinary(plan) && !moment.stopsBetweenSteps() && !stopsBefore(i + 1);
            if (goOn) {
                List<StepStatus> steps = new ArrayList<>(s.steps);
                steps.set(i + 1, new StepStatus(steps.get(i + 1).type(), Pending, "", now, null));
                s.steps = steps;
            }
        });
    }

    /** The rollout is waited for no longer; how it stood stays to be seen. */
    private Action leave(String why, RollbackStatus.@Nullable Standstill standstill) {
        return moment.finish(Phase.CANCELLED, why, s -> {
            s.standstill = standstill;
            s.steps = status.steps().get(i).startedAt() == null
                    ? s.steps
                    : standstill == null ? ended(Failed, "not waited for any longer") : ended(Interrupted, STOPPED);
        });
    }

    /** It did not come to what it should. */
    Action failed(Step.Observation observation) {
        return fellShort(Failed, observation.message(), observation);
    }

    /** Somebody else changed the target in the middle. */
    Action overtaken(Step.Observation observation) {
        return fellShort(Overtaken, observation.message(), observation);
    }

    /** It came to no end in time. */
    Action overdue(Step.Observation observation) {
        return fellShort(Interrupted, "the deadline passed: " + observation.message(), observation);
    }

    private Action fellShort(StepStatus.State state, String message, Step.Observation observation) {
        return moment.finish(Phase.FAILED, message, s -> {
            s.rollout = observation.rollout() == null ? s.rollout : observation.rollout();
            s.steps = ended(state, message, observation.log());
        });
    }

    boolean checks() {
        return plan.steps().get(i).checks();
    }

    private boolean inParts() {
        return plan.steps().get(i).inParts();
    }

    /** Whether it does not matter that the step failed: it only checks, and whoever let it go broke the glass. */
    private boolean overrides() {
        return checks()
                && Approval.granting(rollback).stream()
                        .anyMatch(d -> d.verdict() == RollbackSpec.Decision.Verdict.BrokeGlass);
    }

    List<StepStatus> ended(StepStatus.State state, String message) {
        return moment.ended(i, state, message);
    }

    private List<StepStatus> ended(StepStatus.State state, Step.Observation observation) {
        return ended(state, observation.message(), observation.log());
    }

    private List<StepStatus> ended(StepStatus.State state, String message, String log) {
        String kept = log.isEmpty() ? null : log;
        return moment.replaced(i, p -> new StepStatus(p.type(), state, message, p.startedAt(), now, kept));
    }
}
