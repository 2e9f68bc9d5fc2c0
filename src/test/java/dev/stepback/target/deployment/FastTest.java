package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.workload.Refusals;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How fast a rollback can go, and what is said of it. */
class FastTest {
    private final FastShop shop = new FastShop();

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void plan_saysWhatItRaises_andThatItIsPutBack() {
        Plan plan = shop.plan();

        assertThat(plan.steps())
                .extracting(PlannedStep::type)
                .containsExactly("deployment.undo", "deployment.await-rollout", "deployment.restore-strategy");
        assertThat(plan.steps()).extracting(PlannedStep::always).containsExactly(false, false, true);
        assertThat(shop.how(plan))
                .isEqualTo("Restore the template of revision 2, all new pods at once (maxSurge 25% → 100%, put back"
                        + " afterwards)");
        assertThat(plan.steps().get(2).description()).isEqualTo("Put maxSurge back to 25%");
        assertThat(shop.finding(plan)).isEqualTo(Finding.pass("fast", "There is room for 3 more pods."));
        assertThat(plan.blocked()).isFalse();
    }

    @Test
    void roomThatChangesAfterThePlan_disturbsNothing() {
        Plan plan = shop.plan();
        shop.quota("{pods: '1'}", "{pods: '1'}");

        assertThat(shop.target.changedSince(Shop.CHECKOUT, plan)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{pods: '20'}               | {pods: '18'}               | {}                               | 2",
                "{requests.cpu: '4'}        | {requests.cpu: 2500m}      | {requests: {cpu: 500m}}          | 3",
                "{requests.cpu: '4'}        | {requests.cpu: '3'}        | {requests: {cpu: 500m}}          | 2",
                "{memory: 4Gi}              | {memory: 2Gi}              | {limits: {memory: 1Gi}}          | 2",
                "{limits.memory: 4Gi}       | {}                         | {limits: {memory: 2Gi}}          | 2",
                "{requests.cpu: '1'}        | {requests.cpu: '1'}        | {}                               | 3",
                "{secrets: '1'}             | {secrets: '1'}             | {requests: {cpu: '1'}}           | 3"
            })
    void quota_capsIt(String hard, String used, String resources, int expected) {
        shop.requests(resources);
        shop.quota(hard, used);
        Plan plan = shop.plan();
        assertThat(shop.how(plan))
                .contains(
                        expected == 3
                                ? "all new pods at once (maxSurge 25% → 100%"
                                : "up to 2 new pods at once" + " (maxSurge 25% → 2,");
        assertThat(shop.finding(plan).verdict()).isEqualTo(expected == 3 ? Finding.Verdict.PASS : Finding.Verdict.WARN);
    }

    @Test
    void nodes_capIt_withWhatTheirPodsLeave() {
        shop.requests("{requests: {cpu: '4'}}");
        shop.pod("busy", "node-1", "Running", "6");
        shop.pod("ended", "node-1", "Succeeded", "9");
        shop.node("node-2", "3", "64Gi");
        Plan plan = shop.plan();

        assertThat(shop.how(plan)).contains("up to 2 new pods at once (maxSurge 25% → 2,");
        assertThat(shop.finding(plan).message())
                .isEqualTo("There is room for 2 of 3 new pods at once; the others follow as old ones stop.");

        ((ObjectNode) shop.api.get("/api/v1/nodes/node-1")).withObject("/spec").put("unschedulable", true);
        assertThat(shop.finding(shop.plan()).message())
                .isEqualTo("Fast changes nothing: there is no room for more pods, and maxSurge is 25% already.");
        assertThat(shop.plan().steps()).hasSize(2);
    }

    @Test
    void whatCannotBeLookedAt_isSaid() {
        shop.api.fail("/nodes", 403);
        shop.api.fail("/resourcequotas", 403);
        Plan plan = shop.plan();

        assertThat(shop.how(plan)).contains("maxSurge 25% → 100%");
        assertThat(shop.finding(plan))
                .isEqualTo(Finding.warn(
                        "fast",
                        "Whether there is room for 3 more pods could not be looked at (quotas and nodes); pods without"
                                + " room wait."));
    }

    @Test
    void recreate_hasNothingToRaise() {
        ((ObjectNode) shop.api.get(Shop.PATH).path("spec"))
                .withObject("/strategy")
                .put("type", "Recreate");
        Plan plan = shop.plan();

        assertThat(plan.steps()).hasSize(2);
        assertThat(shop.finding(plan))
                .isEqualTo(
                        Finding.warn("fast", "Fast changes nothing: with Recreate all new pods start at once anyway."));
    }

    @ParameterizedTest
    @CsvSource({"100%, true", "3, true", "150%, true", "67%, true", "66%, false", "2, false"})
    void maxSurgeThatIsEnough_isLeftAlone(String surge, boolean enough) {
        if (surge.endsWith("%")) {
            shop.surge(surge);
        } else {
            shop.surge(Integer.valueOf(surge));
        }
        assertThat(shop.plan().steps()).hasSize(enough ? 2 : 3);
    }

    @ParameterizedTest
    @CsvSource({
        "DEPLOYMENT,  UNDO,    fast,         false",
        "DEPLOYMENT,  UNDO,    byPartition,  true",
        "DEPLOYMENT,  RESTART, fast,         true",
        "DEPLOYMENT,  PAUSE,   fast,         true",
        "STATEFULSET, UNDO,    fast,         true",
        "STATEFULSET, UNDO,    byPartition,  false",
        "STATEFULSET, RESTART, byPartition,  true",
        "DAEMONSET,   UNDO,    fast,         true",
        "DAEMONSET,   UNDO,    byPartition,  true"
    })
    void whatAKindCannotDo_isRefused(Kind kind, Operation operation, String option, boolean refused) {
        boolean fast = option.equals("fast");
        PlanRequest request =
                new PlanRequest(operation, OptionalLong.empty(), Map.of(), new PlanOptions(fast, !fast, false));
        assertThat(Refusals.options(kind, request)
                        .filter(r -> r.reason() == PlanResult.Reason.NOT_SUPPORTED)
                        .filter(r -> r.message().contains("Type the same without"))
                        .isPresent())
                .isEqualTo(refused);
    }
}
