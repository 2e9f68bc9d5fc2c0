package dev.stepback.rollback;

import static dev.stepback.rollback.Deciding.LATER;
import static dev.stepback.rollback.Deciding.next;
import static dev.stepback.rollback.Deciding.written;
import static dev.stepback.rollback.Examples.EXPIRES;
import static dev.stepback.rollback.Examples.PLAN;
import static dev.stepback.rollback.Examples.SECOND;
import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.approved;
import static dev.stepback.rollback.Examples.awaiting;
import static dev.stepback.rollback.Examples.cancelled;
import static dev.stepback.rollback.Examples.running;
import static dev.stepback.rollback.Examples.step;
import static dev.stepback.rollback.Examples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.target.Plan;
import dev.stepback.target.Rollout;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A rollback that runs, and one that has ended. */
class DecisionTest {
    private static final StepStatus UNDO_ATTEMPTED = step("fake.undo", State.Pending, LATER);
    private static final StepStatus UNDO_STARTED = step("fake.undo", State.Started, LATER);
    private static final StepStatus UNDO_DONE = step("fake.undo", State.Done, LATER);
    private static final StepStatus AWAIT_PENDING = step("fake.await", State.Pending, null);
    private static final StepStatus AWAIT_STARTED = step("fake.await", State.Started, LATER);
    private static final StepStatus AWAIT_DONE = step("fake.await", State.Done, LATER);
    private static final Rollout ROLLOUT = new Rollout("1 of 3", 3, 1, 1, 2, List.of());

    private static Seen saw(int step, Observation.State state) {
        return new Seen.Progress(step, new Observation(state, "news", ROLLOUT));
    }

    private static Seen began(Step.Start outcome) {
        return new Seen.Begun(0, outcome);
    }

    @Nested
    class Running {
        @Test
        void attemptedStep_isStarted() {
            assertThat(next(running(UNDO_ATTEMPTED, AWAIT_PENDING), LATER)).isEqualTo(new Action.StartStep(0));
        }

        @Test
        void startedStep_isRecordedWithPatchAndDeadline() {
            Rollback rollback = running(UNDO_ATTEMPTED, AWAIT_PENDING);

            RollbackStatus status = written(next(rollback, began(new Step.Start.Started()), LATER));

            assertThat(status.steps().get(0).state()).isEqualTo(State.Started);
            assertThat(status.patchedAt()).isEqualTo(LATER);
            assertThat(status.deadlineAt()).isEqualTo(LATER.plusSeconds(600));
        }

        @Test
        void voidApproval_supersedesAndSaysWhy() {
            Rollback rollback = running(UNDO_ATTEMPTED, AWAIT_PENDING);

            RollbackStatus status = written(next(rollback, began(new Step.Start.Void("somebody deployed")), LATER));

            assertThat(status.phase()).isEqualTo(Phase.SUPERSEDED);
            assertThat(status.message()).isEqualTo("somebody deployed");
            assertThat(status.patchedAt()).isNull();
        }

        @Test
        void voidAfterThePatch_fails() {
            Rollback rollback = running(UNDO_DONE, step("fake.await", State.Pending, LATER));

            Action action = next(rollback, new Seen.Begun(1, new Step.Start.Void("gone")), LATER);

            assertThat(written(action).phase()).isEqualTo(Phase.FAILED);
        }

        @Test
        void notYet_waitsForTheApprovalAgain() {
            Rollback rollback = running(UNDO_ATTEMPTED, AWAIT_PENDING);
            RollbackStatus status = written(next(rollback, began(new Step.Start.NotYet("lead may not")), LATER));
            assertThat(status.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
            assertThat(status.message()).isEqualTo("lead may not");
            assertThat(status.approvedAt()).isNull();
            assertThat(status.steps()).extracting(StepStatus::startedAt).containsOnlyNulls();
        }

        @Test
        void notYetAfterThePatch_isSeenThrough() {
            Rollback rollback = running(UNDO_DONE, step("fake.await", State.Pending, LATER));
            Action action = next(rollback, new Seen.Begun(1, new Step.Start.NotYet("lead may not")), LATER);
            assertThat(action).isInstanceOf(Action.WaitUntil.class);
        }

        @Test
        void notYetAfterThePatch_failsAtTheDeadline() {
            Rollback rollback = running(UNDO_DONE, step("fake.await", State.Pending, LATER));
            Instant end = T0.plusSeconds(661);
            RollbackStatus status =
                    written(next(rollback, new Seen.Begun(1, new Step.Start.NotYet("not seen yet")), end));
            assertThat(status.phase()).isEqualTo(Phase.FAILED);
            assertThat(status.message()).isEqualTo("the deadline passed: not seen yet");
            assertThat(status.steps().get(1).state()).isEqualTo(State.Interrupted);
        }

        @Test
        void letGoByNobody_neverRuns() {
            Rollback earlier = with(running(UNDO_ATTEMPTED, AWAIT_PENDING), s -> s.approvals = null);
            assertThat(next(earlier, LATER)).isEqualTo(new Action.StartStep(0));
            Rollback rollback = Store.with(earlier, earlier.getSpec().withDecisions(List.of()), earlier.getStatus());
            assertThat(written(next(rollback, LATER)).phase()).isEqualTo(Phase.SUPERSEDED);
            Rollback other = with(
                    running(UNDO_ATTEMPTED, AWAIT_PENDING),
                    s -> s.approvals = new ApprovalStatus(1, List.of(SECOND.id()), false));
            assertThat(written(next(other, LATER)).phase()).isEqualTo(Phase.SUPERSEDED);
        }

        @Test
        void stepThatCannotStart_fails() {
            Rollback rollback = running(UNDO_ATTEMPTED, AWAIT_PENDING);

            RollbackStatus status = written(next(rollback, began(new Step.Start.Failed("forbidden")), LATER));

            assertThat(status.phase()).isEqualTo(Phase.FAILED);
            assertThat(status.steps().get(0).state()).isEqualTo(State.Failed);
        }

        @Test
        void startedStep_isObserved() {
            assertThat(next(running(UNDO_STARTED, AWAIT_PENDING), LATER)).isEqualTo(new Action.ObserveStep(0));
        }

        @Test
        void doneStep_makesWayForTheNext() {
            Rollback rollback = running(UNDO_STARTED, AWAIT_PENDING);

            RollbackStatus status = written(next(rollback, saw(0, Observation.State.DONE), LATER));

            assertThat(status.phase()).isEqualTo(Phase.RUNNING);
            assertThat(status.steps()).extracting(StepStatus::state).containsExactly(State.Done, State.Pending);
            assertThat(status.steps().get(1).startedAt()).isEqualTo(LATER);
        }

        @Test
        void news_areWrittenOnceOnly() {
            Rollback rollback = running(UNDO_DONE, AWAIT_STARTED);
            Seen seen = saw(1, Observation.State.RUNNING);

            RollbackStatus status = written(next(rollback, seen, LATER));
            assertThat(status.message()).isEqualTo("news");
            assertThat(status.rollout()).isEqualTo(ROLLOUT);

            Rollback after = Store.with(rollback, rollback.getSpec(), status);
            assertThat(next(after, seen, LATER)).isEqualTo(new Action.WaitUntil(LATER.plusSeconds(2)));
        }

        @Test
        void waiting_endsAtTheDeadline() {
            Rollback rollback = with(running(UNDO_DONE, AWAIT_STARTED), s -> {
                s.message = "news";
                s.rollout = ROLLOUT;
                s.steps = List.of(UNDO_DONE, new StepStatus("fake.await", State.Started, "news", LATER, null));
            });
            Instant deadline = T0.plusSeconds(661);

            assertThat(next(rollback, saw(1, Observation.State.RUNNING), deadline.minusMillis(5)))
                    .isEqualTo(new Action.WaitUntil(deadline));
            RollbackStatus status = written(next(rollback, saw(1, Observation.State.RUNNING), deadline));
            assertThat(status.phase()).isEqualTo(Phase.FAILED);
            assertThat(status.message()).isEqualTo("the deadline passed: news");
        }

        @Test
        void rolloutFinishedBehindTheDeadline_isStillDone() {
            Action action =
                    next(running(UNDO_DONE, AWAIT_STARTED), saw(1, Observation.State.DONE), T0.plusSeconds(5000));

            assertThat(written(action).steps().get(1).state()).isEqualTo(State.Done);
        }

        @Test
        void failedStep_fails() {
            RollbackStatus status =
                    written(next(running(UNDO_DONE, AWAIT_STARTED), saw(1, Observation.State.FAILED), LATER));

            assertThat(status.phase()).isEqualTo(Phase.FAILED);
            assertThat(status.message()).isEqualTo("news");
            assertThat(status.rollout()).isEqualTo(ROLLOUT);
        }

        @Test
        void stepThatSomebodyElseOvertook_failsAndIsToldApart() {
            Seen overtaken = saw(1, Observation.State.OVERTAKEN);
            Rollback verifying = with(running(UNDO_DONE, AWAIT_DONE), s -> s.phase = Phase.VERIFYING);
            assertThat(List.of(running(UNDO_DONE, AWAIT_STARTED), verifying)).allSatisfy(rollback -> {
                RollbackStatus status = written(next(rollback, overtaken, LATER));
                assertThat(status.phase()).isEqualTo(Phase.FAILED);
                assertThat(status.message()).isEqualTo("news");
                assertThat(status.steps().get(1).state()).isEqualTo(State.Overtaken);
            });
        }

        @Test
        void cancellation_waitsForTheStepThatRuns() {
            Rollback rollback = cancelled(running(UNDO_STARTED, AWAIT_PENDING));
            assertThat(next(rollback, LATER)).isEqualTo(new Action.ObserveStep(0));

            RollbackStatus status = written(next(rollback, saw(0, Observation.State.DONE), LATER));
            assertThat(status.steps().get(1).startedAt()).isNull();

            Rollback between = Store.with(rollback, rollback.getSpec(), status);
            assertThat(written(next(between, LATER)).phase()).isEqualTo(Phase.CANCELLED);
        }

        @Test
        void cancellation_doesNotHideAStepThatMayHaveBeenStarted() {
            Rollback rollback = cancelled(running(UNDO_ATTEMPTED, AWAIT_PENDING));

            assertThat(next(rollback, LATER)).isEqualTo(new Action.StartStep(0));
        }

        @Test
        void planThatWasTamperedWith_isNeverStarted() {
            Plan evil = new Plan(
                    PLAN.hash(),
                    PLAN.targetUid(),
                    PLAN.from(),
                    PLAN.to(),
                    List.of(),
                    List.of(),
                    Examples.plan("evil").steps());
            Rollback rollback = with(running(UNDO_ATTEMPTED, AWAIT_PENDING), s -> s.plan = evil);

            RollbackStatus status = written(next(rollback, LATER));

            assertThat(status.phase()).isEqualTo(Phase.SUPERSEDED);
            assertThat(status.message()).isEqualTo("the stored plan is not the one that was approved");
        }

        @Test
        void runningWithoutApproval_isNeverStarted() {
            Rollback rollback = running(UNDO_ATTEMPTED, AWAIT_PENDING);
            rollback.setSpec(rollback.getSpec().withDecisions(List.of()));

            assertThat(written(next(rollback, LATER)).phase()).isEqualTo(Phase.SUPERSEDED);
        }

        @Test
        void allStepsDone_isVerified() {
            assertThat(written(next(running(UNDO_DONE, AWAIT_DONE), LATER)).phase())
                    .isEqualTo(Phase.VERIFYING);
        }
    }

    /** Somebody wrote it by hand: nothing that is tried again would ever fit. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void statusWithMoreOrFewerStepsThanThePlan_endsTheRollback(int steps) {
        List<StepStatus> altered = Collections.nCopies(steps, UNDO_DONE);
        Rollback waiting = with(awaiting(approved(T0.plusSeconds(60))), s -> s.steps = altered);
        Rollback running = with(running(UNDO_DONE, AWAIT_STARTED), s -> s.steps = altered);
        Rollback verifying = with(running, s -> s.phase = Phase.VERIFYING);
        Rollback ending = with(running, s -> s.ending = new RollbackStatus.Ending(Phase.CANCELLED, ""));

        assertThat(List.of(waiting, running, verifying)).allSatisfy(rollback -> {
            RollbackStatus status = written(next(rollback, LATER));
            assertThat(status.phase()).isEqualTo(Phase.FAILED);
            assertThat(status.message()).startsWith("its status was changed by hand");
        });
        assertThat(written(next(ending, LATER)).phase()).isEqualTo(Phase.CANCELLED);
    }

    @Nested
    class Verifying {
        private final Rollback rollback = with(running(UNDO_DONE, AWAIT_DONE), s -> s.phase = Phase.VERIFYING);

        @Test
        void lastStep_isLookedAtOnceMore() {
            assertThat(next(rollback, LATER)).isEqualTo(new Action.ObserveStep(1));
        }

        @Test
        void whatStillHolds_succeeds() {
            RollbackStatus status = written(next(rollback, saw(1, Observation.State.DONE), LATER));

            assertThat(status.phase()).isEqualTo(Phase.SUCCEEDED);
            assertThat(status.finishedAt()).isEqualTo(LATER);
        }

        @Test
        void whatFellApart_isWaitedForUntilTheDeadline() {
            assertThat(next(rollback, saw(1, Observation.State.RUNNING), LATER))
                    .isEqualTo(new Action.WaitUntil(LATER.plusSeconds(2)));
            assertThat(written(next(rollback, saw(1, Observation.State.RUNNING), T0.plusSeconds(661)))
                            .phase())
                    .isEqualTo(Phase.FAILED);
        }

        @Test
        void whatFailed_fails() {
            assertThat(written(next(rollback, saw(1, Observation.State.FAILED), LATER))
                            .phase())
                    .isEqualTo(Phase.FAILED);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"SUCCEEDED", "FAILED", "REJECTED", "EXPIRED", "CANCELLED", "SUPERSEDED"})
    void terminalPhase_neverChanges(Phase phase) {
        Rollback rollback = cancelled(with(awaiting(approved(LATER)), s -> s.phase = phase));

        assertThat(phase.terminal()).isTrue();
        assertThat(next(rollback, LATER)).isEqualTo(new Action.Leave());
        assertThat(next(rollback, saw(0, Observation.State.FAILED), EXPIRES)).isEqualTo(new Action.Leave());
    }
}
