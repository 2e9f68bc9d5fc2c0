package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.cancelled;
import static dev.stepback.rollback.Examples.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A step that has to be started again for what is left of it. */
class PartsTest {
    private static final Instant LATER = T0.plusSeconds(100);

    private static Rollback rolling(Map<String, String> parameters) {
        List<PlannedStep> steps = List.of(
                new PlannedStep("fake.undo", "Undo", Map.of("patch", "7")),
                new PlannedStep("fake.roll", "One after another", parameters));
        Plan plan = Examples.plan(steps);
        Rollback rollback = Examples.with(
                Examples.running(step("fake.undo", State.Done, T0), step("fake.roll", State.Started, T0)),
                s -> s.plan = plan);
        rollback.setSpec(rollback.getSpec()
                .withDecisions(List.of(
                        new RollbackSpec.Decision(Verdict.Approved, Examples.LEAD, T0.plusSeconds(60), plan.hash()))));
        return rollback;
    }

    private static final Map<String, String> PARTS = Map.of(PlannedStep.PARTS, "true");

    private static Seen saw(Observation.State state) {
        return new Seen.Progress(1, new Observation(state, "db-2 is done", null));
    }

    private static Seen began(Step.Start outcome) {
        return new Seen.Begun(1, outcome);
    }

    private static Rollback after(Rollback rollback, Action action) {
        assertThat(action).isInstanceOf(Action.Write.class);
        return Store.with(rollback, rollback.getSpec(), ((Action.Write) action).status());
    }

    /** Where the news of its last part are written. */
    private static Rollback told(Map<String, String> parameters) {
        Rollback rollback = rolling(parameters);
        return after(rollback, Decision.next(rollback, saw(Observation.State.AGAIN), LATER));
    }

    @Test
    void stepWithMoreToDo_isStartedAgainOnceThatIsTold() {
        Rollback rollback = told(PARTS);
        assertThat(rollback.statusOrInitial().message()).isEqualTo("db-2 is done");
        assertThat(Decision.next(rollback, saw(Observation.State.AGAIN), LATER)).isEqualTo(new Action.StartStep(1));
    }

    @Test
    void eachPart_hasTheWholeDeadline() {
        Rollback rollback = told(PARTS);
        Instant deadline = rollback.statusOrInitial().deadlineAt();
        assertThat(deadline).isEqualTo(T0.plusSeconds(661));

        RollbackStatus status = after(
                        rollback, Decision.next(rollback, began(new Step.Start.Started()), T0.plusSeconds(600)))
                .statusOrInitial();

        assertThat(status.deadlineAt()).isEqualTo(T0.plusSeconds(1200));
        assertThat(status.steps().get(1).state()).isEqualTo(State.Started);
    }

    @Test
    void stepThatHasNoParts_hasOneDeadline() {
        Rollback rollback = told(Map.of());
        assertThat(Decision.next(rollback, began(new Step.Start.Started()), LATER))
                .isEqualTo(new Action.WaitUntil(LATER.plus(Moment.LOOK_AGAIN)));
        assertThat(after(rollback, Decision.next(rollback, saw(Observation.State.AGAIN), T0.plusSeconds(661)))
                        .statusOrInitial()
                        .phase())
                .isEqualTo(Phase.FAILED);
    }

    @Test
    void partThatCannotBegin_fails() {
        Rollback rollback = told(PARTS);
        for (Step.Start outcome : List.of(new Step.Start.Void("changed"), new Step.Start.Failed("changed"))) {
            RollbackStatus status = after(rollback, Decision.next(rollback, began(outcome), LATER))
                    .statusOrInitial();
            assertThat(status.phase()).isEqualTo(Phase.FAILED);
            assertThat(status.message()).isEqualTo("changed");
            assertThat(status.steps().get(1).state()).isEqualTo(State.Failed);
        }
        assertThat(Decision.next(rollback, began(new Step.Start.NotYet("in a moment")), LATER))
                .isInstanceOf(Action.WaitUntil.class);
    }

    @Test
    void cancellation_stopsBetweenParts_withoutWaitingForTheRest() {
        Rollback rollback = told(PARTS);
        assertThat(rollback.statusOrInitial().cancellable()).isTrue();
        rollback = cancelled(rollback);

        RollbackStatus status = after(rollback, Decision.next(rollback, saw(Observation.State.AGAIN), LATER))
                .statusOrInitial();

        assertThat(status.phase()).isEqualTo(Phase.CANCELLED);
        assertThat(status.message()).isEqualTo("db-2 is done");
        assertThat(status.steps().get(1).state()).isEqualTo(State.Interrupted);
    }

    @Test
    void cancellation_doesNotStopAStepThatHasNoParts() {
        Rollback rollback = cancelled(told(Map.of()));
        assertThat(rollback.statusOrInitial().cancellable()).isFalse();
        assertThat(Decision.next(rollback, saw(Observation.State.AGAIN), LATER)).isEqualTo(new Action.StartStep(1));
    }
}
