package dev.stepback.rollback.group;

import static dev.stepback.rollback.group.Pieces.ASKER;
import static dev.stepback.rollback.group.Pieces.LEAD;
import static dev.stepback.rollback.group.Pieces.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class GroupDecisionTest {
    private static final Instant NOW = T0.plusSeconds(60);
    private static final Approvals NEEDED = approvals(1, List.of(), false, "One approval is needed.");
    private static final Approvals NONE = approvals(0, List.of(), true, "");

    private final RollbackGroup group = Pieces.group(Order.InOrder, "cart", "checkout");
    private final Rollback cart = Pieces.member(group, "cart", s -> Pieces.planned(s, "cart"));
    private final Rollback checkout = Pieces.member(group, "checkout", s -> Pieces.planned(s, "checkout"));

    @Test
    void missingRollbacks_areCreatedOneByOne() {
        assertThat(next(Pieces.view(group))).isEqualTo(new GroupAction.Create(0));
        assertThat(next(Pieces.view(group, cart))).isEqualTo(new GroupAction.Create(1));
    }

    @Test
    void whileOneIsBeingPlanned_itWaits() {
        status(cart, s -> s.phase = Phase.PLANNING);

        assertThat(written(next()).phase()).isEqualTo(Phase.PLANNING);
        apply(next());
        assertThat(next()).isInstanceOf(GroupAction.WaitUntil.class);
    }

    @Test
    void allPlanned_theHashOverAllOfThemWaitsForAnApproval() {
        assertThat(next()).isInstanceOf(GroupAction.AskPolicy.class);

        RollbackGroupStatus status = written(asked(NEEDED));

        assertThat(status.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
        assertThat(status.hash()).isEqualTo(GroupHash.of(view())).hasSize(64);
        assertThat(status.expiresAt()).isEqualTo(NOW.plus(Duration.ofMinutes(15)));
        assertThat(status.members().get(0).planHash())
                .isEqualTo(Pieces.plan("cart").hash());
    }

    @Test
    void hash_isAboutOrderAndEveryPlan() {
        String hash = GroupHash.of(view());
        RollbackGroup together = Pieces.group(Order.Together, "cart", "checkout");
        status(checkout, s -> s.plan = Pieces.plan("other"));

        assertThat(GroupHash.of(view())).isNotEqualTo(hash);
        assertThat(GroupHash.of(Pieces.view(together))).isNotEqualTo(GroupHash.of(Pieces.view(group)));
    }

    @Test
    void oneRefused_endsItBeforeAnythingBegins() {
        status(checkout, s -> {
            s.phase = Phase.FAILED;
            s.plan = null;
            s.message = "no rollout history found";
        });

        RollbackGroupStatus ending = written(next());
        assertThat(ending.ending()).isEqualTo(Phase.FAILED);
        assertThat(ending.message())
                .isEqualTo("checkout: no rollout history found. Nothing was begun; ask again without checkout");
        apply(next());
        assertThat(next())
                .isInstanceOfSatisfying(
                        GroupAction.Cancel.class, c -> assertThat(c.member()).isSameAs(cart));
    }

    @Test
    void oneThatIsThereAlready_countsAsDone() {
        status(cart, s -> {
            s.phase = Phase.SUCCEEDED;
            s.plan = null;
        });

        RollbackGroupStatus status = written(asked(NEEDED));

        assertThat(status.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
        assertThat(status.members().get(0).planHash()).isNull();
    }

    @Test
    void approved_firstItIsWrittenThenTheFirstIsReleased() {
        awaiting();
        Decision decision = decide(Verdict.Approved);
        Approvals granted = approvals(1, List.of(decision), true, "");

        apply(asked(granted));
        assertThat(group.statusOrInitial().phase()).isEqualTo(Phase.RUNNING);

        assertThat(next())
                .isInstanceOfSatisfying(
                        GroupAction.Release.class, r -> assertThat(r.member()).isSameAs(cart));
        assertThat(view().decisions(cart)).singleElement().satisfies(d -> {
            assertThat(d.planHash()).isEqualTo(Pieces.plan("cart").hash());
            assertThat(d.by()).isEqualTo(LEAD);
            assertThat(d.at()).isEqualTo(decision.at());
        });
    }

    @Test
    void decisionAboutOtherPlans_isNotPassedOn() {
        awaiting();
        decide(Verdict.Approved);
        group.setStatus(group.statusOrInitial().with(s -> s.hash = "f".repeat(64)));

        assertThat(view().decisions(cart)).isEmpty();
    }

    @Test
    void planThatChanged_isAnotherHash() {
        awaiting();
        status(cart, s -> s.plan = Pieces.plan("other"));

        assertThat(written(next()).hash()).isEqualTo(GroupHash.of(view()));
    }

    @Test
    void choice_isPassedOnToThoseThatItConcerns_andTheirPlansAreApprovedAnew() {
        status(checkout, s -> s.plan = Pieces.stale("checkout"));
        counting();
        String hash = GroupHash.of(view());
        decide(Verdict.Approved);
        choose(true);

        assertThat(view().plannedAgain()).isTrue();
        assertThat(next()).isInstanceOfSatisfying(GroupAction.Choose.class, c -> {
            assertThat(c.member()).isSameAs(checkout);
            assertThat(c.choice().by()).isEqualTo(LEAD);
            checkout.setSpec(checkout.getSpec().withChoices(List.of(c.choice())));
        });
        assertThat(next()).isInstanceOf(GroupAction.WaitUntil.class);
        status(checkout, s -> {
            s.plan = Pieces.plan("applied");
            s.choices = 1;
        });

        RollbackGroupStatus planned = written(next());

        assertThat(planned.hash()).isEqualTo(GroupHash.of(view())).isNotEqualTo(hash);
        assertThat(planned.startsAt()).isNull();
        assertThat(planned.expiresAt()).isEqualTo(NOW.plus(Duration.ofMinutes(15)));
        apply(next());
        assertThat(view().plannedAgain()).isFalse();
        assertThat(view().decisions(checkout)).isEmpty();
        assertThat(next()).isInstanceOf(GroupAction.AskPolicy.class);
        apply(GroupDecision.next(view(), Optional.of(NONE), NOW.plusSeconds(8)));
        assertThat(group.statusOrInitial().startsAt()).isEqualTo(NOW.plusSeconds(18));
    }

    @Test
    void choiceThatIsTakenBack_isTakenBackWhereItWasPassedOn() {
        awaiting();
        cart.setSpec(cart.getSpec().withChoices(List.of(new Choice(true, LEAD, NOW, "h"))));
        status(cart, s -> s.choices = 1);
        choose(true);
        choose(false);

        assertThat(next()).isInstanceOfSatisfying(GroupAction.Choose.class, c -> {
            assertThat(c.member()).isSameAs(cart);
            assertThat(c.choice().updateLastApplied()).isFalse();
        });
    }

    @Test
    void decisionFromBeforeTheLastChoice_isNotPassedOn() {
        awaiting();
        decide(Verdict.Approved);
        assertThat(view().decisions(cart)).hasSize(1);
        choose(false);

        assertThat(view().decisions(cart)).isEmpty();
    }

    @Test
    void choice_doesNotHoldUpWhoStops_norTheExpiry() {
        awaiting();
        choose(true);
        assertThat(written(GroupDecision.next(view(), Optional.empty(), NOW.plus(Duration.ofMinutes(15))))
                        .ending())
                .isEqualTo(Phase.EXPIRED);
        decide(Verdict.Rejected);
        assertThat(written(next()).ending()).isEqualTo(Phase.REJECTED);
        group.setSpec(group.getSpec().withCancellation(new Cancellation(ASKER, NOW)));
        assertThat(written(next()).ending()).isEqualTo(Phase.CANCELLED);
    }

    @Test
    void planThatChangedAfterTheApproval_isNotReleased() {
        running();
        status(cart, s -> s.plan = Pieces.plan("other"));

        assertThat(written(next()).ending()).isEqualTo(Phase.SUPERSEDED);
    }

    @Test
    void inOrder_theNextWaitsForTheOneBefore() {
        running();
        release(cart);
        status(cart, s -> s.phase = Phase.RUNNING);
        apply(next());
        assertThat(next()).isInstanceOf(GroupAction.WaitUntil.class);

        status(cart, s -> s.phase = Phase.SUCCEEDED);

        assertThat(next())
                .isInstanceOfSatisfying(
                        GroupAction.Release.class, r -> assertThat(r.member()).isSameAs(checkout));
    }

    @Test
    void unapproved_countsDownOnceForAll() {
        awaiting();
        apply(asked(NONE));
        assertThat(group.statusOrInitial().startsAt()).isEqualTo(NOW.plusSeconds(10));
        assertThat(GroupDecision.next(view(), Optional.of(NONE), NOW.plusSeconds(9)))
                .isInstanceOf(GroupAction.WaitUntil.class);
        assertThat(written(GroupDecision.next(view(), Optional.of(NONE), NOW.plusSeconds(10)))
                        .phase())
                .isEqualTo(Phase.RUNNING);
    }

    @Test
    void nobodyInTime_expires() {
        awaiting();

        RollbackGroupStatus status =
                written(GroupDecision.next(view(), Optional.of(NEEDED), NOW.plus(Duration.ofMinutes(15))));

        assertThat(status.ending()).isEqualTo(Phase.EXPIRED);
        assertThat(status.message()).isEqualTo("nobody approved in time");
    }

    @Test
    void rejection_namesWhoStopsTheOthers() {
        awaiting();
        decide(Verdict.Rejected);

        apply(next());
        assertThat(group.statusOrInitial().message()).isEqualTo("rejected by lead");
        assertThat(next())
                .isInstanceOfSatisfying(
                        GroupAction.Cancel.class, c -> assertThat(c.by()).isEqualTo(LEAD));
    }

    @Test
    void failure_waitsForWhatRunsAndStopsTheRest() {
        running();
        release(cart);
        status(cart, s -> {
            s.phase = Phase.FAILED;
            s.patchedAt = NOW;
            s.message = "the deadline passed";
        });

        apply(next());
        assertThat(group.statusOrInitial().ending()).isEqualTo(Phase.FAILED);
        assertThat(next())
                .isInstanceOfSatisfying(
                        GroupAction.Cancel.class, c -> assertThat(c.member()).isSameAs(checkout));
        checkout.setSpec(checkout.getSpec().withCancellation(new Cancellation(ASKER, NOW)));
        assertThat(next()).isInstanceOf(GroupAction.WaitUntil.class);
        status(checkout, s -> s.phase = Phase.CANCELLED);

        RollbackGroupStatus end = written(next());

        assertThat(end.phase()).isEqualTo(Phase.FAILED);
        assertThat(end.message()).isEqualTo("cart: the deadline passed; not begun: checkout");
        apply(next());
        assertThat(next()).isInstanceOf(GroupAction.Leave.class);
    }

    @Test
    void stopThatCameTooLate_isASuccess() {
        running();
        group.setSpec(group.getSpec().withCancellation(new Cancellation(ASKER, NOW)));
        apply(next());
        status(cart, s -> s.phase = Phase.SUCCEEDED);
        status(checkout, s -> s.phase = Phase.SUCCEEDED);

        assertThat(written(next()).phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void stopHere_endsWhatRunsAndBeginsNothingMore() {
        running();
        release(cart);
        stop(Midway.Pause);
        assertThat(written(next()).ending()).isEqualTo(Phase.CANCELLED);
        apply(next());
        status(cart, s -> {
            s.phase = Phase.RUNNING;
            s.steps = List.of(new StepStatus("fake.undo", State.Pending, "", NOW, null));
        });
        cancelled(checkout, GroupAction.Cancel.class);
        status(checkout, s -> s.phase = Phase.CANCELLED);

        assertThat(next()).as("the change is on its way").isInstanceOf(GroupAction.Write.class);
        apply(next());
        assertThat(next()).isInstanceOf(GroupAction.WaitUntil.class);
        status(cart, s -> s.patchedAt = NOW);

        assertThat(next()).isInstanceOfSatisfying(GroupAction.Halt.class, halt -> {
            assertThat(halt.member()).isSameAs(cart);
            assertThat(halt.how().midway()).isEqualTo(Midway.Pause);
            assertThat(halt.how().by()).isEqualTo(LEAD);
            cart.setSpec(cart.getSpec().withCancellation(halt.how()));
        });
        assertThat(next()).isInstanceOf(GroupAction.WaitUntil.class);
        status(cart, s -> s.phase = Phase.CANCELLED);
        assertThat(written(next()).message()).isEqualTo("stopped where it was: cart; not begun: checkout");
        assertThat(written(next()).phase()).isEqualTo(Phase.CANCELLED);
    }

    @Test
    void stopHere_afterAFailureStopsTheOthers_andItIsStillAFailure() {
        running();
        release(cart);
        release(checkout);
        status(cart, s -> {
            s.phase = Phase.FAILED;
            s.patchedAt = NOW;
            s.message = "the deadline passed";
        });
        apply(next());
        stop(Midway.Pause);
        status(checkout, s -> {
            s.phase = Phase.RUNNING;
            s.patchedAt = NOW;
        });

        cancelled(checkout, GroupAction.Halt.class);
        status(checkout, s -> {
            s.phase = Phase.CANCELLED;
            s.message = "it could not be paused: somebody deployed";
        });

        assertThat(written(next()).phase()).isEqualTo(Phase.FAILED);
        assertThat(written(next()).message())
                .isEqualTo("cart: the deadline passed; checkout: it could not be paused: somebody deployed");
    }

    @Test
    void stopHere_duringACheckThatChangesNothing_isACancellation() {
        running();
        release(cart);
        stop(Midway.GoOn);
        apply(next());
        status(checkout, s -> s.phase = Phase.CANCELLED);
        status(cart, s -> {
            s.phase = Phase.RUNNING;
            s.plan = Pieces.checked("cart");
            s.steps = List.of(
                    new StepStatus("job.check", State.Started, "", NOW, null),
                    new StepStatus("fake.undo", State.Pending, "", null, null));
        });

        assertThat(next())
                .isInstanceOfSatisfying(
                        GroupAction.Halt.class,
                        halt -> assertThat(halt.how().midway()).isNull());
    }

    private void stop(Midway midway) {
        group.setSpec(group.getSpec().withStop(new Cancellation(LEAD, NOW, midway)));
    }

    private void cancelled(Rollback member, Class<? extends GroupAction> how) {
        assertThat(next()).isInstanceOf(how);
        assertThat(next().toString()).contains(member.getMetadata().getName());
        member.setSpec(member.getSpec().withCancellation(new Cancellation(LEAD, NOW)));
    }

    @Test
    void changeAfterTheEnd_isSaidOnce_andTheCardIsDrawnAgain() {
        awaiting();
        group.setStatus(group.statusOrInitial().with(s -> {
            s.phase = Phase.CANCELLED;
            s.message = "stopped by lead";
            s.finishedAt = NOW;
            s.card = new CardStatus("C1", "1.0", List.of("x"), true);
        }));
        status(checkout, s -> {
            s.phase = Phase.CANCELLED;
            s.finishedAt = NOW;
        });
        assertThat(next()).isInstanceOf(GroupAction.Leave.class);
        status(checkout, s -> s.patchedAt = NOW.plusSeconds(60));

        RollbackGroupStatus status = written(next());

        assertThat(status.phase()).isEqualTo(Phase.CANCELLED);
        assertThat(status.message())
                .isEqualTo("stopped by lead; checkout was changed after that all the same, the change was on its way"
                        + " already: look at it");
        assertThat(status.card()).isEqualTo(new CardStatus("C1", "1.0", List.of("x"), false));
        assertThat(status.late()).isEqualTo(1);
        assertThat(status.members().get(0).planHash()).isNotNull();
        apply(next());
        assertThat(next()).isInstanceOf(GroupAction.Leave.class);
    }

    @Test
    void deletedWhileItWaits_endsIt() {
        awaiting();

        RollbackGroupStatus status = written(next(Pieces.view(group, cart)));

        assertThat(status.ending()).isEqualTo(Phase.SUPERSEDED);
        assertThat(status.message()).isEqualTo("somebody deleted the Rollback of production/deployment/checkout");
    }

    @Test
    void doneAndDeletedByTheRetention_isStillDone() {
        running();
        release(cart);
        status(cart, s -> s.phase = Phase.SUCCEEDED);
        group.setStatus(group.statusOrInitial()
                .with(s -> s.members =
                        List.of(new RollbackGroupStatus.Member("cart", "h", Phase.SUCCEEDED), s.members.get(1))));

        assertThat(next(Pieces.view(group, checkout))).isInstanceOf(GroupAction.Release.class);
    }

    @Test
    void strictestTarget_saysWhatIsNeeded() {
        Decision lead = new Decision(Verdict.Approved, LEAD, NOW, "h");
        Decision other = new Decision(Verdict.Approved, ASKER, NOW, "h");
        Approvals one = approvals(1, List.of(lead, other), true, "");
        Approvals two = approvals(2, List.of(lead), false, "1 of 2 approvals is there.");

        Approvals both = Consent.of(List.of(one, two));

        assertThat(both.required()).isEqualTo(2);
        assertThat(both.granted()).isFalse();
        assertThat(both.counted()).containsExactly(lead);
        assertThat(both.missing()).isEqualTo("1 of 2 approvals is there.");
    }

    @Test
    void targetThatNeedsFewer_saysNothingOfItsNumber_butAllElse() {
        Approvals one = approvals(1, List.of(), false, "One approval is needed.");
        Approvals two = approvals(2, List.of(), false, "2 approvals are needed.");
        Approvals locked = approvals(1, List.of(), false, "lead has locked it.");

        assertThat(Consent.of(List.of(one, two)).missing()).isEqualTo("2 approvals are needed.");
        assertThat(Consent.of(List.of(one, one)).missing()).isEqualTo("One approval is needed.");
        assertThat(Consent.of(List.of(one, approvals(2, List.of(), true, ""))).missing())
                .isEqualTo("One approval is needed.");
        assertThat(Consent.of(List.of(one, two, locked)).missing())
                .isEqualTo("2 approvals are needed. lead has locked it.");
    }

    /** One person here and another there is nobody who has approved all of it. */
    @Test
    void approvalsOfDifferentPeople_letNothingGo() {
        Approvals one = approvals(1, List.of(new Decision(Verdict.Approved, LEAD, NOW, "h")), true, "");
        Approvals other = approvals(1, List.of(new Decision(Verdict.Approved, ASKER, NOW, "h")), true, "");

        Approvals both = Consent.of(List.of(one, other));

        assertThat(both.granted()).isFalse();
        assertThat(both.unapproved()).isFalse();
    }

    private static Approvals approvals(int required, List<Decision> counted, boolean granted, String missing) {
        return new Approvals(required, counted, granted, false, missing, "", false, Duration.ofMinutes(15));
    }

    private void awaiting() {
        apply(asked(NEEDED));
    }

    private void counting() {
        awaiting();
        apply(asked(NONE));
        assertThat(group.statusOrInitial().startsAt()).isNotNull();
    }

    private void choose(boolean update) {
        List<Choice> choices = new ArrayList<>(group.getSpec().choices());
        choices.add(new Choice(update, LEAD, NOW, "h"));
        group.setSpec(group.getSpec().withChoices(choices));
    }

    private void running() {
        awaiting();
        apply(asked(approvals(1, List.of(decide(Verdict.Approved)), true, "")));
    }

    private Decision decide(Verdict verdict) {
        Decision decision = new Decision(
                verdict, LEAD, NOW, String.valueOf(group.statusOrInitial().hash()), "C1", null);
        group.setSpec(group.getSpec().withDecisions(List.of(decision)));
        return decision;
    }

    private void release(Rollback member) {
        member.setSpec(member.getSpec().withRelease(List.of(), NOW));
    }

    private static void status(Rollback member, Consumer<RollbackStatus.Changes> change) {
        member.setStatus(member.statusOrInitial().with(change));
    }

    private GroupView view() {
        return Pieces.view(group, cart, checkout);
    }

    private GroupAction next() {
        return next(view());
    }

    private static GroupAction next(GroupView view) {
        return GroupDecision.next(view, Optional.empty(), NOW);
    }

    private GroupAction asked(Approvals approvals) {
        return GroupDecision.next(view(), Optional.of(approvals), NOW);
    }

    private void apply(GroupAction action) {
        group.setStatus(written(action));
    }

    private static RollbackGroupStatus written(GroupAction action) {
        assertThat(action).isInstanceOf(GroupAction.Write.class);
        return ((GroupAction.Write) action).status();
    }
}
