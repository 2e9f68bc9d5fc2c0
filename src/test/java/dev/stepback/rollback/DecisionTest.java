package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.EXPIRES;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.PLAN;
import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.approved;
import static dev.stepback.rollback.Examples.awaiting;
import static dev.stepback.rollback.Examples.cancelled;
import static dev.stepback.rollback.Examples.requested;
import static dev.stepback.rollback.Examples.running;
import static dev.stepback.rollback.Examples.step;
import static dev.stepback.rollback.Examples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Rollout;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecisionTest {
    private static final Instant LATER = T0.plusSeconds(100);
    private static final StepStatus UNDO_ATTEMPTED = step("fake.undo", State.Pending, LATER);
    private static final StepStatus UNDO_STARTED = step("fake.undo", State.Started, LATER);
    private static final StepStatus UNDO_DONE = step("fake.undo", State.Done, LATER);
    private static final StepStatus AWAIT_PENDING = step("fake.await", State.Pending, null);
    private static final StepStatus AWAIT_STARTED = step("fake.await", State.Started, LATER);
    private static final StepStatus AWAIT_DONE = step("fake.await", State.Done, LATER);
    private static final Rollout ROLLOUT = new Rollout("1 of 3", 3, 1, 1, 2, List.of());

    private static Action next(Rollback rollback, Seen seen, Instant now) {
        return Decision.next(rollback, seen, now);
    }

    private static Action next(Rollback rollback, Instant now) {
        return next(rollback, new Seen.Nothing(), now);
    }

    private static RollbackStatus written(Action action) {
        assertThat(action).isInstanceOf(Action.Write.class);
        return ((Action.Write) action).status();
    }

    private static Seen planned(PlanResult result) {
        return new Seen.Planned(Optional.empty(), Optional.of(result));
    }

    private static Seen saw(int step, Observation.State state) {
        return new Seen.Progress(step, new Observation(state, "news", ROLLOUT));
    }

    private static Seen began(Step.Start outcome) {
        return new Seen.Begun(0, outcome);
    }

    @Nested
    class Planning {
        @Test
        void newRollback_isPlanned() {
            assertThat(next(requested(), T0)).isEqualTo(new Action.MakePlan());
        }

        @Test
        void plan_isStoredAndItsApprovalAwaited() {
            RollbackStatus status = written(next(requested(), planned(new PlanResult.Planned(PLAN)), T0));

            assertThat(status.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
            assertThat(status.plan()).isEqualTo(PLAN);
            assertThat(status.expiresAt()).isEqualTo(EXPIRES);
            assertThat(status.steps()).extracting(StepStatus::state).containsExactly(State.Pending, State.Pending);
        }

        @Test
        void olderOpenRollback_supersedesAndIsNamed() {
            Seen seen = new Seen.Planned(Optional.of("checkout-0"), Optional.empty());

            RollbackStatus status = written(next(requested(), seen, T0));

            assertThat(status.phase()).isEqualTo(Phase.SUPERSEDED);
            assertThat(status.message()).contains("checkout-0");
        }

        @Test
        void refusal_failsInItsOwnWords() {
            var refused = new PlanResult.Refused(PlanResult.Reason.NO_HISTORY, "no rollout history found");

            RollbackStatus status = written(next(requested(), planned(refused), T0));

            assertThat(status.phase()).isEqualTo(Phase.FAILED);
            assertThat(status.message()).isEqualTo("no rollout history found");
            assertThat(status.finishedAt()).isEqualTo(T0);
        }

        @Test
        void templateAlreadyThere_succeedsAsKubectlDoes() {
            var there = new PlanResult.Refused(PlanResult.Reason.ALREADY_THERE, "skipped rollback");

            RollbackStatus status = written(next(requested(), planned(there), T0));

            assertThat(status.phase()).isEqualTo(Phase.SUCCEEDED);
            assertThat(status.message()).isEqualTo("skipped rollback");
            assertThat(status.steps()).isEmpty();
        }

        @Test
        void blockingFinding_fails() {
            Plan blocked = new Plan(
                    PLAN.hash(),
                    PLAN.targetUid(),
                    PLAN.from(),
                    PLAN.to(),
                    List.of(),
                    List.of(Finding.pass("a", "fine"), Finding.block("dry-run", "the API server says no")),
                    PLAN.steps());

            RollbackStatus status = written(next(requested(), planned(new PlanResult.Planned(blocked)), T0));

            assertThat(status.phase()).isEqualTo(Phase.FAILED);
            assertThat(status.message()).isEqualTo("the API server says no");
        }

        @Test
        void approvalBeforeThePlan_isNone() {
            Rollback rollback = requested();
            rollback.setSpec(rollback.getSpec().withDecisions(List.of(approved(T0.plusSeconds(60)))));

            RollbackStatus status = written(next(rollback, planned(new PlanResult.Planned(PLAN)), T0));

            assertThat(status.phase()).isEqualTo(Phase.SUPERSEDED);
            assertThat(status.message()).contains("before there was a plan");
        }

        @Test
        void cancellation_needsNoPlan() {
            assertThat(written(next(cancelled(requested()), T0)).phase()).isEqualTo(Phase.CANCELLED);
        }
    }

    @Nested
    class AwaitingApproval {
        @Test
        void nothing_waitsUntilExpiry() {
            assertThat(next(awaiting(), T0)).isEqualTo(new Action.WaitUntil(EXPIRES));
            assertThat(next(awaiting(), EXPIRES.minusNanos(1))).isEqualTo(new Action.WaitUntil(EXPIRES));
        }

        @Test
        void expiry_isAtTheVeryInstant() {
            assertThat(written(next(awaiting(), EXPIRES)).phase()).isEqualTo(Phase.EXPIRED);
        }

        @Test
        void approval_runsAndMarksTheFirstStepAsAttempted() {
            RollbackStatus status = written(next(awaiting(approved(LATER)), LATER));

            assertThat(status.phase()).isEqualTo(Phase.RUNNING);
            assertThat(status.approvedAt()).isEqualTo(LATER);
            assertThat(status.steps().get(0).startedAt()).isEqualTo(LATER);
            assertThat(status.steps().get(1).startedAt()).isNull();
        }

        @Test
        void approvalRecordedInTime_countsAlthoughItIsSeenLate() {
            Rollback rollback = awaiting(approved(EXPIRES.minusNanos(1)));

            assertThat(written(next(rollback, EXPIRES.plusSeconds(60))).phase()).isEqualTo(Phase.RUNNING);
        }

        @Test
        void approvalRecordedAtExpiry_isTooLate() {
            assertThat(written(next(awaiting(approved(EXPIRES)), EXPIRES)).phase())
                    .isEqualTo(Phase.EXPIRED);
        }

        @Test
        void approvalOfAnotherPlan_isNoApproval() {
            var other = new RollbackSpec.Decision(
                    RollbackSpec.Decision.Verdict.Approved,
                    LEAD,
                    LATER,
                    Examples.plan("8").hash());

            assertThat(next(awaiting(other), LATER)).isEqualTo(new Action.WaitUntil(EXPIRES));
        }

        @Test
        void rejection_outweighsAnApproval() {
            var rejected = new RollbackSpec.Decision(RollbackSpec.Decision.Verdict.Rejected, LEAD, LATER, PLAN.hash());

            RollbackStatus status = written(next(awaiting(approved(LATER), rejected), LATER));

            assertThat(status.phase()).isEqualTo(Phase.REJECTED);
            assertThat(status.message()).isEqualTo("rejected by lead");
        }

        @Test
        void cancellation_outweighsAnApproval() {
            assertThat(written(next(cancelled(awaiting(approved(LATER))), LATER))
                            .phase())
                    .isEqualTo(Phase.CANCELLED);
        }

        @Test
        void statusWithoutPlan_fails() {
            Rollback broken = with(awaiting(), s -> s.plan = null);

            assertThat(written(next(broken, LATER)).phase()).isEqualTo(Phase.FAILED);
        }
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
