package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Attribution;
import dev.stepback.target.Finding;
import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.LastApplied;
import dev.stepback.target.workload.Refusals;
import dev.stepback.target.workload.RestoreStrategyStep;
import dev.stepback.target.workload.Yaml;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rollbacks that start all new pods at once. */
class FastTest {
    private final FakeApiServer api = new FakeApiServer();
    private final DeploymentTarget target =
            new DeploymentTarget(api.client(), new Redactor(List.of()), Clock.systemUTC());

    @BeforeEach
    void fill() {
        Shop.fill(api);
        surge("25%");
        node("node-1", "16", "64Gi");
    }

    @AfterEach
    void close() {
        api.close();
    }

    private void surge(Object value) {
        ObjectNode rolling = ((ObjectNode) api.get(Shop.PATH).path("spec")).withObject("/strategy/rollingUpdate");
        if (value instanceof Integer number) {
            rolling.put("maxSurge", number);
        } else {
            rolling.put("maxSurge", String.valueOf(value));
        }
    }

    private JsonNode surge() {
        return api.get(Shop.PATH).at(Borrowed.MAX_SURGE);
    }

    private void node(String name, String cpu, String memory) {
        api.put("/api/v1/nodes/" + name, (ObjectNode) Yaml.parse("""
            metadata: {name: %s}
            status:
              allocatable: {cpu: '%s', memory: %s, pods: '110'}
              conditions: [{type: Ready, status: 'True'}]
            """.formatted(name, cpu, memory)));
    }

    private void quota(String hard, String used) {
        api.put("/api/v1/namespaces/production/resourcequotas/q", (ObjectNode)
                Yaml.parse("{metadata: {name: q}, spec: {hard: %s}, status: {used: %s}}".formatted(hard, used)));
    }

    private void requests(String resources) {
        for (String path : List.of(Shop.PATH, "/apis/apps/v1/namespaces/production/replicasets/checkout-h20")) {
            ((ObjectNode) api.get(path).at("/spec/template/spec/containers/0")).set("resources", Yaml.parse(resources));
        }
    }

    private static PlanRequest fast() {
        return new PlanRequest(Operation.UNDO, OptionalLong.of(2), Map.of(), new PlanOptions(true, false, false));
    }

    private Plan plan() {
        PlanResult result = target.plan(Shop.CHECKOUT, fast());
        assertThat(result).isInstanceOf(PlanResult.Planned.class);
        return ((PlanResult.Planned) result).plan();
    }

    private static Finding finding(Plan plan) {
        return plan.findings().stream()
                .filter(f -> f.check().equals("fast"))
                .findFirst()
                .orElseThrow();
    }

    private static String how(Plan plan) {
        return plan.steps().get(0).description();
    }

    private Step step(PlannedStep planned) {
        return target.steps().stream()
                .filter(s -> s.type().equals(planned.type()))
                .findFirst()
                .orElseThrow();
    }

    private static StepContext context(PlannedStep step) {
        return new StepContext(
                Shop.CHECKOUT,
                Shop.UID,
                step,
                new Attribution("checkout-x1", "Ana", List.of("Bo"), "", false),
                Guard.NONE);
    }

    private Step.Start start(PlannedStep planned) {
        return step(planned).start(context(planned));
    }

    private Step.Observation observe(PlannedStep planned) {
        return step(planned).observe(context(planned));
    }

    @Test
    void plan_saysWhatItRaises_andThatItIsPutBack() {
        Plan plan = plan();

        assertThat(plan.steps())
                .extracting(PlannedStep::type)
                .containsExactly("deployment.undo", "deployment.await-rollout", "deployment.restore-strategy");
        assertThat(plan.steps()).extracting(PlannedStep::always).containsExactly(false, false, true);
        assertThat(how(plan))
                .isEqualTo("Restore the template of revision 2, all new pods at once (maxSurge 25% → 100%, put back"
                        + " afterwards)");
        assertThat(plan.steps().get(2).description()).isEqualTo("Put maxSurge back to 25%");
        assertThat(finding(plan)).isEqualTo(Finding.pass("fast", "There is room for 3 more pods."));
        assertThat(plan.blocked()).isFalse();
    }

    @Test
    void undo_raisesItInTheSamePatch_andLeavesANote() {
        PlannedStep undo = plan().steps().get(0);

        assertThat(start(undo)).isEqualTo(new Step.Start.Started());

        assertThat(api.patches).hasSize(1);
        assertThat(surge().asText()).isEqualTo("100%");
        assertThat(Borrowed.on(api.get(Shop.PATH)).map(Borrowed.Noted::rollback))
                .hasValue("checkout-x1");
        assertThat(start(undo)).isEqualTo(new Step.Start.Started());
        assertThat(api.patches).hasSize(1);
    }

    @Test
    void whatKubectlApplyRemembers_canGoBackInTheSamePatch() {
        ObjectNode applied = Json.object();
        applied.putObject("spec").set("template", Shop.template("3.0"));
        api.get(Shop.PATH).withObject("/metadata/annotations").put(LastApplied.ANNOTATION, Json.canonical(applied));
        PlanResult result = target.plan(
                Shop.CHECKOUT,
                new PlanRequest(Operation.UNDO, OptionalLong.of(2), Map.of(), new PlanOptions(true, false, true)));
        assertThat(result).isInstanceOf(PlanResult.Planned.class);
        Plan plan = ((PlanResult.Planned) result).plan();
        assertThat(target.changedSince(Shop.CHECKOUT, plan)).isEmpty();

        assertThat(start(plan.steps().get(0))).isEqualTo(new Step.Start.Started());
        assertThat(start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());

        assertThat(api.patches).hasSize(2);
        assertThat(surge().asText()).isEqualTo("25%");
        assertThat(Json.annotation(api.get(Shop.PATH), LastApplied.ANNOTATION)).contains("shop/checkout:2.0");
    }

    @Test
    void restore_putsItBackOnce_andRemovesTheNote() {
        Plan plan = plan();
        start(plan.steps().get(0));
        PlannedStep restore = plan.steps().get(2);
        assertThat(observe(restore).state()).isEqualTo(State.AGAIN);

        assertThat(start(restore)).isEqualTo(new Step.Start.Started());
        assertThat(start(restore)).isEqualTo(new Step.Start.Started());

        assertThat(api.patches).hasSize(2);
        assertThat(surge().asText()).isEqualTo("25%");
        assertThat(Json.annotation(api.get(Shop.PATH), Borrowed.NOTE)).isEmpty();
        assertThat(observe(restore))
                .isEqualTo(new Step.Observation(State.DONE, "maxSurge is 25%, as it was before.", null));
    }

    @Test
    void answerThatIsLost_putsItBackOnceAllTheSame() {
        Plan plan = plan();
        start(plan.steps().get(0));
        api.loseAnswer = true;
        try {
            start(plan.steps().get(2));
        } catch (RuntimeException lost) {
            assertThat(lost).hasMessageContaining("gateway timeout");
        }
        assertThat(start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());
        assertThat(surge().asText()).isEqualTo("25%");
        assertThat(api.patches).hasSize(2);
    }

    @Test
    void whoChangedItInBetween_winsAndIsNamed() {
        Plan plan = plan();
        start(plan.steps().get(0));
        surge("50%");
        api.get(Shop.PATH).withObject("/metadata").set("managedFields", Yaml.parse("""
            - {manager: kubectl-edit, time: '2026-11-21T14:02:11Z',
               fieldsV1: {'f:spec': {'f:strategy': {'f:rollingUpdate': {'f:maxSurge': {}}}}}}
            """));

        assertThat(start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());

        assertThat(surge().asText()).isEqualTo("50%");
        assertThat(Json.annotation(api.get(Shop.PATH), Borrowed.NOTE)).isEmpty();
        assertThat(observe(plan.steps().get(2)).message())
                .isEqualTo("maxSurge was 25% before and is 50% now, changed by kubectl-edit at 2026-11-21 14:02:11 UTC:"
                        + " it stays so.");
    }

    @Test
    void changeAtTheVeryMoment_isLookedAtAgain() {
        Plan plan = plan();
        start(plan.steps().get(0));
        api.beforePatch = () -> surge(7);

        assertThat(start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());

        assertThat(surge().asInt()).isEqualTo(7);
        assertThat(Json.annotation(api.get(Shop.PATH), Borrowed.NOTE)).isEmpty();
    }

    @Test
    void deletedOrAnotherOne_hasNothingToPutBack() {
        Plan plan = plan();
        start(plan.steps().get(0));
        ((ObjectNode) api.get(Shop.PATH).path("metadata")).put("uid", "another");
        assertThat(start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());
        assertThat(surge().asText()).isEqualTo("100%");

        api.remove(Shop.PATH);
        assertThat(start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());
        assertThat(observe(plan.steps().get(2))).isEqualTo(new Step.Observation(State.DONE, "", null));
    }

    @Test
    void neverBorrowed_isNotPutBack() {
        Plan plan = plan();
        surge("100%");

        assertThat(start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());

        assertThat(surge().asText()).isEqualTo("100%");
        assertThat(api.patches).isEmpty();
    }

    @Test
    void refusedByTheApiServer_saysWhatToDo() {
        Plan plan = plan();
        start(plan.steps().get(0));
        api.refusePatches = true;

        assertThat(start(plan.steps().get(2)))
                .isInstanceOfSatisfying(
                        Step.Start.Failed.class,
                        failed -> assertThat(failed.why())
                                .startsWith("maxSurge could not be put back to 25%, put it back by hand: "));
    }

    @Test
    void strategyChangedAfterThePlan_voidsItAndIsNamed() {
        Plan plan = plan();
        assertThat(target.changedSince(Shop.CHECKOUT, plan)).isEmpty();
        surge("50%");

        assertThat(target.changedSince(Shop.CHECKOUT, plan))
                .hasValue("maxSurge of deployment/checkout in production was changed; it is 50% now.");
        assertThat(start(plan.steps().get(0)))
                .isEqualTo(new Step.Start.Void(
                        "maxSurge of deployment/checkout in production was changed; it is 50% now."));
        assertThat(api.patches).isEmpty();
    }

    @Test
    void roomThatChangesAfterThePlan_disturbsNothing() {
        Plan plan = plan();
        quota("{pods: '1'}", "{pods: '1'}");

        assertThat(target.changedSince(Shop.CHECKOUT, plan)).isEmpty();
    }

    @Test
    void patchThatBorrowsSomethingElse_isNeverSent() {
        PlannedStep undo = plan().steps().get(0);
        for (String evil : List.of(
                "{\"former\":\"25%\",\"meanwhile\":\"99%\",\"path\":\"/spec/strategy/rollingUpdate/maxSurge\"}",
                "{\"former\":1,\"meanwhile\":\"100%\",\"path\":\"/spec/replicas\"}")) {
            Map<String, String> parameters = new java.util.TreeMap<>(undo.parameters());
            parameters.put("borrows", evil);
            assertThat(start(new PlannedStep(undo.type(), "", parameters))).isInstanceOf(Step.Start.Failed.class);
        }
        Map<String, String> parameters = new java.util.TreeMap<>(undo.parameters());
        parameters.remove("borrows");
        assertThat(start(new PlannedStep(undo.type(), "", parameters))).isInstanceOf(Step.Start.Failed.class);
        assertThat(api.patches).isEmpty();
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
        requests(resources);
        quota(hard, used);
        Plan plan = plan();
        assertThat(how(plan))
                .contains(
                        expected == 3
                                ? "all new pods at once (maxSurge 25% → 100%"
                                : "up to 2 new pods at once" + " (maxSurge 25% → 2,");
        assertThat(finding(plan).verdict()).isEqualTo(expected == 3 ? Finding.Verdict.PASS : Finding.Verdict.WARN);
    }

    @Test
    void nodes_capIt_withWhatTheirPodsLeave() {
        requests("{requests: {cpu: '4'}}");
        pod("busy", "node-1", "Running", "6");
        pod("ended", "node-1", "Succeeded", "9");
        node("node-2", "3", "64Gi");
        Plan plan = plan();

        assertThat(how(plan)).contains("up to 2 new pods at once (maxSurge 25% → 2,");
        assertThat(finding(plan).message())
                .isEqualTo("There is room for 2 of 3 new pods at once; the others follow as old ones stop.");

        ((ObjectNode) api.get("/api/v1/nodes/node-1")).withObject("/spec").put("unschedulable", true);
        assertThat(finding(plan()).message())
                .isEqualTo("Fast changes nothing: there is room for 0 more pods only, and maxSurge is 25% already.");
        assertThat(plan().steps()).hasSize(2);
    }

    private void pod(String name, String node, String phase, String cpu) {
        api.put("/api/v1/pods/" + name, (ObjectNode) Yaml.parse("""
            metadata: {name: %s}
            spec: {nodeName: %s, containers: [{name: c, resources: {requests: {cpu: '%s'}}}]}
            status: {phase: %s}
            """.formatted(name, node, cpu, phase)));
    }

    @Test
    void whatCannotBeLookedAt_isSaid() {
        api.fail("/nodes", 403);
        api.fail("/resourcequotas", 403);
        Plan plan = plan();

        assertThat(how(plan)).contains("maxSurge 25% → 100%");
        assertThat(finding(plan))
                .isEqualTo(Finding.warn(
                        "fast",
                        "Whether there is room for 3 more pods could not be looked at (quotas and nodes); pods without"
                                + " room wait."));
    }

    @Test
    void recreate_hasNothingToRaise() {
        ((ObjectNode) api.get(Shop.PATH).path("spec")).withObject("/strategy").put("type", "Recreate");
        Plan plan = plan();

        assertThat(plan.steps()).hasSize(2);
        assertThat(finding(plan).message())
                .isEqualTo("Fast changes nothing: with Recreate all new pods start at once anyway.");
    }

    @ParameterizedTest
    @CsvSource({"100%, true", "3, true", "150%, true", "67%, true", "66%, false", "2, false"})
    void maxSurgeThatIsEnough_isLeftAlone(String surge, boolean enough) {
        if (surge.endsWith("%")) {
            surge(surge);
        } else {
            surge(Integer.valueOf(surge));
        }
        assertThat(plan().steps()).hasSize(enough ? 2 : 3);
    }

    @Test
    void valueLeftBehindByADeletedRollback_isNotTakenForItsOwn() {
        start(plan().steps().get(0));
        ((ObjectNode) api.get(Shop.PATH).path("spec")).set("template", Shop.template("3.0"));

        Plan again = plan();

        assertThat(how(again)).contains("maxSurge 25% → 100%, put back");
        assertThat(again.steps().get(2).description()).isEqualTo("Put maxSurge back to 25%");
    }

    @Test
    void leftBehind_isGivenBack_whoeverFindsIt() {
        start(plan().steps().get(0));
        ApiServer server = new ApiServer(api.client(), Optional.empty());
        assertThat(RestoreStrategyStep.giveBack(server, Shop.CHECKOUT, "another"))
                .isFalse();
        ObjectNode written = api.get(Shop.PATH).withObject("/metadata");
        written.set("managedFields", Yaml.parse("""
            - {manager: stepback, time: '2026-11-21T14:02:11Z',
               fieldsV1: {'f:spec': {'f:strategy': {'f:rollingUpdate': {'f:maxSurge': {}}}}}}
            """));

        assertThat(RestoreStrategyStep.giveBack(server, Shop.CHECKOUT, "checkout-x1"))
                .isTrue();

        assertThat(surge().asText()).isEqualTo("25%");
        assertThat(Borrowed.on(api.get(Shop.PATH))).isEmpty();
        assertThat(RestoreStrategyStep.giveBack(server, Shop.CHECKOUT, "checkout-x1"))
                .isFalse();
    }

    @Test
    void noteThatKubectlBroughtBack_isRemovedAndTheValueStays() {
        start(plan().steps().get(0));
        ApiServer server = new ApiServer(api.client(), Optional.empty());
        ObjectNode written = api.get(Shop.PATH).withObject("/metadata");
        written.set("managedFields", Yaml.parse("""
            - {manager: kubectl-rollout, time: '2026-11-21T14:02:11Z',
               fieldsV1: {'f:spec': {'f:strategy': {'f:rollingUpdate': {'f:maxSurge': {}}}}}}
            """));

        assertThat(RestoreStrategyStep.giveBack(server, Shop.CHECKOUT, "checkout-x1"))
                .isTrue();

        assertThat(surge().asText()).isEqualTo("100%");
        assertThat(Borrowed.on(api.get(Shop.PATH))).isEmpty();
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
