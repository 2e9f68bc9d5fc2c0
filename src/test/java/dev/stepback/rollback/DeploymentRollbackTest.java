package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.target.BadRevision;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine with real Deployments and the controllers that roll them out. */
class DeploymentRollbackTest {
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
    void badRelease_isRolledBackAndStaysKnownBad() {
        Rollback first = shop.rollBack("first", OptionalLong.empty());

        assertThat(shop.image()).isEqualTo("shop/checkout:1.1");
        assertThat(first.statusOrInitial().message()).contains("successfully rolled out");
        assertThat(first.statusOrInitial().rollout()).isNotNull();
        assertThat(shop.rollbacks.knownBad(TARGET)).hasSize(1);

        shop.rollBack("second", OptionalLong.empty());

        assertThat(shop.image()).isEqualTo("shop/checkout:1.0");
        assertThat(shop.patches()).isEqualTo(2);
    }

    @Test
    void twoBadReleasesInARow_areBothPassedOver_evenOnceAGoodOneRuns() {
        try (RolloutWatch watch = new RolloutWatch(shop.targets, Clock.systemUTC());
                var deployments = shop.client
                        .apps()
                        .deployments()
                        .inNamespace("production")
                        .inform(watch)) {
            watch.start(shop.operator::leading);
            shop.awaitWarnings("shop/checkout:1.2-crash");
            shop.release("shop/checkout:1.3-crash");
            shop.awaitRevisions(4);

            await().untilAsserted(
                            () -> assertThat(shop.rollbacks.knownBad(TARGET).values())
                                    .singleElement()
                                    .satisfies(bad -> assertThat(bad.detail()).contains("BackOff")));
            await().until(() -> shop.client.apps().replicaSets().inNamespace("production").list().getItems().stream()
                    .anyMatch(rs -> rs.getMetadata().getAnnotations().containsKey("stepback.dev/rollout-failed")));
            assertThat(shop.rollBack("first", OptionalLong.empty())
                            .statusOrInitial()
                            .plan())
                    .satisfies(plan -> assertThat(plan.to().number()).isEqualTo(2));

            shop.release("shop/checkout:1.4");
            shop.awaitImage("shop/checkout:1.4");
            assertThat(deployments.hasSynced()).isTrue();
            assertThat(shop.rollbacks.knownBad(TARGET).values())
                    .extracting(BadRevision::why)
                    .containsExactlyInAnyOrder(BadRevision.Why.ROLLED_BACK, BadRevision.Why.ROLLOUT_FAILED);
        }
    }

    @Test
    void revisionThatCrashes_failsAtItsDeadlineAndNamesThePods() {
        shop.rollBack("first", OptionalLong.of(2));
        shop.client
                .apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"progressDeadlineSeconds\":2}}");
        String name = shop.open("second", OptionalLong.of(3));
        shop.approve(name);

        RollbackStatus status = shop.awaitPhase(name, Phase.FAILED);

        assertThat(status.rollout()).isNotNull();
        assertThat(Objects.requireNonNull(status.rollout()).problems()).isNotEmpty();
    }

    @Test
    void clickToPatch_takesFewCalls() {
        String name = shop.open("first", OptionalLong.empty());
        shop.cluster.clearRequests();

        shop.approve(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);

        List<String> calls = shop.cluster.requests().stream()
                .filter(r ->
                        r.resource().startsWith("rollbacks") || r.resource().startsWith("deployments"))
                .filter(r -> !r.verb().equals("watch"))
                .map(r -> r.verb() + " " + r.resource() + (r.subresource().isEmpty() ? "" : "/" + r.subresource()))
                .toList();
        assertThat(calls.subList(0, calls.indexOf("patch deployments.apps") + 1))
                .filteredOn(c -> !c.equals("get rollbacks.stepback.dev"))
                .containsExactly(
                        "update rollbacks.stepback.dev",
                        "update rollbacks.stepback.dev/status",
                        // The step looks whether it is done already; then the plan is made again.
                        "get deployments.apps",
                        "get deployments.apps",
                        "patch deployments.apps");
    }

    @Test
    void deployWhileTheBotIsDown_voidsTheApprovalAndIsNamed() {
        String name = shop.open("first", OptionalLong.empty());
        shop.operator.close();
        shop.approve(name);
        shop.release("shop/checkout:1.3");
        shop.operator = shop.engine();

        RollbackStatus status = shop.awaitPhase(name, Phase.SUPERSEDED);

        assertThat(status.message()).contains("was changed by").contains("shop/checkout:1.3");
        assertThat(status.patchedAt()).isNull();
        assertThat(shop.image()).isEqualTo("shop/checkout:1.3");
        assertThat(shop.patches()).isZero();
    }
}
