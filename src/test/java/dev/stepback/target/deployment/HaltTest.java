package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Attribution;
import dev.stepback.target.Finding;
import dev.stepback.target.Guard;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlanResult.Reason;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.UnusableStepException;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Halt;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.LastApplied;
import dev.stepback.target.workload.UndoStep;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Deployment whose rollback {@code rb-1} to revision 2 was stopped in the middle, and what becomes of its pause. */
class HaltTest {
    private static final String NOTE = "stepback.dev/halted-by";

    private final FastShop shop = new FastShop();

    @BeforeEach
    void stopped() {
        start("rb-1", planned(2, PlanOptions.NONE).steps().get(0));
        start("rb-1", shop.target.stop(Shop.CHECKOUT).orElseThrow());
        pausedBy("stepback");
        shop.api.patches.clear();
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 1})
    void wayForward_orAnother_endsThePauseInTheSameWrite_once(long revision) {
        Plan plan = planned(revision, PlanOptions.NONE);
        PlannedStep undo = plan.steps().get(0);

        assertThat(undo.description())
                .isEqualTo("Restore the template of revision " + revision + ", and end its pause");
        assertThat(plan.findings())
                .contains(Finding.warn(
                        "stands-still",
                        "It is paused since rollback rb-1 was stopped. This one also ends that pause, and the stopped"
                                + " one never goes on in between. To go on with that one, ask for “resume” instead."))
                .contains(Finding.pass("dry-run", "The API server accepts the change."));
        assertThat(plan.blocked()).isFalse();
        assertThat(shop.target.changedSince(Shop.CHECKOUT, plan)).isEmpty();
        assertThat(shop.step(undo).dryRun(context("rb-2", undo)).verdict()).isEqualTo(Finding.Verdict.PASS);
        shop.api.loseAnswer = true;

        assertThatThrownBy(() -> start("rb-2", undo)).isInstanceOf(KubernetesClientException.class);
        start("rb-2", undo);

        assertThat(shop.api.patches).hasSize(1);
        assertThat(live().at("/spec/template")).isEqualTo(Shop.template(revision + ".0"));
        assertThat(live().path("spec").has("paused")).isFalse();
        assertThat(live().at("/metadata/annotations").has(NOTE)).isFalse();
        assertThat(Json.annotation(live(), UndoStep.MARK)).isEqualTo("rb-2");
        for (String test : List.of("/metadata/uid", "/spec/template", "/spec/paused", note())) {
            assertThat(Json.elements(Json.parse(shop.api.patches.get(0)))
                            .filter(o -> o.path("op").asText().equals("test"))
                            .map(o -> o.path("path").asText()))
                    .contains(test);
        }
    }

    @Test
    void fastAndLastApplied_areInTheSameWrite() {
        ((ObjectNode) live().at("/metadata/annotations"))
                .put(
                        LastApplied.ANNOTATION,
                        Json.canonical(Json.object()
                                .<ObjectNode>set("spec", Json.object().set("template", Shop.template("3.0")))));
        Plan plan = planned(3, new PlanOptions(true, false, true));
        PlannedStep undo = plan.steps().get(0);
        assertThat(shop.target.changedSince(Shop.CHECKOUT, plan)).isEmpty();

        start("rb-2", undo);

        assertThat(undo.description())
                .isEqualTo(
                        "Restore the template of revision 3, and what kubectl apply remembers of it, and end its pause,"
                                + " all new pods at once (maxSurge 25% → 100%, put back"
                                + " afterwards)");
        assertThat(shop.api.patches).hasSize(1);
        assertThat(Halt.on(live())).isEmpty();
        assertThat(live().path("spec").has("paused")).isFalse();
        assertThat(shop.surge().asText()).isEqualTo("100%");
        assertThat(Borrowed.on(live())).isPresent();
    }

    @Test
    void hash_coversThePause() {
        String paused = planned(3, PlanOptions.NONE).hash();
        ((ObjectNode) live().path("spec")).remove("paused");

        assertThat(planned(3, PlanOptions.NONE).hash()).isNotEqualTo(paused);
    }

    /** How the pause is no longer the one of the stop. */
    enum Taken {
        SET_AGAIN_WITH_KUBECTL,
        WITHOUT_ITS_NOTE,
        WITH_THE_NOTE_OF_ANOTHER,
        ASKED_FOR_BY_SOMEBODY,
        NOBODY_TELLS
    }

    @ParameterizedTest
    @EnumSource(Taken.class)
    void pauseOfSomebodyElse_isRefused_andIsNoPlanAnyMore(Taken taken) {
        Plan plan = planned(3, PlanOptions.NONE);
        PlannedStep undo = plan.steps().get(0);
        taken(taken);

        assertThat(refused(PlanRequest.again(3, PlanOptions.NONE)).message())
                .startsWith("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume");
        assertThat(shop.target.changedSince(Shop.CHECKOUT, plan).orElseThrow()).contains("resume it first");
        assertThat(shop.step(undo).start(context("rb-2", undo)))
                .isEqualTo(new Step.Start.Void("deployment/checkout in production was paused after the plan was made;"
                        + " resume it first with 'kubectl rollout resume deployment/checkout -n production'."));
        assertThat(live().at("/spec/paused").asBoolean()).isTrue();
        assertThat(live().at("/spec/template")).isEqualTo(Shop.template("2.0"));
    }

    private void taken(Taken taken) {
        ObjectNode annotations = (ObjectNode) live().at("/metadata/annotations");
        switch (taken) {
            case SET_AGAIN_WITH_KUBECTL -> pausedBy("kubectl-rollout");
            case WITHOUT_ITS_NOTE -> annotations.remove(NOTE);
            case WITH_THE_NOTE_OF_ANOTHER -> annotations.put(NOTE, "rb-0");
            case ASKED_FOR_BY_SOMEBODY -> {
                ((ObjectNode) live().path("spec")).remove("paused");
                start("rb-7", change(Operation.PAUSE));
            }
            case NOBODY_TELLS -> ((ObjectNode) live().path("metadata")).remove("managedFields");
        }
    }

    @Test
    void resumedMeanwhile_isNoPlanAnyMore() {
        Plan plan = planned(3, PlanOptions.NONE);
        PlannedStep undo = plan.steps().get(0);
        ((ObjectNode) live().path("spec")).remove("paused");
        String why = "deployment/checkout in production was resumed after the plan was made.";

        assertThat(shop.target.changedSince(Shop.CHECKOUT, plan)).contains(why);
        assertThat(shop.step(undo).start(context("rb-2", undo))).isEqualTo(new Step.Start.Void(why));
        assertThat(shop.api.patches).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoResumesRightBeforeTheWrite_isNotOverwritten(boolean pausesAgain) {
        PlannedStep undo = planned(3, PlanOptions.NONE).steps().get(0);
        shop.api.beforePatch = () -> {
            if (pausesAgain) {
                taken(Taken.WITHOUT_ITS_NOTE);
            } else {
                ((ObjectNode) live().path("spec")).remove("paused");
            }
        };

        assertThat(shop.step(undo).start(context("rb-2", undo))).isInstanceOf(Step.Start.Void.class);
        assertThat(live().at("/spec/template")).isEqualTo(Shop.template("2.0"));
        assertThat(live().at("/spec/paused").asBoolean()).isEqualTo(pausesAgain);
    }

    @Test
    void status_saysWhyItStandsStill() {
        ((ObjectNode) live().path("status")).put("updatedReplicas", 1);
        String waiting =
                "Waiting for deployment \"checkout\" rollout to finish: 1 out of 3 new replicas have been updated..."
                        + " It is paused%s: 'kubectl rollout resume deployment/checkout -n production' lets it go on.";

        assertThat(shop.target.status(Shop.CHECKOUT).orElseThrow().message())
                .isEqualTo(waiting.formatted(" since rollback rb-1 was stopped"));
        pausedBy("kubectl-rollout");
        assertThat(shop.target.status(Shop.CHECKOUT).orElseThrow().message()).isEqualTo(waiting.formatted(""));
    }

    @Test
    void sameRevisionAgain_isToBeResumed() {
        assertThat(refused(PlanRequest.again(2, PlanOptions.NONE)))
                .isEqualTo(new PlanResult.Refused(
                        Reason.PAUSED,
                        "the rollout of revision 2 was stopped; it goes on with 'kubectl rollout resume"
                                + " deployment/checkout -n production'"));
        assertThat(refused(PlanRequest.to(Operation.RESTART)).reason()).isEqualTo(Reason.PAUSED);
    }

    @Test
    void note_goesWithWhateverIsDoneNext() {
        start("rb-2", change(Operation.RESUME));
        assertThat(live().at("/metadata/annotations").has(NOTE)).isFalse();

        ((ObjectNode) live().at("/metadata/annotations")).put(NOTE, "rb-1");
        start("rb-3", planned(3, PlanOptions.NONE).steps().get(0));
        assertThat(live().at("/metadata/annotations").has(NOTE)).isFalse();
    }

    @Test
    void pauseThatWasThereBeforeTheStop_isNotItsOwn() {
        PlannedStep stop = shop.target.stop(Shop.CHECKOUT).orElseThrow();
        String serves = ": pods of both revisions serve until somebody goes on.";
        assertThat(shop.step(stop).observe(context("rb-1", stop)).message())
                .isEqualTo("It is paused where it is" + serves);

        ((ObjectNode) live().at("/metadata/annotations")).remove(NOTE);
        start("rb-1", stop);

        assertThat(shop.api.patches).isEmpty();
        assertThat(Halt.on(live())).isEmpty();
        assertThat(shop.step(stop).observe(context("rb-1", stop)).message())
                .isEqualTo("It is paused where it is, by somebody else before the stop" + serves);
    }

    @Test
    void storedPatchThatDoesMore_isNeverSent() {
        PlannedStep undo = planned(3, PlanOptions.NONE).steps().get(0);
        String patch = String.valueOf(undo.parameters().get("patch"));
        String end = patch.substring(patch.indexOf("{\"op\":\"test\",\"path\":\"/spec/paused\""), patch.length() - 1);
        for (String forged : List.of(
                patch.substring(0, patch.length() - 1) + "," + end + "]",
                patch.replace(
                        "{\"op\":\"remove\",\"path\":\"/spec/paused\"}", "{\"op\":\"remove\",\"path\":\"/spec\"}"),
                patch.replace("\"path\":\"/spec/paused\",\"value\":true", "\"path\":\"/spec/paused\",\"value\":false"),
                patch.replace(",{\"op\":\"remove\",\"path\":\"" + note() + "\"}", ""))) {
            assertThat(forged).isNotEqualTo(patch);
            Map<String, String> parameters = new HashMap<>(undo.parameters());
            parameters.put("patch", forged);
            PlannedStep other = new PlannedStep(undo.type(), "", Map.copyOf(parameters));
            assertThatThrownBy(() -> shop.step(undo).start(context("rb-2", other)))
                    .as(forged)
                    .isInstanceOf(UnusableStepException.class);
        }
        assertThat(shop.api.patches).isEmpty();
    }

    private static String note() {
        return "/metadata/annotations/" + NOTE.replace("/", "~1");
    }

    private void pausedBy(String manager) {
        ObjectNode entry = Json.object().put("manager", manager).put("time", "2026-11-21T14:02:11Z");
        entry.putObject("fieldsV1").putObject("f:spec").putObject("f:paused");
        ((ObjectNode) live().path("metadata")).putArray("managedFields").add(entry);
    }

    private JsonNode live() {
        return shop.api.get(Shop.PATH);
    }

    private Plan planned(long revision, PlanOptions options) {
        return plan(PlanRequest.again(revision, options));
    }

    private PlannedStep change(Operation operation) {
        return plan(PlanRequest.to(operation)).steps().get(0);
    }

    private Plan plan(PlanRequest request) {
        PlanResult result = shop.target.plan(Shop.CHECKOUT, request);
        assertThat(result).isInstanceOf(PlanResult.Planned.class);
        return ((PlanResult.Planned) result).plan();
    }

    private PlanResult.Refused refused(PlanRequest request) {
        PlanResult.Refused refused = (PlanResult.Refused) shop.target.plan(Shop.CHECKOUT, request);
        assertThat(shop.target.refusal(Shop.CHECKOUT, request)).contains(refused);
        return refused;
    }

    private void start(String rollback, PlannedStep step) {
        assertThat(shop.step(step).start(context(rollback, step))).isEqualTo(new Step.Start.Started());
    }

    private static StepContext context(String rollback, PlannedStep step) {
        return new StepContext(
                Shop.CHECKOUT, Shop.UID, step, new Attribution(rollback, "Ana", List.of("Bo"), "", false), Guard.NONE);
    }
}
