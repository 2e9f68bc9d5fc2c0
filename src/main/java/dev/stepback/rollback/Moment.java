package dev.stepback.rollback;

import dev.stepback.rollback.RollbackStatus.StepStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A Rollback as it is at some time, and what can be written about it then. */
record Moment(Rollback rollback, RollbackStatus status, Instant now) {

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
}
