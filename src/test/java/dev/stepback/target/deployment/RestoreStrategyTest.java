package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.UnusableStepException;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.LastApplied;
import dev.stepback.target.workload.RestoreStrategyStep;
import dev.stepback.target.workload.Yaml;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a fast rollback sets for its time, and gives back. */
class RestoreStrategyTest {
    private final FastShop shop = new FastShop();

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void undo_raisesItInTheSamePatch_andLeavesANote() {
        PlannedStep undo = shop.plan().steps().get(0);

        assertThat(shop.start(undo)).isEqualTo(new Step.Start.Started());

        assertThat(shop.api.patches).hasSize(1);
        assertThat(shop.surge().asText()).isEqualTo("100%");
        assertThat(Borrowed.on(shop.api.get(Shop.PATH)).map(Borrowed.Noted::rollback))
                .hasValue("checkout-x1");
        assertThat(shop.start(undo)).isEqualTo(new Step.Start.Started());
        assertThat(shop.api.patches).hasSize(1);
    }

    @Test
    void whatKubectlApplyRemembers_canGoBackInTheSamePatch() {
        ObjectNode applied = Json.object();
        applied.putObject("spec").set("template", Shop.template("3.0"));
        shop.api
                .get(Shop.PATH)
                .withObject("/metadata/annotations")
                .put(LastApplied.ANNOTATION, Json.canonical(applied));
        PlanResult result = shop.target.plan(
                Shop.CHECKOUT,
                new PlanRequest(Operation.UNDO, OptionalLong.of(2), Map.of(), new PlanOptions(true, false, true)));
        assertThat(result).isInstanceOf(PlanResult.Planned.class);
        Plan plan = ((PlanResult.Planned) result).plan();
        assertThat(shop.target.changedSince(Shop.CHECKOUT, plan)).isEmpty();

        assertThat(shop.start(plan.steps().get(0))).isEqualTo(new Step.Start.Started());
        assertThat(shop.start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());

        assertThat(shop.api.patches).hasSize(2);
        assertThat(shop.surge().asText()).isEqualTo("25%");
        assertThat(Json.annotation(shop.api.get(Shop.PATH), LastApplied.ANNOTATION))
                .contains("shop/checkout:2.0");
    }

    @Test
    void restore_putsItBackOnce_andRemovesTheNote() {
        Plan plan = shop.plan();
        shop.start(plan.steps().get(0));
        PlannedStep restore = plan.steps().get(2);
        assertThat(shop.observe(restore).state()).isEqualTo(State.AGAIN);

        assertThat(shop.start(restore)).isEqualTo(new Step.Start.Started());
        assertThat(shop.start(restore)).isEqualTo(new Step.Start.Started());

        assertThat(shop.api.patches).hasSize(2);
        assertThat(shop.surge().asText()).isEqualTo("25%");
        assertThat(Json.annotation(shop.api.get(Shop.PATH), Borrowed.NOTE)).isEmpty();
        assertThat(shop.observe(restore))
                .isEqualTo(new Step.Observation(State.DONE, "maxSurge is 25%, as it was before.", null));
    }

    @Test
    void answerThatIsLost_putsItBackOnceAllTheSame() {
        Plan plan = shop.plan();
        shop.start(plan.steps().get(0));
        shop.api.loseAnswer = true;
        try {
            shop.start(plan.steps().get(2));
        } catch (RuntimeException lost) {
            assertThat(lost).hasMessageContaining("gateway timeout");
        }
        assertThat(shop.start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());
        assertThat(shop.surge().asText()).isEqualTo("25%");
        assertThat(shop.api.patches).hasSize(2);
    }

    @Test
    void whoChangedItInBetween_winsAndIsNamed() {
        Plan plan = shop.plan();
        shop.start(plan.steps().get(0));
        shop.surge("50%");
        shop.api.get(Shop.PATH).withObject("/metadata").set("managedFields", Yaml.parse("""
            - {manager: kubectl-edit, time: '2026-11-21T14:02:11Z',
               fieldsV1: {'f:spec': {'f:strategy': {'f:rollingUpdate': {'f:maxSurge': {}}}}}}
            """));

        assertThat(shop.start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());

        assertThat(shop.surge().asText()).isEqualTo("50%");
        assertThat(Json.annotation(shop.api.get(Shop.PATH), Borrowed.NOTE)).isEmpty();
        assertThat(shop.observe(plan.steps().get(2)).message())
                .isEqualTo("maxSurge was 25% before and is 50% now, changed by kubectl-edit at 2026-11-21 14:02:11 UTC:"
                        + " it stays so.");
    }

    @Test
    void changeAtTheVeryMoment_isLookedAtAgain() {
        Plan plan = shop.plan();
        shop.start(plan.steps().get(0));
        shop.api.beforePatch = () -> shop.surge(7);

        assertThat(shop.start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());

        assertThat(shop.surge().asInt()).isEqualTo(7);
        assertThat(Json.annotation(shop.api.get(Shop.PATH), Borrowed.NOTE)).isEmpty();
    }

    @Test
    void deletedOrAnotherOne_hasNothingToPutBack() {
        Plan plan = shop.plan();
        shop.start(plan.steps().get(0));
        ((ObjectNode) shop.api.get(Shop.PATH).path("metadata")).put("uid", "another");
        assertThat(shop.start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());
        assertThat(shop.surge().asText()).isEqualTo("100%");

        shop.api.remove(Shop.PATH);
        assertThat(shop.start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());
        assertThat(shop.observe(plan.steps().get(2))).isEqualTo(new Step.Observation(State.DONE, "", null));
    }

    @Test
    void neverBorrowed_isNotPutBack() {
        Plan plan = shop.plan();
        shop.surge("100%");

        assertThat(shop.start(plan.steps().get(2))).isEqualTo(new Step.Start.Started());

        assertThat(shop.surge().asText()).isEqualTo("100%");
        assertThat(shop.api.patches).isEmpty();
    }

    @Test
    void refusedByTheApiServer_saysWhatToDo() {
        Plan plan = shop.plan();
        shop.start(plan.steps().get(0));
        shop.api.refusePatches = true;

        assertThat(shop.start(plan.steps().get(2)))
                .isInstanceOfSatisfying(
                        Step.Start.Failed.class,
                        failed -> assertThat(failed.why())
                                .startsWith("maxSurge could not be put back to 25%, put it back by hand: "));
    }

    @Test
    void strategyChangedAfterThePlan_voidsItAndIsNamed() {
        Plan plan = shop.plan();
        assertThat(shop.target.changedSince(Shop.CHECKOUT, plan)).isEmpty();
        shop.surge("50%");

        assertThat(shop.target.changedSince(Shop.CHECKOUT, plan))
                .hasValue("maxSurge of deployment/checkout in production was changed; it is 50% now.");
        assertThat(shop.start(plan.steps().get(0)))
                .isEqualTo(new Step.Start.Void(
                        "maxSurge of deployment/checkout in production was changed; it is 50% now."));
        assertThat(shop.api.patches).isEmpty();
    }

    @Test
    void patchThatBorrowsSomethingElse_isNeverSent() {
        PlannedStep undo = shop.plan().steps().get(0);
        for (String evil : List.of(
                "{\"former\":\"25%\",\"meanwhile\":\"99%\",\"path\":\"/spec/strategy/rollingUpdate/maxSurge\"}",
                "{\"former\":1,\"meanwhile\":\"100%\",\"path\":\"/spec/replicas\"}")) {
            Map<String, String> parameters = new TreeMap<>(undo.parameters());
            parameters.put("borrows", evil);
            assertThatExceptionOfType(UnusableStepException.class)
                    .isThrownBy(() -> shop.start(new PlannedStep(undo.type(), "", parameters)));
        }
        Map<String, String> parameters = new TreeMap<>(undo.parameters());
        parameters.remove("borrows");
        assertThatExceptionOfType(UnusableStepException.class)
                .isThrownBy(() -> shop.start(new PlannedStep(undo.type(), "", parameters)));
        assertThat(shop.api.patches).isEmpty();
    }

    @Test
    void valueLeftBehindByADeletedRollback_isNotTakenForItsOwn() {
        shop.start(shop.plan().steps().get(0));
        ((ObjectNode) shop.api.get(Shop.PATH).path("spec")).set("template", Shop.template("3.0"));

        Plan again = shop.plan();

        assertThat(shop.how(again)).contains("maxSurge 25% → 100%, put back");
        assertThat(again.steps().get(2).description()).isEqualTo("Put maxSurge back to 25%");
    }

    @Test
    void leftBehind_isGivenBack_whoeverFindsIt() {
        shop.start(shop.plan().steps().get(0));
        ApiServer server = new ApiServer(shop.api.client(), Optional.empty());
        assertThat(RestoreStrategyStep.giveBack(server, Shop.CHECKOUT, "another"))
                .isFalse();
        ObjectNode written = shop.api.get(Shop.PATH).withObject("/metadata");
        written.set("managedFields", Yaml.parse("""
            - {manager: stepback, time: '2026-11-21T14:02:11Z',
               fieldsV1: {'f:spec': {'f:strategy': {'f:rollingUpdate': {'f:maxSurge': {}}}}}}
            """));

        assertThat(RestoreStrategyStep.giveBack(server, Shop.CHECKOUT, "checkout-x1"))
                .isTrue();

        assertThat(shop.surge().asText()).isEqualTo("25%");
        assertThat(Borrowed.on(shop.api.get(Shop.PATH))).isEmpty();
        assertThat(RestoreStrategyStep.giveBack(server, Shop.CHECKOUT, "checkout-x1"))
                .isFalse();
    }

    @Test
    void noteThatKubectlBroughtBack_isRemovedAndTheValueStays() {
        shop.start(shop.plan().steps().get(0));
        ApiServer server = new ApiServer(shop.api.client(), Optional.empty());
        ObjectNode written = shop.api.get(Shop.PATH).withObject("/metadata");
        written.set("managedFields", Yaml.parse("""
            - {manager: kubectl-rollout, time: '2026-11-21T14:02:11Z',
               fieldsV1: {'f:spec': {'f:strategy': {'f:rollingUpdate': {'f:maxSurge': {}}}}}}
            """));

        assertThat(RestoreStrategyStep.giveBack(server, Shop.CHECKOUT, "checkout-x1"))
                .isTrue();

        assertThat(shop.surge().asText()).isEqualTo("100%");
        assertThat(Borrowed.on(shop.api.get(Shop.PATH))).isEmpty();
    }
}
