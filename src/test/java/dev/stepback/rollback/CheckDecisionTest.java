package dev.stepback.rollback;

import static dev.stepback.rollback.CurrentStep.PATIENCE;
import static dev.stepback.rollback.Examples.ASKER;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.awaiting;
import static dev.stepback.rollback.Examples.cancelled;
import static dev.stepback.rollback.Examples.step;
import static dev.stepback.rollback.Examples.with;
import static dev.stepback.rollback.Moment.LOOK_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a step that only checks is to the engine: not a change. */
class CheckDecisionTest {
    private static final Instant LATER = T0.plusSeconds(100);
    private static final Plan PLAN = plan();
    private static final StepStatus ATTEMPTED = step("fake.check", State.Pending, LATER);
    private static final StepStatus STARTED = step("fake.check", State.Started, LATER);
    private static final StepStatus PASSED = step("fake.check", State.Done, LATER);
    private static final StepStatus UNDO = step("fake.undo", State.Pending, null);
    private static final Observation FAILURE = new Observation(Observation.State.FAILED, "exit 1", null, "a log");

    @Test
    void startedCheck_isNoChangeOfTheTarget() {
        RollbackStatus status =
                written(next(running(Verdict.Approved, ATTEMPTED, UNDO), began(0, new Step.Start.Started())));

        assertThat(status.steps().get(0).state()).isEqualTo(State.Started);
        assertThat(status.patchedAt()).isNull();
        assertThat(status.deadlineAt()).isNull();
    }

    @Test
    void undoAfterACheck_isTheFirstChange() {
        StepStatus undo = step("fake.undo", State.Pending, LATER);
        RollbackStatus status =
                written(next(running(Verdict.Approved, PASSED, undo), began(1, new Step.Start.Started())));

        assertThat(status.patchedAt()).isEqualTo(LATER);
        assertThat(status.deadlineAt()).isEqualTo(LATER.plusSeconds(600));
    }

    @Test
    void failedCheck_endsWithItsLog() {
        RollbackStatus status = written(next(running(Verdict.Approved, STARTED, UNDO), saw(FAILURE)));

        assertThat(status.phase()).isEqualTo(Phase.FAILED);
        assertThat(status.message()).isEqualTo("exit 1");
        assertThat(status.steps().get(0).log()).isEqualTo("a log");
        assertThat(status.steps().get(1).startedAt()).isNull();
    }

    @Test
    void failedCheck_isGonePastByBrokenGlassAlone() {
        RollbackStatus status = written(next(running(Verdict.BrokeGlass, STARTED, UNDO), saw(FAILURE)));

        assertThat(status.phase()).isEqualTo(Phase.RUNNING);
        assertThat(status.steps().get(0).state()).isEqualTo(State.Overridden);
        assertThat(status.steps().get(0).log()).isEqualTo("a log");
        assertThat(status.steps().get(1).startedAt()).isEqualTo(LATER);
    }

    @Test
    void checkThatCannotBeStarted_isGonePastByBrokenGlassAlone() {
        Seen seen = began(0, new Step.Start.Failed("no permission"));

        assertThat(written(next(running(Verdict.Approved, ATTEMPTED, UNDO), seen))
                        .phase())
                .isEqualTo(Phase.FAILED);
        assertThat(written(next(running(Verdict.BrokeGlass, ATTEMPTED, UNDO), seen))
                        .steps()
                        .get(0)
                        .state())
                .isEqualTo(State.Overridden);
    }

    /** A broken glass that the policy did not count, such as one that was written by hand, overrides nothing. */
    @Test
    void brokenGlassThatDoesNotCount_overridesNothing() {
        Rollback rollback = with(
                running(Verdict.BrokeGlass, STARTED, UNDO),
                s -> s.approvals = new RollbackStatus.ApprovalStatus(1, List.of(LEAD.id()), false));
        rollback.setSpec(rollback.getSpec()
                .withDecisions(List.of(decision(Verdict.BrokeGlass, ASKER), decision(Verdict.Approved, LEAD))));

        assertThat(written(next(rollback, saw(FAILURE))).phase()).isEqualTo(Phase.FAILED);
    }

    @Test
    void failedUndo_isNotOverridden() {
        StepStatus undo = step("fake.undo", State.Started, LATER);
        Rollback rollback = with(running(Verdict.BrokeGlass, PASSED, undo), s -> s.patchedAt = LATER);

        assertThat(written(next(rollback, new Seen.Progress(1, FAILURE))).phase())
                .isEqualTo(Phase.FAILED);
    }

    @Test
    void whatHasChangedWhenTheUndoIsDue_supersedes() {
        StepStatus undo = step("fake.undo", State.Pending, LATER);
        RollbackStatus status =
                written(next(running(Verdict.Approved, PASSED, undo), began(1, new Step.Start.Void("deployed since"))));

        assertThat(status.phase()).isEqualTo(Phase.SUPERSEDED);
        assertThat(status.message()).isEqualTo("deployed since");
    }

    @Test
    void approvalThatIsLostWhenTheUndoIsDue_isAwaitedAgain() {
        StepStatus undo = step("fake.undo", State.Pending, LATER);
        RollbackStatus status =
                written(next(running(Verdict.Approved, PASSED, undo), began(1, new Step.Start.NotYet("locked"))));

        assertThat(status.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
        assertThat(status.steps()).extracting(StepStatus::state).containsOnly(State.Pending);
    }

    @Test
    void slackThatDoesNotAnswerWhenTheUndoIsDue_isAskedAgainForAWhile() {
        Seen silent = began(1, new Step.Start.NotYet("Slack does not answer.", true));
        StepStatus undo = step("fake.undo", State.Pending, LATER);
        Rollback rollback = running(Verdict.Approved, PASSED, undo);

        RollbackStatus status = written(next(rollback, silent));
        assertThat(status.phase()).isEqualTo(Phase.RUNNING);
        assertThat(status.message()).isEqualTo("Slack does not answer.");
        assertThat(status.steps()).isEqualTo(List.of(PASSED, undo));

        Rollback waiting = Store.with(rollback, rollback.getSpec(), status);
        assertThat(next(waiting, silent)).isEqualTo(new Action.WaitUntil(LATER.plus(LOOK_AGAIN)));
        assertThat(next(waiting, new Seen.Nothing())).isEqualTo(new Action.StartStep(1));
        assertThat(written(next(cancelled(waiting), silent)).phase()).isEqualTo(Phase.CANCELLED);

        Instant tooLong = LATER.plus(PATIENCE);
        assertThat(written(dev.stepback.rollback.Decision.next(waiting, silent, tooLong))
                        .phase())
                .isEqualTo(Phase.AWAITING_APPROVAL);
    }

    /** The right to go alone was lost before it counted, and the requester's approval did. */
    @Test
    void brokenGlassThatDidNotCount_getsPastNoCheck() {
        Rollback rollback = running(Verdict.BrokeGlass, STARTED, UNDO);
        Decision glass = new Decision(Verdict.BrokeGlass, ASKER, T0.plusSeconds(30), PLAN.hash(), "C1", "no time");
        rollback.setSpec(rollback.getSpec().withDecisions(List.of(glass, decision(Verdict.Approved, ASKER))));

        RollbackStatus status = written(next(rollback, saw(new Observation(Observation.State.FAILED, "no", null))));

        assertThat(status.phase()).isEqualTo(Phase.FAILED);
        assertThat(status.steps().get(0).state()).isEqualTo(State.Failed);
    }

    @Test
    void cancellation_isHonouredWhileACheckRuns_andAfterIt() {
        Observation runs = new Observation(Observation.State.RUNNING, "running", null);
        Seen ended = new Seen.Abandoned(0, "");

        for (StepStatus check : List.of(STARTED, ATTEMPTED)) {
            Rollback cancelled = cancelled(running(Verdict.Approved, check, UNDO));
            // What it came to says nothing any more: a bot that died may have deleted the Job.
            for (Seen seen : List.of(new Seen.Nothing(), saw(runs), saw(FAILURE))) {
                assertThat(next(cancelled, seen)).isEqualTo(new Action.AbandonStep(0));
            }
            assertThat(written(next(cancelled, ended)).phase()).isEqualTo(Phase.CANCELLED);
            assertThat(written(next(cancelled, new Seen.Abandoned(0, "Its Job goes on.")))
                            .message())
                    .isEqualTo("Its Job goes on.");
        }
        assertThat(written(next(cancelled(running(Verdict.Approved, PASSED, UNDO)), new Seen.Nothing()))
                        .phase())
                .isEqualTo(Phase.CANCELLED);
    }

    private static Rollback running(Verdict verdict, StepStatus check, StepStatus undo) {
        Person by = verdict == Verdict.BrokeGlass ? ASKER : LEAD;
        Rollback rollback = with(awaiting(), s -> {
            s.plan = PLAN;
            s.phase = Phase.RUNNING;
            s.approvedAt = T0.plusSeconds(60);
            s.approvals = new RollbackStatus.ApprovalStatus(1, List.of(by.id()), false);
            s.steps = List.of(check, undo);
        });
        rollback.setSpec(rollback.getSpec().withDecisions(List.of(decision(verdict, by))));
        return rollback;
    }

    private static Decision decision(Verdict verdict, Person by) {
        return new Decision(verdict, by, T0.plusSeconds(60), PLAN.hash(), "C1", "no time");
    }

    private static Plan plan() {
        List<PlannedStep> steps = List.of(
                new PlannedStep("fake.check", "Check", Map.of()), new PlannedStep("fake.undo", "Undo", Map.of()));
        return Examples.plan(steps);
    }

    private static Action next(Rollback rollback, Seen seen) {
        return dev.stepback.rollback.Decision.next(rollback, seen, LATER);
    }

    private static Seen began(int step, Step.Start outcome) {
        return new Seen.Begun(step, outcome);
    }

    private static Seen saw(Observation observation) {
        return new Seen.Progress(0, observation);
    }

    private static RollbackStatus written(Action action) {
        assertThat(action).isInstanceOf(Action.Write.class);
        return ((Action.Write) action).status();
    }
}
