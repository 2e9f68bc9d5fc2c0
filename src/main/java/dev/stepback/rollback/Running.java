package dev.stepback.rollback;

import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Interrupted;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Pending;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Started;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.target.Plan;
import dev.stepback.target.Step;
import java.time.Instant;

/** The part of {@link Decision} about Rollbacks whose steps are taken, one after the other, and about what they reached. */
final class Running {
    private final Moment moment;
    private final Rollback rollback;
    private final RollbackStatus status;
    private final Instant now;

    Running(Moment moment) {
        this.moment = moment;
        this.rollback = moment.rollback();
        this.status = moment.status();
        this.now = moment.now();
    }

    Action running(Seen seen) {
        Plan plan = moment.plan();
        if (plan == null) {
            return moment.broken(Moment.NO_PLAN);
        }
        if (!Approval.covers(rollback, plan)) {
            return moment.broken("the stored plan is not the one that was approved");
        }
        int i = passed();
        if (i == ordinary(plan)) {
            return moment.write(s -> s.phase = Phase.VERIFYING);
        }
        StepStatus step = status.steps().get(i);
        CurrentStep current = new CurrentStep(moment, plan, i);
        if (current.checks() && step.startedAt() != null && moment.stopsBetweenSteps()) {
            // Nothing was changed, so nothing has to be waited for. Before it is said, what was begun ends.
            return seen instanceof Seen.Abandoned a && a.step() == i
                    ? moment.finish(Phase.CANCELLED, a.left(), s -> s.steps = current.ended(Interrupted, "cancelled"))
                    : new Action.AbandonStep(i);
        }
        if (seen instanceof Seen.Stopped stopped) {
            return current.stopped(stopped);
        }
        if (step.state() == Started) {
            if (seen instanceof Seen.Begun b && b.step() == i) {
                return current.begunAgain(b.outcome());
            }
            return seen instanceof Seen.Progress p && p.step() == i
                    ? current.progress(p.observation())
                    : new Action.ObserveStep(i);
        }
        if (step.fellShort()) {
            return moment.finish(Phase.FAILED, step.message());
        }
        if (step.startedAt() == null) {
            if (current.stopsHere()) {
                return current.halt();
            }
            return !moment.stopsBetweenSteps()
                    ? moment.write(s ->
                            s.steps = moment.replaced(i, p -> new StepStatus(p.type(), Pending, "", now, null)))
                    : moment.cancelled();
        }
        return seen instanceof Seen.Begun b && b.step() == i ? current.begun(b.outcome()) : new Action.StartStep(i);
    }

    /** All steps are done; what they reached must still hold. */
    Action verifying(Seen seen) {
        Plan plan = moment.plan();
        int last = plan == null ? -1 : ordinary(plan) - 1;
        if (plan == null || last < 0) {
            return moment.finish(Phase.FAILED, Moment.NO_PLAN);
        }
        if (!(seen instanceof Seen.Progress p)) {
            return new Action.ObserveStep(last);
        }
        Step.Observation observation = p.observation();
        CurrentStep step = new CurrentStep(moment, plan, last);
        return switch (observation.state()) {
            case DONE ->
                moment.finish(
                        Phase.SUCCEEDED,
                        observation.message(),
                        s -> s.rollout = observation.rollout() == null ? s.rollout : observation.rollout());
            case FAILED -> step.failed(observation);
            case OVERTAKEN -> step.overtaken(observation);
            case RUNNING, AGAIN -> moment.overdue() ? step.overdue(observation) : moment.lookAgain();
        };
    }

    /** How many of the steps are not those that are always taken, at the end. */
    static int ordinary(Plan plan) {
        return (int) plan.steps().stream().takeWhile(step -> !step.always()).count();
    }

    /** Index of the first step that has not passed; their number when all are. */
    private int passed() {
        int i = 0;
        while (i < status.steps().size() && status.steps().get(i).passed()) {
            i++;
        }
        return i;
    }
}
