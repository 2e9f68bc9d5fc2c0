package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.LEADING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.policy.Policy;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Checkout.Fate;
import dev.stepback.rollback.MortalShop.Engine;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetType;
import dev.stepback.target.deployment.DeploymentTarget;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A rollback that is stopped in the middle and taken forward again, by a bot that dies right after any one of its writes and
 * is followed by another one: what was stopped never goes on for a moment.
 */
class ForwardCrashTest {
    private static MortalShop shop;
    private Checkout checkout;

    @BeforeAll
    static void open() throws Exception {
        shop = new MortalShop(Policy.DEFAULT, ForwardCrashTest::targets, Clock::systemUTC);
    }

    @AfterAll
    static void close() {
        shop.close();
    }

    @BeforeEach
    void namespace() {
        shop.newNamespace();
        checkout = new Checkout(shop, Fate.GET_READY_LATER);
    }

    @Test
    void botThatDiesAfterAnyWrite_neverLetsTheRollbackGoOn() {
        shop.eachWrite(true, this::underWay, this::dies);
    }

    /** @return whether the engine died: false when it had done everything before it got there */
    private boolean dies(Engine mortal, String name, int write) {
        String what = "died at write " + write;
        assertThat(shop.rollbacks.stop(shop.namespace(), name, LEADING, Midway.Pause))
                .isInstanceOf(Rollbacks.Decided.Recorded.class);
        boolean died = ends(mortal, name, what);
        assertThat(shop.now(name).phase()).as(what).isEqualTo(Phase.CANCELLED);
        assertThat(checkout.restored()).as(what).isTrue();
        assertThat(paused()).as(what).isTrue();

        Engine next = died ? shop.healthy : mortal;
        String forward = shop.approved(checkout.ref(), 2, PlanOptions.NONE);
        died |= ends(next, forward, what);
        assertThat(shop.now(forward).phase()).as(what).isEqualTo(Phase.SUCCEEDED);
        assertThat(checkout.restored()).as(what).isFalse();
        assertThat(paused()).as(what).isFalse();
        assertThat(checkout.live().getMetadata().getAnnotations())
                .as(what)
                .containsEntry(Rollback.MARK, forward)
                .doesNotContainKey("stepback.dev/halted-by");
        return died;
    }

    /** By this engine, and by a healthy one when it dies. @return whether it died */
    private boolean ends(Engine engine, String name, String what) {
        boolean died = !comesToItsEnd(engine, name, what);
        if (died) {
            assertThat(comesToItsEnd(shop.healthy, name, what)).as(what).isTrue();
        }
        return died;
    }

    private boolean comesToItsEnd(Engine engine, String name, String what) {
        boolean stopped = paused();
        for (int i = 0; i < 30; i++) {
            boolean lives = engine.look(name);
            stopped |= paused();
            assertThat(stopped && !paused() && checkout.restored())
                    .as("it goes on, " + what)
                    .isFalse();
            if (!lives || shop.now(name).phase().terminal()) {
                return lives;
            }
            if (!checkout.restored()) {
                checkout.rollOut();
            }
        }
        throw new AssertionError("no end in sight: " + shop.now(name));
    }

    private boolean paused() {
        Deployment live = checkout.live();
        return Objects.equals(live.getSpec().getPaused(), true);
    }

    /** A rollback in the middle of a rollout that does not end; its name. */
    private String underWay() {
        checkout = new Checkout(shop, Fate.GET_READY_LATER);
        String name = shop.approved(checkout.ref(), PlanOptions.NONE);
        while (shop.now(name).rollout() == null) {
            shop.healthy.look(name);
        }
        assertThat(checkout.restored()).isTrue();
        return name;
    }

    private static List<TargetType> targets(KubernetesClient client) {
        return List.of(new DeploymentTarget(client, new Redactor(List.of()), Clock.systemUTC()));
    }
}
