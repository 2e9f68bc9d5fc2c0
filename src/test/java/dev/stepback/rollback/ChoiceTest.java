package dev.stepback.rollback;

import static dev.stepback.policy.Permission.APPROVE;
import static dev.stepback.policy.Permission.REQUEST;
import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.EXPIRES;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.PLAN;
import static dev.stepback.rollback.Examples.SECONDING;
import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.approval;
import static dev.stepback.rollback.Examples.approved;
import static dev.stepback.rollback.Examples.awaiting;
import static dev.stepback.rollback.Examples.counted;
import static dev.stepback.rollback.Examples.plan;
import static dev.stepback.rollback.Policies.may;
import static dev.stepback.rollback.Policies.needing;
import static dev.stepback.rollback.Policies.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Rollbacks.Decided;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedRevision;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Somebody chooses on the card how it shall be done: that is another plan, which nobody has approved yet. */
class ChoiceTest {
    private static final Instant LATER = T0.plusSeconds(100);
    private static final Plan OTHER = plan("8");

    private static Rollback chosen(Rollback rollback) {
        RollbackSpec spec = rollback.getSpec()
                .withChoices(List.of(new RollbackSpec.Choice(true, LEAD, T0.plusSeconds(50), PLAN.hash())));
        return Store.with(rollback, spec, rollback.statusOrInitial());
    }

    private static Action planned(Rollback rollback, Plan plan) {
        PlanResult result = new PlanResult.Planned(plan);
        return Decision.next(rollback, new Seen.Planned(Optional.empty(), Optional.of(result), counted(1)), LATER);
    }

    private static RollbackStatus written(Action action) {
        assertThat(action).isInstanceOf(Action.Write.class);
        return ((Action.Write) action).status();
    }

    @Nested
    class Deciding {
        @Test
        void choice_isPlannedBeforeAnythingElseEvenWhenItIsApproved() {
            Rollback rollback = chosen(awaiting(approved(LATER)));

            assertThat(Decision.next(rollback, new Seen.Ruled(counted(1, approved(LATER))), LATER))
                    .isEqualTo(new Action.MakePlan());
        }

        @Test
        void newPlan_replacesTheOld_withoutItsApprovals_andWaitsNoLonger() {
            Rollback rollback = Examples.with(
                    chosen(awaiting(approved(LATER))),
                    s -> s.approvals = new RollbackStatus.ApprovalStatus(2, List.of(LEAD.id()), false));

            RollbackStatus status = written(planned(rollback, OTHER));

            assertThat(status.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
            assertThat(Objects.requireNonNull(status.plan()).hash()).isEqualTo(OTHER.hash());
            assertThat(status.choices()).isEqualTo(1);
            assertThat(status.expiresAt()).isEqualTo(EXPIRES);
            assertThat(Objects.requireNonNull(status.approvals()).by()).isEmpty();
            Rollback now = Store.with(rollback, rollback.getSpec(), status);
            assertThat(Approval.recorded(now)).isEmpty();
            assertThat(Decision.next(now, new Seen.Nothing(), LATER)).isEqualTo(new Action.AskPolicy());
        }

        @Test
        void newPlan_thatCountsDown_countsAnew() {
            Rollback rollback = Examples.with(chosen(awaiting()), s -> s.startsAt = T0.plusSeconds(10));

            assertThat(written(planned(rollback, OTHER)).startsAt()).isNull();
        }

        @Test
        void rejectionOfTheOldPlan_doesNotEndTheNew() {
            var rejected = new RollbackSpec.Decision(Verdict.Rejected, LEAD, LATER, PLAN.hash());
            Rollback now = Examples.with(chosen(awaiting(rejected)), s -> {
                s.plan = OTHER;
                s.choices = 1;
            });

            assertThat(Decision.next(now, new Seen.Nothing(), LATER)).isEqualTo(new Action.AskPolicy());
            Rollback before = chosen(awaiting(rejected));
            assertThat(written(Decision.next(before, new Seen.Nothing(), LATER)).phase())
                    .isEqualTo(Phase.REJECTED);
        }

        @Test
        void anotherWayBack_isNotWhatWasLookedAt() {
            Plan elsewhere = new Plan(
                    OTHER.hash(),
                    OTHER.targetUid(),
                    new PlannedRevision(5, "checkout-newer", Map.of(), ""),
                    OTHER.to(),
                    List.of(),
                    List.of(),
                    OTHER.steps());

            assertThat(written(planned(chosen(awaiting()), elsewhere)).phase()).isEqualTo(Phase.SUPERSEDED);
        }

        @Test
        void choiceThatComesTooLate_expires() {
            assertThat(written(Decision.next(chosen(awaiting()), new Seen.Nothing(), EXPIRES))
                            .phase())
                    .isEqualTo(Phase.EXPIRED);
        }
    }

    @Nested
    class OnTheCluster {
        private final Shop shop = new Shop();

        @org.junit.jupiter.api.AfterEach
        void close() throws Exception {
            shop.close();
        }

        private Decided choose(String name, Actor by, boolean update) {
            return shop.rollbacks.choose("production", name, new NewChoice(by, shop.hash(name), update));
        }

        private String planned() {
            String name = shop.request("choice").getMetadata().getName();
            shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
            return name;
        }

        private List<String> approvedBy(String name) {
            return Objects.requireNonNull(shop.now(name).statusOrInitial().approvals())
                    .by();
        }

        private void awaitOther(String name, String hash) {
            await().atMost(Duration.ofSeconds(30)).until(() -> !shop.hash(name).equals(hash));
        }

        @Test
        void choice_voidsTheApprovals_andRunsOnceTheNewPlanIsApproved() {
            shop.policy = needing(2);
            shop.engine();
            String name = planned();
            String first = shop.hash(name);
            assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);

            assertThat(choose(name, ASKING, true)).isInstanceOf(Decided.Recorded.class);
            assertThat(choose(name, LEADING, true)).isInstanceOf(Decided.AlreadyRecorded.class);
            awaitOther(name, first);

            assertThat(shop.rollbacks.decide("production", name, approval(SECONDING, first)))
                    .isInstanceOf(Decided.TooLate.class);
            assertThat(shop.approve(name, SECONDING)).isInstanceOf(Decided.Recorded.class);
            assertThat(shop.undos()).isZero();
            assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);
            shop.finishRollout(name);
            RollbackStatus done = shop.awaitPhase(name, Phase.SUCCEEDED);
            assertThat(Objects.requireNonNull(done.plan()).steps().get(0).parameters())
                    .containsEntry("lastApplied", "too");
        }

        @Test
        void choiceWhileNobodyLeads_isHonouredByTheNext() {
            RollbackOperator first = shop.engine();
            String name = planned();
            String hash = shop.hash(name);
            first.close();
            assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);

            choose(name, ASKING, true);
            assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.TooLate.class);
            assertThat(shop.hash(name)).isEqualTo(hash);

            shop.engine();
            awaitOther(name, hash);
            assertThat(shop.now(name).statusOrInitial().choices()).isEqualTo(1);
        }

        @Test
        void choice_canBeTakenBack_andIsToldBeforeItIsPlanned() {
            List<Rollback> told = new CopyOnWriteArrayList<>();
            shop.policy = needing(2);
            shop.engine(told::add);
            String name = planned();
            String first = shop.hash(name);
            shop.approve(name, LEADING);
            choose(name, ASKING, true);
            awaitOther(name, first);

            assertThat(choose(name, LEADING, false)).isInstanceOf(Decided.Recorded.class);

            await().atMost(Duration.ofSeconds(30)).until(() -> shop.hash(name).equals(first));
            shop.approve(name, SECONDING);
            await().atMost(Duration.ofSeconds(30)).until(() -> approvedBy(name), by -> by.contains(SECONDING.id()));
            assertThat(approvedBy(name))
                    .as("the same plan again, but approved before the choice")
                    .doesNotContain(LEADING.id());
            assertThat(told)
                    .anyMatch(r -> r.choicePending() && r.getSpec().choices().size() == 1)
                    .anyMatch(r -> r.choicePending() && r.getSpec().choices().size() == 2);
        }

        @Test
        void choice_isForWhoMayAskOrApprove_andOnlyWhileItWaits() {
            shop.policy = Policies.of(rule(1), may(ASKING.id(), REQUEST), may(LEADING.id(), APPROVE));
            shop.engine();
            String name = planned();

            assertThat(choose(name, SECONDING, true)).isInstanceOf(Decided.Denied.class);
            assertThat(choose(name, LEADING, true)).isInstanceOf(Decided.Recorded.class);

            shop.rollbacks.cancel("production", name, ASKING);
            shop.awaitPhase(name, Phase.CANCELLED);
            assertThat(choose(name, ASKING, false)).isInstanceOf(Decided.TooLate.class);
        }

        @Test
        void choices_areOnlyEverAppended() {
            shop.engine();
            String name = planned();
            choose(name, ASKING, true);
            Rollback tampered = shop.now(name);
            tampered.setSpec(tampered.getSpec().withChoices(List.of()));

            assertThatThrownBy(() -> shop.client.resource(tampered).update())
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("choices are only ever appended");
        }
    }
}
