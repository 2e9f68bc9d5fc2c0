package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.target.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A Rollback as it is at some time, and what can be written about it then. */
record Moment(Rollback rollback, RollbackStatus status, Instant now) {
    /** How long to wait for news of a running step before looking without any. */
    static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    /** What is wrong with a status where {@link #plan} is null; only the engine writes it otherwise. */
    static final String NO_PLAN = "its status was changed by hand and does not fit a plan any more";

    Moment(Rollback rollback, Instant now) {
        this(rollback, rollback.statusOrInitial(), now);
    }

    Action write(Consumer<RollbackStatus.Changes> changes) {
        return new Action.Write(status.with(changes));
    }

    Action finish(Phase phase, String message) {
        return finish(phase, message, s -> {});
    }

    /** A terminal phase is written once nothing is left to be done; until then, what it will be. */
    Action finish(Phase phase, String message, Consumer<RollbackStatus.Changes> more) {
        boolean closes = Closing.next(this).isPresent();
        return write(s -> {
            more.accept(s);
            s.message = message;
            if (closes) {
                s.ending = new RollbackStatus.Ending(phase, message);
            } else {
                s.phase = phase;
                s.finishedAt = now;
            }
        });
    }

    /** The plan; null unless it has something to do, and there is the record of each of its steps. */
    @Nullable
    Plan plan() {
        Plan plan = status.plan();
        return plan != null
                        && !plan.steps().isEmpty()
                        && status.steps().size() == plan.steps().size()
                ? plan
                : null;
    }

    /** The approval no longer fits. As long as nothing was changed, that is no failure. */
    Action broken(String why) {
        return finish(status.patchedAt() == null ? Phase.SUPERSEDED : Phase.FAILED, why);
    }

    Action cancelled() {
        var cancellation = rollback.getSpec().cancellation();
        return finish(
                Phase.CANCELLED,
                cancellation == null ? "" : "cancelled by " + cancellation.by().name());
    }

    List<StepStatus> ended(int i, StepStatus.State state, String message) {
        return replaced(i, p -> new StepStatus(p.type(), state, message, p.startedAt(), now));
    }

    List<StepStatus> replaced(int i, UnaryOperator<StepStatus> change) {
        List<StepStatus> steps = new ArrayList<>(status.steps());
        steps.set(i, change.apply(steps.get(i)));
        return steps;
    }

    /** Nothing until there is news of a running step, or it is time to look without any. */
    Action lookAgain() {
        Instant soon = now.plus(LOOK_AGAIN);
        Instant deadline = status.deadlineAt();
        return new Action.WaitUntil(deadline != null && deadline.isBefore(soon) ? deadline : soon);
    }

    boolean overdue() {
        Instant deadline = status.deadlineAt();
        return deadline != null && !now.isBefore(deadline);
    }

    /** Whether somebody wants it to stop before the next step. */
    boolean stopsBetweenSteps() {
        return rollback.getSpec().cancellation() != null && midway() == null;
    }

    /** What somebody wants to become of the rollout that is waited for; null when nobody does. */
    @Nullable
    Midway midway() {
        var cancellation = rollback.getSpec().cancellation();
        return cancellation == null ? null : cancellation.midway();
    }
}
