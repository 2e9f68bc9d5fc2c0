package dev.stepback.rollback.group;

import static dev.stepback.rollback.group.Pieces.ASKER;
import static dev.stepback.rollback.group.Pieces.LEAD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GroupDecisionTest extends OneGroup {
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
}
