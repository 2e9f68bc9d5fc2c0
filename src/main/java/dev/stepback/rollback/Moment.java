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

    Action finish(Phase phase, String message, Consumer<RollbackStatus.Changes> more) {
        return write(s -> {
            more.accept(s);
            s.phase = phase;
            s.message = message;
            s.finishedAt = now;
        });
    }

    Action cancelled() {
        var cancellation = rollback.getSpec().cancellation();
        return finish(
                Phase.CANCELLED,
                cancellation == null ? "" : "cancelled by " + cancellation.by().name());
    }

    List<StepStatus> replaced(int i, UnaryOperator<StepStatus> change) {
        List<StepStatus> steps = new ArrayList<>(status.steps());
        steps.set(i, change.apply(steps.get(i)));
        return steps;
    }
}
