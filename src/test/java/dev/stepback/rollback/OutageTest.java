package dev.stepback.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The API server is away for longer than a Lease is good. */
class OutageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Shop shop = new Shop();

    @AfterEach
    void close() throws Exception {
        shop.cluster.faults().clear();
        shop.close();
    }

    @Test
    void outageInTheMiddleOfARollout_isSurvived() {
        RollbackOperator engine = shop.engine();
        String name = shop.requestAndApprove("delivery");
        awaitWaiting(name);

        outage(engine);
        shop.rollout("done");

        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isEqualTo(1);
    }

    @Test
    void outageBeforeTheApproval_isSurvived() {
        RollbackOperator engine = shop.engine();
        String name = shop.request("delivery").getMetadata().getName();
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);

        outage(engine);
        shop.approve(name);
        shop.finishRollout(name);

        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isEqualTo(1);
    }

    @Test
    void leaseThatMayNotBeHad_isNamed_untilItMay() {
        shop.cluster.faults().deny("get", "leases.coordination.k8s.io");
        RollbackOperator engine = shop.engine();
        await().atMost(PATIENCE).until(() -> engine.health().get().contains("\"leases\""));

        shop.cluster.faults().clear();

        await().atMost(PATIENCE).until(engine::leading);
        assertThat(engine.health().get()).isEmpty();
    }

    @Test
    void apiServerThatIsAwayAtTheStart_isWaitedFor() {
        shop.sandbox().goAway();
        RollbackOperator engine = shop.engine();
        await().atMost(PATIENCE).until(() -> engine.health().get().contains("has not answered"));

        shop.sandbox().comeBack();

        await().atMost(PATIENCE).until(engine::leading);
        assertThat(engine.health().get()).isEmpty();
        shop.awaitPhase(shop.request("delivery").getMetadata().getName(), Phase.AWAITING_APPROVAL);
    }

    @Test
    void leaderThatCannotRenewItsLease_doesNothingUntilItLeadsAgain() {
        RollbackOperator engine = shop.engine();
        String name = shop.request("delivery").getMetadata().getName();
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
        shop.cluster.faults().fail(1_000_000, 503, "get", "leases.coordination.k8s.io");
        await().atMost(PATIENCE).until(() -> !engine.leading());

        shop.approve(name);
        long asked = askedForTheLease();
        await().atMost(PATIENCE).until(() -> askedForTheLease() > asked + 5);

        assertThat(shop.now(name).statusOrInitial().phase()).isEqualTo(Phase.AWAITING_APPROVAL);
        assertThat(shop.undos()).isZero();
        shop.cluster.faults().clear();
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isEqualTo(1);
    }

    private void outage(RollbackOperator engine) {
        shop.sandbox().goAway();
        await().atMost(PATIENCE).until(() -> !engine.leading());
        shop.sandbox().comeBack();
        await().atMost(PATIENCE).until(engine::leading);
    }

    private void awaitWaiting(String name) {
        await().atMost(PATIENCE)
                .until(() -> shop.now(name).statusOrInitial().message().startsWith("waiting"));
    }

    private long askedForTheLease() {
        return shop.cluster.requests().stream()
                .filter(r -> r.resource().startsWith("leases"))
                .count();
    }
}
