package dev.stepback.rollback;

import static dev.stepback.policy.Permission.APPROVE;
import static dev.stepback.policy.Permission.REQUEST;
import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.SECOND;
import static dev.stepback.rollback.Examples.SECONDING;
import static dev.stepback.rollback.Policies.ONCALL_APPROVES;
import static dev.stepback.rollback.Policies.may;
import static dev.stepback.rollback.Policies.needing;
import static dev.stepback.rollback.Policies.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.Policy;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Rollbacks.Decided;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is true at the moment of the change counts, whatever was true when somebody clicked. */
class LastMomentTest {
    private static final Policy TYPED = Policies.of(
            new ApprovalRule(1, List.of(), false, Duration.ofMinutes(15), false, true, Optional.empty()),
            Policy.DEFAULT.rules().get(0));
    private final Shop shop = new Shop();

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void approverWhoLostTheGroupBetweenClickAndRun_doesNotCount() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        String name = shop.plannedWithoutEngine();
        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);
        shop.people.group("@oncall", SECOND.id());
        shop.engine();
        shop.awaitMessage(name, "approval of lead does not count");
        assertThat(shop.undos()).isZero();
        shop.approve(name, SECONDING);
        RollbackStatus running = shop.awaitPhase(name, Phase.RUNNING);
        assertThat(Objects.requireNonNull(running.approvals()).by()).containsExactly(SECOND.id());
    }

    @Test
    void approverWhoLosesTheGroupRightBeforeTheChange_stopsIt() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        shop.beforeGuard = () -> shop.people.group("@oncall", SECOND.id());
        shop.engine();
        String name = shop.planned();
        shop.approve(name, LEADING);
        shop.awaitMessage(name, "approval of lead does not count");
        RollbackStatus waiting = shop.now(name).statusOrInitial();
        assertThat(waiting.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
        assertThat(waiting.approvedAt()).isNull();
        assertThat(shop.undos()).isZero();
        assertThat(shop.rollbacks.cancel("production", name, ASKING)).isInstanceOf(Decided.Recorded.class);
        shop.awaitPhase(name, Phase.CANCELLED);
    }

    /** The change would be made in the name of somebody who may not. */
    @Test
    void approverWhoLosesTheGroupRightBeforeTheChange_isNotNamedThoughOthersAreEnough() {
        shop.policy = Policies.of(rule(2), may("members", REQUEST), may("@oncall", APPROVE));
        shop.people.group("@oncall", LEAD.id(), SECOND.id());
        shop.beforeGuard = () -> {
            shop.policy = Policies.of(rule(1), may("members", REQUEST), may("@oncall", APPROVE));
            shop.people.group("@oncall", LEAD.id());
        };
        shop.engine();
        String name = shop.planned();
        shop.approve(name, LEADING);
        shop.approve(name, SECONDING);

        await().until(() -> shop.undos() == 1);

        assertThat(Objects.requireNonNull(shop.now(name).statusOrInitial().approvals())
                        .by())
                .containsExactly(LEAD.id());
    }

    @Test
    void policyTightenedRightBeforeTheChange_stopsIt() {
        shop.beforeGuard = () -> shop.policy = needing(2);
        shop.engine();
        String name = shop.planned();
        shop.approve(name, LEADING);
        shop.awaitMessage(name, "1 of 2 approvals is there.");
        assertThat(shop.undos()).isZero();
        shop.approve(name, SECONDING);
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void lockRightBeforeTheChange_stopsIt() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        shop.beforeGuard = () -> shop.locks.lock(LEADING, Optional.empty(), "stop everything");
        shop.engine();
        String name = shop.planned();
        shop.approve(name, LEADING);
        shop.awaitMessage(name, "stop everything");
        assertThat(shop.undos()).isZero();
        shop.beforeGuard = () -> {};
        shop.locks.unlock(LEADING, Optional.empty());
        shop.awaitPhase(name, Phase.RUNNING);
        await().until(() -> shop.undos() == 1);
    }

    @Test
    void slackThatDoesNotAnswer_isWaitedFor() {
        String name = shop.plannedWithoutEngine();
        shop.approve(name, LEADING);
        shop.people.reachable(false);
        shop.engine();
        shop.awaitMessage(name, "Slack could not tell me whether the approval of lead still counts");
        assertThat(shop.undos()).isZero();
        shop.people.reachable(true);
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void policyAtTheTimeOfTheChange_counts() {
        String name = shop.plannedWithoutEngine();
        shop.approve(name, LEADING);
        shop.policy = needing(2);
        shop.engine();
        shop.awaitMessage(name, "1 of 2 approvals is there.");
        shop.policy = needing(1);
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void clickFromBeforeTheNameHadToBeTyped_doesNotCountUntilItIs() {
        String name = shop.plannedWithoutEngine();
        shop.approve(name, LEADING);
        shop.policy = TYPED;
        shop.engine();
        shop.awaitMessage(name, "so the click of lead does not count");
        assertThat(shop.undos()).isZero();

        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.NeedsTyping.class);
        var typed = new NewDecision(
                Verdict.Approved, LEADING, shop.hash(name), Optional.of("prod-eu/production/checkout"), "");
        assertThat(shop.rollbacks.decide("production", name, typed)).isInstanceOf(Decided.Recorded.class);
        shop.awaitPhase(name, Phase.RUNNING);
        assertThat(shop.now(name).getSpec().decisions())
                .extracting(RollbackSpec.Decision::typed)
                .containsExactly(null, true);
    }

    @Test
    void policyThatBeginsToWantTypingRightBeforeTheChange_stopsIt() {
        shop.beforeGuard = () -> shop.policy = TYPED;
        shop.engine();
        String name = shop.planned();
        shop.approve(name, LEADING);
        shop.awaitMessage(name, "so the click of lead does not count");
        assertThat(shop.undos()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, from, 0", "1, until, 1"})
    void storedPlanThatLacksWhatAStepNeeds_failsAndSaysSo_insteadOfBeingTriedForEver(
            int step, String parameter, long undos) {
        String name = shop.plannedWithoutEngine();
        Rollback planned = shop.now(name);
        Plan plan = Objects.requireNonNull(planned.statusOrInitial().plan());
        List<PlannedStep> steps = new ArrayList<>(plan.steps());
        steps.set(step, new PlannedStep(steps.get(step).type(), "altered", Map.of()));
        Plan altered = Plan.of(
                planned.target(), plan.targetUid(), plan.from(), plan.to(), plan.changes(), plan.findings(), steps);
        new Store(shop.client).updateStatus(planned, planned.statusOrInitial().with(s -> s.plan = altered));
        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);
        shop.engine();
        assertThat(shop.awaitPhase(name, Phase.FAILED).message()).contains("has no parameter " + parameter);
        assertThat(shop.undos()).isEqualTo(undos);
    }
}
