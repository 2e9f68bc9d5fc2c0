package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.target.BadRevision;
import dev.stepback.target.Operation;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pause, resume and restart of real Deployments, and a rollout that is stopped midway. */
class DeploymentOperationsTest {
    private LiveShop shop;

    @BeforeEach
    void start() throws Exception {
        shop = new LiveShop();
    }

    @AfterEach
    void stop() throws Exception {
        shop.close();
    }

    @Test
    void pausedDeployment_isResumed_andThenRolledBack() {
        shop.patch("{\"spec\":{\"paused\":true}}");
        shop.release("shop/checkout:1.3");

        Rollback resumed = shop.carryOut("first", Operation.RESUME);

        assertThat(resumed.statusOrInitial().message()).contains("successfully rolled out");
        assertThat(shop.deployment().getSpec().getPaused()).isNull();
        assertThat(shop.image()).isEqualTo("shop/checkout:1.3");
        assertThat(shop.deployment().getMetadata().getAnnotations())
                .containsEntry(Rollback.MARK, resumed.getMetadata().getName());
        assertThat(shop.rollbacks.knownBad(TARGET).values()).noneMatch(bad -> bad.why() == BadRevision.Why.ROLLED_BACK);

        assertThat(shop.rollBack("second", OptionalLong.of(2)).statusOrInitial().plan())
                .satisfies(plan -> assertThat(plan.to().number()).isEqualTo(2));
    }

    @Test
    void pauseAndRestart_areNoRollbacks() {
        shop.rollBack("first", OptionalLong.empty());
        var bad = shop.rollbacks.knownBad(TARGET);
        List<String> before = shop.pods();

        Rollback restarted = shop.carryOut("second", Operation.RESTART);

        assertThat(restarted.statusOrInitial().message()).contains("successfully rolled out");
        await().untilAsserted(() -> assertThat(shop.pods()).hasSize(3).doesNotContainAnyElementsOf(before));
        assertThat(shop.image()).isEqualTo("shop/checkout:1.1");
        assertThat(shop.deployment().getSpec().getTemplate().getMetadata().getAnnotations())
                .containsKey("kubectl.kubernetes.io/restartedAt");

        Rollback paused = shop.carryOut("third", Operation.PAUSE);

        assertThat(shop.deployment().getSpec().getPaused()).isTrue();
        assertThat(paused.statusOrInitial().rollout()).isNull();
        assertThat(shop.rollbacks.knownBad(TARGET)).isEqualTo(bad);
    }

    @Test
    void rolloutUnderWay_isStoppedByWhoeverMayApprove_andResumed() {
        String name = underWay();

        assertThat(shop.rollbacks.stop("production", name, LEADING, RollbackSpec.Midway.Pause))
                .isInstanceOf(Rollbacks.Decided.Recorded.class);
        shop.awaitPhase(name, Phase.CANCELLED);

        assertThat(shop.deployment().getSpec().getPaused()).isTrue();
        assertThat(shop.image()).isEqualTo("shop/checkout:1.3-neverready");
        assertThat(shop.now(name).statusOrInitial().message()).isEmpty();
        assertThat(shop.now(name).statusOrInitial().standstill())
                .isEqualTo(new RollbackStatus.Standstill(
                        "It is paused where it is: pods of both revisions serve until somebody goes on.", true));
        assertThat(shop.rollbacks.stop("production", name, LEADING, RollbackSpec.Midway.Pause))
                .isInstanceOf(Rollbacks.Decided.AlreadyRecorded.class);

        Rollback resume = shop.now(shop.open(LiveShop.request("resume", Operation.RESUME)));
        assertThat(resume.statusOrInitial().plan()).isNotNull();
        assertThat(Objects.requireNonNull(resume.statusOrInitial().plan()).to().images())
                .containsValue("shop/checkout:1.3-neverready");
    }

    @Test
    void stopWrittenByHand_inTheNameOfSomebodyWhoMayNot_pausesNothing() {
        String name = underWay();

        var wish =
                new RollbackSpec.Cancellation(new Person("U0GUEST", "guest"), Instant.now(), RollbackSpec.Midway.Pause);
        Store store = new Store(shop.client);
        // The engine writes the status at the same time.
        store.lookAndTry(
                "production",
                name,
                rollback -> store.update(
                        Store.with(rollback, rollback.getSpec().withCancellation(wish), rollback.statusOrInitial())));
        shop.awaitPhase(name, Phase.CANCELLED);

        assertThat(shop.deployment().getSpec().getPaused()).isNotEqualTo(true);
        assertThat(shop.now(name).statusOrInitial().message()).contains("could not be held", "guest");
    }

    @Test
    void whoGoesForward_makesRoomForTheRollbackThatDoesIt() {
        String name = underWay();

        assertThat(shop.rollbacks.stop("production", name, ASKING, RollbackSpec.Midway.GoOn))
                .isInstanceOf(Rollbacks.Decided.Recorded.class);
        shop.awaitPhase(name, Phase.CANCELLED);

        assertThat(shop.deployment().getSpec().getPaused()).isNull();
        shop.rollBack(
                "forward",
                OptionalLong.of(
                        Objects.requireNonNull(shop.now(name).statusOrInitial().plan())
                                .from()
                                .number()));
        assertThat(shop.image()).isEqualTo("shop/checkout:1.1");
    }

    /** Name of a rollback whose rollout does not end. */
    private String underWay() {
        shop.release("shop/checkout:1.3-neverready");
        shop.awaitRevisions(4);
        shop.rollBack("good", OptionalLong.of(2));
        String name = shop.open("bad", OptionalLong.of(4));
        shop.approve(name);
        await().until(() -> shop.now(name).statusOrInitial().rollout() != null);
        return name;
    }
}
