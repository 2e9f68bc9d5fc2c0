package dev.stepback.rollback;

import static dev.stepback.rollback.Deciding.LATER;
import static dev.stepback.rollback.Deciding.next;
import static dev.stepback.rollback.Deciding.written;
import static dev.stepback.rollback.Examples.EXPIRES;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.PLAN;
import static dev.stepback.rollback.Examples.SECOND;
import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.approved;
import static dev.stepback.rollback.Examples.awaiting;
import static dev.stepback.rollback.Examples.cancelled;
import static dev.stepback.rollback.Examples.counted;
import static dev.stepback.rollback.Examples.decided;
import static dev.stepback.rollback.Examples.missing;
import static dev.stepback.rollback.Examples.requested;
import static dev.stepback.rollback.Examples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A rollback until it may run: its plan and its approvals. */
class WaitingTest {
    private static Seen planned(PlanResult result) {
        return new Seen.Planned(Optional.empty(), Optional.of(result), counted(1));
    }

    private static Action ruled(Rollback rollback, Approvals approvals, Instant now) {
        return next(rollback, new Seen.Ruled(approvals), now);
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
            Seen seen = new Seen.Planned(Optional.of("checkout-0"), Optional.empty(), counted(1));

            RollbackStatus status = written(next(requested(), seen, T0));

            assertThat(status.phase()).isEqualTo(Phase.SUPERSEDED);
            assertThat(status.message()).contains("checkout-0");
        }

        @Test
        void requesterWhoMayNotAsk_isRejected() {
            Approvals refused =
                    new Approvals(1, List.of(), false, false, "", "guest may not ask", false, Duration.ofSeconds(60));
            Seen seen = new Seen.Planned(Optional.empty(), Optional.empty(), refused);
            RollbackStatus status = written(next(requested(), seen, T0));
            assertThat(status.phase()).isEqualTo(Phase.REJECTED);
            assertThat(status.message()).isEqualTo("guest may not ask");
        }

        @Test
        void noApprovalNeeded_countsDownFromPlanning() {
            Seen seen = new Seen.Planned(Optional.empty(), Optional.of(new PlanResult.Planned(PLAN)), counted(0));
            assertThat(written(next(requested(), seen, T0)).startsAt()).isEqualTo(T0.plusSeconds(10));
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
        private final Rollback asked = with(awaiting(), s -> s.approvals = new ApprovalStatus(1, List.of(), false));

        @Test
        void policy_isAskedBeforeAnythingElse() {
            assertThat(next(awaiting(approved(LATER)), LATER)).isEqualTo(new Action.AskPolicy());
        }

        @Test
        void howItStands_isStoredForTheCard() {
            RollbackStatus status = written(ruled(awaiting(), counted(2, approved(LATER)), LATER));
            assertThat(status.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
            assertThat(status.approvals()).isEqualTo(new ApprovalStatus(2, List.of(LEAD.id()), false));
            assertThat(status.message()).isEqualTo("1 of 2 approvals is there.");
        }

        @Test
        void nothing_waitsAndAsksAgainUntilExpiry() {
            assertThat(ruled(asked, counted(1), T0)).isEqualTo(new Action.WaitUntil(T0.plus(Approvals.ASK_LATER)));
            Instant last = EXPIRES.minusNanos(1);
            assertThat(ruled(asked, counted(1), last)).isEqualTo(new Action.WaitUntil(EXPIRES));
        }

        @Test
        void expiry_isAtTheVeryInstant() {
            RollbackStatus status = written(ruled(asked, counted(1), EXPIRES));
            assertThat(status.phase()).isEqualTo(Phase.EXPIRED);
            assertThat(status.message()).isEqualTo("nobody approved in time");
        }

        @Test
        void approval_runsAndMarksTheFirstStepAsAttempted() {
            Rollback rollback = awaiting(approved(LATER));
            RollbackStatus status = written(ruled(rollback, counted(1, approved(LATER)), LATER));
            assertThat(status.phase()).isEqualTo(Phase.RUNNING);
            assertThat(status.approvedAt()).isEqualTo(LATER);
            assertThat(status.approvals()).isEqualTo(new ApprovalStatus(1, List.of(LEAD.id()), false));
            assertThat(status.steps().get(0).startedAt()).isEqualTo(LATER);
            assertThat(status.steps().get(1).startedAt()).isNull();
        }

        @Test
        void lastOfSeveralApprovals_isWhenItWasApproved() {
            var second = decided(Verdict.Approved, SECOND, LATER);
            Rollback rollback = awaiting(approved(T0.plusSeconds(60)), second);
            RollbackStatus status = written(ruled(
                    rollback, counted(2, rollback.getSpec().decisions().toArray(RollbackSpec.Decision[]::new)), LATER));
            assertThat(status.phase()).isEqualTo(Phase.RUNNING);
            assertThat(status.approvedAt()).isEqualTo(LATER);
        }

        @Test
        void approvalRecordedInTime_countsAlthoughItIsSeenLate() {
            var inTime = approved(EXPIRES.minusNanos(1));
            assertThat(written(ruled(awaiting(inTime), counted(1, inTime), EXPIRES.plusSeconds(60)))
                            .phase())
                    .isEqualTo(Phase.RUNNING);
        }

        @Test
        void approval_isGoodUntilTheRequestExpires_andAQuarterOfAnHourAtLeast() {
            var early = approved(T0.plusSeconds(1));
            var late = approved(EXPIRES.minusSeconds(60));
            assertThat(EXPIRES).isEqualTo(T0.plus(Approval.GOOD_FOR));

            assertThat(Approval.goodUntil(EXPIRES, List.of())).isEqualTo(EXPIRES);
            assertThat(Approval.goodUntil(EXPIRES.plusSeconds(3600), List.of(early)))
                    .isEqualTo(EXPIRES.plusSeconds(3600));
            assertThat(Approval.goodUntil(EXPIRES, List.of(early))).isEqualTo(EXPIRES.plusSeconds(1));
            assertThat(Approval.goodUntil(EXPIRES, List.of(late, early)))
                    .isEqualTo(EXPIRES.minusSeconds(60).plus(Approval.GOOD_FOR));
        }

        @Test
        void approvalSeenAfterALongOutage_expiresAndSaysSo() {
            var inTime = approved(T0.plusSeconds(300));
            Instant tooLate = T0.plusSeconds(300).plus(Approval.GOOD_FOR);
            assertThat(written(ruled(awaiting(inTime), counted(1, inTime), tooLate.minusNanos(1)))
                            .phase())
                    .isEqualTo(Phase.RUNNING);
            RollbackStatus status = written(ruled(awaiting(inTime), counted(1, inTime), tooLate));
            assertThat(status.phase()).isEqualTo(Phase.EXPIRED);
            assertThat(status.message())
                    .matches("approved at \\d\\d:\\d\\d UTC, but Stepback could not start it before"
                            + " \\d\\d:\\d\\d UTC; ask again");
        }

        @Test
        void lastOfTwoApprovals_decidesHowLongTheyAreGood() {
            var first = approved(T0.plusSeconds(60));
            var second = decided(Verdict.Approved, SECOND, T0.plusSeconds(600));
            Approvals both = counted(2, first, second);
            Instant tooLate = T0.plusSeconds(600).plus(Approval.GOOD_FOR);
            assertThat(written(ruled(awaiting(first, second), both, tooLate.minusNanos(1)))
                            .phase())
                    .isEqualTo(Phase.RUNNING);
            assertThat(written(ruled(awaiting(first, second), both, tooLate)).phase())
                    .isEqualTo(Phase.EXPIRED);
        }

        @Test
        void whatIsMissing_isSaidAndAskedAgainSoon() {
            Rollback rollback = awaiting(approved(LATER));
            RollbackStatus status = written(ruled(rollback, missing("lead lost the group", false), LATER));
            assertThat(status.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
            assertThat(status.message()).isEqualTo("lead lost the group");
            Rollback told = Store.with(rollback, rollback.getSpec(), status);
            assertThat(ruled(told, missing("lead lost the group", false), LATER))
                    .isEqualTo(new Action.WaitUntil(LATER.plus(Approvals.ASK_SOON)));
        }

        @Test
        void missingUntilTheEnd_expiresAndSaysWhy() {
            Rollback rollback = awaiting(approved(LATER));
            RollbackStatus status = written(ruled(rollback, missing("Slack does not answer.", true), EXPIRES));
            assertThat(status.phase()).isEqualTo(Phase.EXPIRED);
            assertThat(status.message()).isEqualTo("not approved in time. Slack does not answer.");
        }

        @Test
        void noApprovalNeeded_countsDownAndStarts() {
            RollbackStatus counting = written(ruled(awaiting(), counted(0), LATER));
            assertThat(counting.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
            Instant starts = LATER.plusSeconds(10);
            assertThat(counting.startsAt()).isEqualTo(starts);
            Rollback rollback = Store.with(awaiting(), awaiting().getSpec(), counting);
            assertThat(ruled(rollback, counted(0), starts.minusNanos(1))).isEqualTo(new Action.WaitUntil(starts));
            RollbackStatus running = written(ruled(rollback, counted(0), starts));
            assertThat(running.phase()).isEqualTo(Phase.RUNNING);
            assertThat(running.approvedAt()).isEqualTo(starts);
            assertThat(next(Store.with(rollback, rollback.getSpec(), running), starts))
                    .isEqualTo(new Action.StartStep(0));
        }

        @Test
        void countdown_endsWhenSomethingIsInItsWay() {
            Rollback rollback = with(awaiting(), s -> s.startsAt = LATER);
            RollbackStatus status = written(ruled(rollback, missing("locked", false), LATER));
            assertThat(status.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
            assertThat(status.startsAt()).isNull();
        }

        @Test
        void countdownThatNobodyWatched_expires() {
            Rollback rollback = with(awaiting(), s -> s.startsAt = LATER);
            assertThat(written(ruled(rollback, counted(0), EXPIRES)).phase()).isEqualTo(Phase.EXPIRED);
        }

        @Test
        void approvalDuringTheCountdown_startsAtOnce() {
            Rollback rollback = with(awaiting(approved(LATER)), s -> s.startsAt = LATER.plusSeconds(5));
            assertThat(written(ruled(rollback, counted(0, approved(LATER)), LATER))
                            .phase())
                    .isEqualTo(Phase.RUNNING);
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
}
