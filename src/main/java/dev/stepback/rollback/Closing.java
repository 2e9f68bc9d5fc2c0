package dev.stepback.rollback;

import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Done;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Failed;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Pending;
import static dev.stepback.rollback.RollbackStatus.StepStatus.State.Started;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackStatus.Ending;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.target.Plan;
import dev.stepback.target.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The part of {@link Decision} about the steps that are taken whatever became of the others: it is known how the rollback
 * ends, and it ends when they are done. No deadline, stop or cancellation holds them up, and one that fails is told of.
 */
final class Closing {
    /** How long a step that may not be taken is tried, before somebody has to look. */
    static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Moment moment;
    private final RollbackStatus status;
    private final Ending ending;

    Closing(Moment moment, Ending ending) {
        this.moment = moment;
        this.status = moment.status();
        this.ending = ending;
    }

    /**
     * The next such step; none when there is none left, or nothing can have been changed yet. What was not approved is
     * never done, also not at the end.
     */
    static OptionalInt next(Moment moment) {
        RollbackStatus status = moment.status();
        Plan plan = moment.plan();
        boolean begun = status.phase() == Phase.RUNNING || status.phase() == Phase.VERIFYING;
        if (!begun
                || plan == null
                || IntStream.range(0, status.steps().size())
                        .noneMatch(i -> status.steps().get(i).startedAt() != null
                                && !plan.steps().get(i).checks())
                || plan.steps().stream().noneMatch(step -> step.always())
                || !Approval.covers(moment.rollback(), plan)) {
            return OptionalInt.empty();
        }
        return IntStream.range(0, status.steps().size())
                .filter(i -> plan.steps().get(i).always())
                .filter(i -> status.steps().get(i).state() != Done
                        && !status.steps().get(i).fellShort())
                .findFirst();
    }

    Action next(Seen seen) {
        OptionalInt next = next(moment);
        if (next.isEmpty()) {
            return end();
        }
        int i = next.getAsInt();
        StepStatus step = status.steps().get(i);
        if (step.startedAt() == null) {
            return moment.write(s ->
                    s.steps = moment.replaced(i, p -> new StepStatus(p.type(), Pending, "", moment.now(), null)));
        }
        if (seen instanceof Seen.Begun b && b.step() == i) {
            return begun(i, b.outcome());
        }
        if (step.state() == Pending) {
            return new Action.StartStep(i);
        }
        return seen instanceof Seen.Progress p && p.step() == i
                ? progress(i, p.observation())
                : new Action.ObserveStep(i);
    }

    private Action begun(int i, Step.Start outcome) {
        if (outcome instanceof Step.Start.NotYet notYet) {
            return wait(i, notYet.why());
        }
        if (outcome instanceof Step.Start.Void changed) {
            return ended(i, Failed, changed.why());
        }
        if (outcome instanceof Step.Start.Failed failed) {
            return ended(i, Failed, failed.why());
        }
        return moment.write(s ->
                s.steps = moment.replaced(i, p -> new StepStatus(p.type(), Started, "", p.startedAt(), null)));
    }

    private Action progress(int i, Step.Observation observation) {
        return switch (observation.state()) {
            case DONE -> ended(i, Done, observation.message());
            case FAILED, OVERTAKEN -> ended(i, Failed, observation.message());
            case AGAIN -> new Action.StartStep(i);
            case RUNNING -> wait(i, observation.message());
        };
    }

    private Action wait(int i, String why) {
        var since = status.steps().get(i).startedAt();
        return since != null && !moment.now().isBefore(since.plus(PATIENCE))
                ? ended(i, Failed, why)
                : new Action.WaitUntil(moment.now().plus(Moment.LOOK_AGAIN));
    }

    private Action ended(int i, StepStatus.State state, String message) {
        return moment.write(s -> s.steps = moment.ended(i, state, message));
    }

    /** What the last steps came to belongs to the outcome. */
    private Action end() {
        Plan plan = status.plan();
        List<String> sentences = new ArrayList<>();
        if (!ending.message().isBlank()) {
            sentences.add(ending.message());
        }
        for (int i = 0;
                plan != null && i < Math.min(status.steps().size(), plan.steps().size());
                i++) {
            String said = status.steps().get(i).message();
            if (plan.steps().get(i).always() && !said.isBlank()) {
                sentences.add(said);
            }
        }
        return moment.write(s -> {
            s.phase = ending.phase();
            s.message = joined(sentences);
            s.finishedAt = moment.now();
        });
    }

    private static String joined(List<String> sentences) {
        StringBuilder all = new StringBuilder();
        for (String sentence : sentences) {
            if (all.length() > 0) {
                char last = all.charAt(all.length() - 1);
                all.append(last == '.' || last == '…' ? " " : ". ");
            }
            all.append(sentence);
        }
        return all.toString();
    }
}
