package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.LEADING;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.stepback.access.Acting;
import dev.stepback.audit.Audit;
import dev.stepback.policy.Policy;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Checkout.Fate;
import dev.stepback.rollback.MortalShop.Engine;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetType;
import dev.stepback.target.deployment.DeploymentTarget;
import dev.stepback.target.workload.Borrowed;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A fast rollback whose bot dies at any one of its writes, the one before it done, and is followed by another one: the
 * strategy is always as it was in the end.
 */
class FastCrashTest {
    private static boolean hurrying;
    private static MortalShop shop;
    private Checkout checkout;

    /** How the rollout goes. */
    enum Story {
        WORKS(Fate.GET_READY, Phase.SUCCEEDED),
        FAILS(Fate.CRASH, Phase.FAILED),
        IS_STOPPED(Fate.HANG, Phase.CANCELLED),
        IS_REPLACED(Fate.HANG, Phase.FAILED),
        TAKES_TOO_LONG(Fate.HANG, Phase.FAILED);

        final Fate fate;
        final Phase end;

        Story(Fate fate, Phase end) {
            this.fate = fate;
            this.end = end;
        }
    }

    @BeforeAll
    static void open() throws Exception {
        shop = new MortalShop(Policy.DEFAULT, FastCrashTest::targets, () -> new HurryingClock(() -> hurrying));
    }

    @AfterAll
    static void close() {
        shop.close();
    }

    @BeforeEach
    void aloneWithItsTime() {
        hurrying = false;
        shop.acting = Optional.empty();
        shop.newNamespace();
        // So that everything has its time to happen in the middle of the rollout.
        checkout = new Checkout(shop, Fate.HANG);
    }

    @ParameterizedTest
    @EnumSource(Story.class)
    void botThatDiesAtAnyWrite_leavesTheStrategyAsItWas(Story story) {
        hurrying = story == Story.TAKES_TOO_LONG;
        shop.eachWrite(
                false,
                () -> begin(story),
                (name, status) -> goesOn(story, name, status),
                (status, name, what) -> holds(story, status, what));
    }

    @Test
    void deploymentThatIsDeletedInBetween_fails() {
        String name = begin();
        shop.healthy.look(name);
        assertThat(surge()).isEqualTo("100%");
        checkout.resource().delete();
        shop.healthy.look(name);
        shop.healthy.look(name);
        RollbackStatus status = shop.now(name);
        assertThat(status.phase()).isEqualTo(Phase.FAILED);
        assertThat(status.message()).contains("was deleted");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoeverLetItGoAndIsNobodyNow_itIsPutBackAllTheSame(boolean undecided) {
        checkout = new Checkout(shop, Fate.GET_READY_LATER);
        String name = begin();
        shop.healthy.look(name);
        assertThat(surge()).isEqualTo("100%");
        shop.acting = Optional.of(new Acting.Nobody("lead has left", undecided));
        try (Engine other = shop.another()) {
            assertThat(shop.carriesOut(other, name, (n, status) -> goesOn(Story.WORKS, n, status)))
                    .isTrue();
        }
        assertThat(shop.now(name).phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(surge()).isEqualTo("25%");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rollbackThatIsDeletedInBetween_isTidiedUpAfter(boolean leading) {
        String name = begin();
        shop.healthy.look(name);
        assertThat(surge()).isEqualTo("100%");
        try (Housekeeping housekeeping = housekeeping(leading)) {
            assertThat(housekeeping.giveBack()).isZero();
            shop.client
                    .resources(Rollback.class)
                    .inNamespace(shop.namespace())
                    .withName(name)
                    .delete();
            assertThat(housekeeping.giveBack()).isEqualTo(leading ? 1 : 0);
            assertThat(housekeeping.giveBack()).isZero();
        }
        assertThat(surge()).isEqualTo(leading ? "25%" : "100%");
        assertThat(checkout.live().getMetadata().getAnnotations().containsKey(Borrowed.NOTE))
                .isEqualTo(!leading);
    }

    /** Whoever may write a Deployment can write a note, too; it must not keep others from what is theirs. */
    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "..", "a/b", "a?b", "A%00"})
    void noteThatNamesNoRollback_isInNobodysWay(String rollback) {
        String name = begin();
        shop.healthy.look(name);
        Deployment forged = new DeploymentBuilder(checkout.live())
                .withNewMetadata()
                .withNamespace(shop.namespace())
                .withName("a-note")
                .addToAnnotations(
                        Borrowed.NOTE,
                        new Borrowed(Borrowed.MAX_SURGE, TextNode.valueOf("1%"), TextNode.valueOf("100%"))
                                .note(rollback))
                .endMetadata()
                .build();
        shop.client.resource(forged).create();
        shop.client
                .resources(Rollback.class)
                .inNamespace(shop.namespace())
                .withName(name)
                .delete();

        try (Housekeeping housekeeping = housekeeping(true)) {
            assertThat(housekeeping.giveBack()).isEqualTo(1);
        }
        assertThat(surge()).isEqualTo("25%");
    }

    private static Housekeeping housekeeping(boolean leading) {
        return new Housekeeping(
                shop.client,
                shop.config(),
                targets(shop.client),
                null,
                r -> {},
                () -> leading,
                Audit.NONE,
                Clock.systemUTC());
    }

    private void holds(Story story, RollbackStatus status, String what) {
        assertThat(status.phase()).as(what + ": " + status.message()).isEqualTo(story.end);
        assertThat(surge()).as(what).isEqualTo("25%");
        assertThat(checkout.live().getMetadata().getAnnotations()).as(what).doesNotContainKey(Borrowed.NOTE);
        assertThat(status.message()).as(what).endsWith("maxSurge is 25%, as it was before.");
    }

    private void goesOn(Story story, String name, RollbackStatus status) {
        if (status.patchedAt() == null || status.ending() != null) {
            return;
        }
        switch (story) {
            case WORKS, FAILS -> checkout.rollOut();
            case IS_STOPPED -> shop.rollbacks.stop(shop.namespace(), name, LEADING, Midway.Pause);
            case IS_REPLACED -> checkout.replaced();
            case TAKES_TOO_LONG -> {}
        }
    }

    private String surge() {
        return String.valueOf(checkout.live()
                .getSpec()
                .getStrategy()
                .getRollingUpdate()
                .getMaxSurge()
                .getValue());
    }

    private static List<TargetType> targets(KubernetesClient client) {
        return List.of(new DeploymentTarget(client, new Redactor(List.of()), Clock.systemUTC()));
    }

    /** An approved fast rollback that nobody has begun; its name. */
    private String begin() {
        return shop.approved(checkout.ref(), new PlanOptions(true, false, false));
    }

    private String begin(Story story) {
        checkout = new Checkout(shop, story.fate);
        return begin();
    }
}
