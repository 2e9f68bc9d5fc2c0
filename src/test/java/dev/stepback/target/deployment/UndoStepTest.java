package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Attribution;
import dev.stepback.target.Guard;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.UnusableStepException;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.UndoStep;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class UndoStepTest {
    @RegisterExtension
    private final FakeApiServer api = Shop.open();

    private final DeploymentTarget target =
            new DeploymentTarget(api.client(), new Redactor(List.of()), Clock.systemUTC());
    private final Step undo = target.steps().get(0);

    @Test
    void template_isRestoredAsTheReplicaSetHasIt_unknownFieldsIncluded() {
        assertThat(undo.start(context())).isEqualTo(new Step.Start.Started());

        assertThat(api.get(Shop.PATH).at("/spec/template")).isEqualTo(Shop.template("2.0"));
    }

    @Test
    void annotations_areKept_andChangeCauseAndMarkAdded() {
        undo.start(context());

        JsonNode annotations = api.get(Shop.PATH).at("/metadata/annotations");
        assertThat(annotations.path("team").asText()).isEqualTo("payments");
        assertThat(annotations.path("stepback.dev/rollback").asText()).isEqualTo("checkout-x1");
        assertThat(annotations.path("kubernetes.io/change-cause").asText())
                .isEqualTo(
                        "rolled back to revision 2 by Stepback (checkout-x1), asked by Ana, approved by Lea: 5xx since"
                                + " noon");
    }

    @Test
    void annotations_areMadeWhenThereAreNone() {
        StepContext context = context();
        ((ObjectNode) api.get(Shop.PATH).path("metadata")).remove("annotations");

        undo.start(context);

        assertThat(Json.annotation(api.get(Shop.PATH), UndoStep.MARK)).isEqualTo("checkout-x1");
    }

    @Test
    void annotationsAddedMeanwhile_areNotWipedOut() {
        StepContext context = context();
        ((ObjectNode) api.get(Shop.PATH).path("metadata")).remove("annotations");
        api.beforePatch = () -> {
            ObjectNode metadata = (ObjectNode) api.get(Shop.PATH).path("metadata");
            metadata.put("resourceVersion", "8").putObject("annotations").put("late", "yes");
        };

        assertThat(undo.start(context)).isEqualTo(new Step.Start.Started());

        assertThat(Json.annotation(api.get(Shop.PATH), "late")).isEqualTo("yes");
        assertThat(Json.annotation(api.get(Shop.PATH), UndoStep.MARK)).isEqualTo("checkout-x1");
    }

    @Test
    void secondStart_patchesNothing() {
        StepContext context = context();
        undo.start(context);

        assertThat(undo.start(context)).isEqualTo(new Step.Start.Started());

        assertThat(api.patches).hasSize(1);
    }

    @Test
    void objection_keepsItFromChangingAnything_butNotFromSeeingThatItIsDone() {
        StepContext context = context();
        StepContext objected = guarded(context, () -> Optional.of(new Step.Start.NotYet("lead may not")));

        assertThat(undo.start(objected)).isEqualTo(new Step.Start.NotYet("lead may not"));
        assertThat(api.patches).isEmpty();

        undo.start(context);
        assertThat(undo.start(objected)).isEqualTo(new Step.Start.Started());
        assertThat(api.patches).hasSize(1);
    }

    private static StepContext guarded(StepContext c, Guard guard) {
        return new StepContext(c.target(), c.targetUid(), c.step(), c.attribution(), guard);
    }

    @Test
    void lostAnswer_isThrown_andTheNextStartSeesThatItIsDone() {
        StepContext context = context();
        api.loseAnswer = true;

        assertThatThrownBy(() -> undo.start(context)).isInstanceOf(KubernetesClientException.class);

        assertThat(undo.start(context)).isEqualTo(new Step.Start.Started());
        assertThat(api.patches).hasSize(1);
    }

    @Test
    void apiErrors_areThrown() {
        StepContext context = context();
        for (int code : List.of(409, 429, 500, 503)) {
            api.fail("/deployments/", code);
            assertThatThrownBy(() -> undo.start(context))
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            e -> assertThat(e.getCode()).isEqualTo(code));
        }
    }

    @Test
    void scaledAndStatusChanged_disturbsNothing() {
        StepContext context = context();
        api.beforePatch = () -> {
            ObjectNode live = api.get(Shop.PATH);
            ((ObjectNode) live.path("spec")).put("replicas", 9);
            ((ObjectNode) live.path("metadata")).put("generation", 9).put("resourceVersion", "99");
        };

        assertThat(undo.start(context)).isEqualTo(new Step.Start.Started());
        assertThat(api.get(Shop.PATH).at("/spec/replicas").asInt()).isEqualTo(9);
    }

    @Test
    void deployInBetween_voidsAndSaysWhoAndWhat() {
        StepContext context = context();
        deploy("4.0", "kubectl-client-side-apply");

        assertThat(undo.start(context))
                .isInstanceOfSatisfying(
                        Step.Start.Void.class,
                        v -> assertThat(v.why())
                                .contains("by kubectl-client-side-apply at 2026-11-21 14:02:11 UTC")
                                .contains("checkout=shop/checkout:4.0")
                                .contains("change cause: release 4.0"));
        assertThat(api.patches).isEmpty();
    }

    @Test
    void deployBetweenLookAndPatch_isStoppedByThePatchItself() {
        StepContext context = context();
        api.beforePatch = () -> deploy("4.0", "helm");

        assertThat(undo.start(context)).isInstanceOf(Step.Start.Void.class);
        assertThat(api.get(Shop.PATH).at("/spec/template")).isEqualTo(Shop.template("4.0"));
    }

    @Test
    void targetGoneOrAnotherOne_voids() {
        StepContext context = context();
        ((ObjectNode) api.get(Shop.PATH).path("metadata")).put("uid", "another");
        assertThat(undo.start(context)).isInstanceOf(Step.Start.Void.class);
        api.remove(Shop.PATH);
        assertThat(undo.start(context)).isInstanceOf(Step.Start.Void.class);
    }

    @Test
    void pausedMeanwhile_voidsAndNamesTheCommand() {
        StepContext context = context();
        ((ObjectNode) api.get(Shop.PATH).path("spec")).put("paused", true);

        assertThat(undo.start(context))
                .isInstanceOfSatisfying(
                        Step.Start.Void.class,
                        v -> assertThat(v.why()).contains("kubectl rollout resume deployment/checkout -n production"));
    }

    @Test
    void planThatRestoresWhatTheRevisionNeverWas_voids() {
        StepContext context = context();
        StepContext forged = with(context, "patch", patch(context).replace("shop/checkout:2.0", "evil/miner:1"));

        assertThat(undo.start(forged))
                .isInstanceOfSatisfying(
                        Step.Start.Void.class, v -> assertThat(v.why()).contains("is not the template of revision 2"));
        assertThat(api.patches).isEmpty();
    }

    @Test
    void planWithOtherOperations_fails() {
        StepContext context = context();
        String replicas = patch(context)
                .replace("\"op\":\"replace\",\"path\":\"/spec/template\"", "\"op\":\"replace\",\"path\":\"/spec\"");
        String unconditional = patch(context).replace("\"op\":\"test\"", "\"op\":\"add\"");

        for (String patch : List.of(replicas, unconditional, "[]", "{}", "[1,2,3]", "nonsense")) {
            assertThatExceptionOfType(UnusableStepException.class)
                    .as(patch)
                    .isThrownBy(() -> undo.start(with(context, "patch", patch)));
        }
        assertThat(api.patches).isEmpty();
    }

    @Test
    void revisionThatLeftTheHistory_voids() {
        StepContext context = context();
        api.remove("/apis/apps/v1/namespaces/production/replicasets/checkout-h20");

        assertThat(undo.start(context))
                .isInstanceOfSatisfying(
                        Step.Start.Void.class, v -> assertThat(v.why()).contains("no longer in the history"));
    }

    @Test
    void replicaSetOfAnother_isNoRevision() {
        StepContext context = context();
        ObjectNode replicaSet = api.get("/apis/apps/v1/namespaces/production/replicasets/checkout-h20");
        ((ObjectNode) replicaSet.at("/metadata/ownerReferences/0")).put("uid", "another");

        assertThat(undo.start(context)).isInstanceOf(Step.Start.Void.class);
    }

    @Test
    void patchThatIsRefusedForGood_fails() {
        StepContext context = context();
        api.refusePatches = true;

        assertThat(undo.start(context))
                .isInstanceOfSatisfying(
                        Step.Start.Failed.class, f -> assertThat(f.why()).contains("refuses"));
        assertThat(undo.dryRun(context).message()).contains("refuses");
    }

    private void deploy(String tag, String manager) {
        Shop.putReplicaSet(api, Shop.replicaSet(4, tag));
        ObjectNode live = Shop.deployment(4, tag);
        ObjectNode entry =
                Shop.array((ObjectNode) live.path("metadata"), "managedFields").addObject();
        entry.put("manager", manager).put("time", "2026-11-21T14:02:11Z");
        entry.putObject("fieldsV1").putObject("f:spec").putObject("f:template");
        api.put(Shop.PATH, live);
    }

    private static String patch(StepContext context) {
        return String.valueOf(context.step().parameters().get("patch"));
    }

    private static StepContext with(StepContext context, String parameter, String value) {
        Map<String, String> parameters = new HashMap<>(context.step().parameters());
        parameters.put(parameter, value);
        PlannedStep step = new PlannedStep(context.step().type(), context.step().description(), Map.copyOf(parameters));
        return new StepContext(context.target(), context.targetUid(), step, context.attribution(), Guard.NONE);
    }

    private StepContext context() {
        PlanResult result = target.plan(
                Shop.CHECKOUT, new PlanRequest(Operation.UNDO, OptionalLong.empty(), Map.of(), PlanOptions.NONE));
        Plan plan = ((PlanResult.Planned) result).plan();
        return new StepContext(
                Shop.CHECKOUT,
                plan.targetUid(),
                plan.steps().get(0),
                new Attribution("checkout-x1", "Ana", List.of("Lea"), "5xx since\nnoon", false),
                Guard.NONE);
    }
}
