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
import dev.stepback.target.workload.Room;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
                        "Whether quotas (cannot be looked at) and nodes (cannot be looked at) have room for 3 more pods"
                                + " is not known: those that find none wait for old ones to stop."));
    }

    @Test
    void room_isCountedWhileTheChecksAreMade() {
        CountDownLatch checked = new CountDownLatch(1);
        AtomicBoolean beside = new AtomicBoolean();
        shop.api.beforeRequest = path -> {
            if (path.endsWith("/selfsubjectaccessreviews")) {
                checked.countDown();
            } else if (path.equals("/api/v1/pods")) {
                beside.set(waited(checked));
            }
        };

        assertThat(shop.how(shop.plan())).contains("maxSurge 25% → 100%");
        assertThat(beside).isTrue();
    }

    /** With what is waited for little: 600 ms. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/v1/pods                                   | 3 | maxSurge 25% → 100% | Whether nodes (not counted"
                        + " within",
                "/api/v1/namespaces/production/resourcequotas   | 2 |                     | Fast changes nothing: the"
                        + " room in the quotas could not be counted"
            })
    void roomThatIsNotCountedInTime_isNotWaitedFor(String held, int steps, String how, String said) {
        CountDownLatch released = new CountDownLatch(1);
        shop.api.beforeRequest = path -> {
            if (path.equals(held)) {
                waited(released);
            }
        };
        Plan plan = shop.plan(Duration.ofMillis(900));
        released.countDown();

        assertThat(plan.steps()).hasSize(steps);
        assertThat(shop.how(plan)).contains(how == null ? "Restore the template of revision 2" : how);
        assertThat(shop.finding(plan).verdict()).isEqualTo(Finding.Verdict.WARN);
        assertThat(shop.finding(plan).message()).contains(said);
        assertThat(plan.findings()).filteredOn(f -> f.check().equals("dry-run")).hasSize(1);
    }

    private static boolean waited(CountDownLatch latch) {
        try {
            return latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2    | late   | 2    | At most 2 of 3 new pods start at once. Whether nodes (not counted within 2 s)"
                        + " have room for 2 more pods is not known: those that find none wait for old ones to stop.",
                "0    | late   |      | Fast changes nothing: there is no room for more pods, and maxSurge is 25%"
                        + " already.",
                "none | late   | 100% | Whether nodes (not counted within 2 s) have room for 3 more pods is not known:"
                        + " those that find none wait for old ones to stop.",
                "none | unread | 100% | Whether nodes (cannot be looked at) have room for 3 more pods is not known:"
                        + " those that find none wait for old ones to stop.",
                "late | 9      |      | Fast changes nothing: the room in the quotas could not be counted within 2 s;"
                        + " ask again to have it tried once more."
            })
    void whatIsNotKnown_isSaid_andTakenCarefully(String quotas, String nodes, String surge, String said) {
        Workload workload = new Workload(Shop.CHECKOUT, shop.api.get(Shop.PATH), List.of());
        Pace pace = Pace.fast(workload, new Room(count(quotas), count(nodes)));

        assertThat(pace.borrowed().map(b -> b.meanwhile().asText())).isEqualTo(Optional.ofNullable(surge));
        assertThat(pace.finding()).contains(Finding.warn("fast", said));
    }

    private static Room.Count count(String text) {
        return switch (text) {
            case "none" -> new Room.Count.Unlimited();
            case "late" -> new Room.Count.Late(Duration.ofSeconds(2));
            case "unread" -> new Room.Count.Unread();
            default -> new Room.Count.Pods(Integer.parseInt(text));
        };
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
