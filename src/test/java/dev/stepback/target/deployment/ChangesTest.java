package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Attribution;
import dev.stepback.target.Change;
import dev.stepback.target.Finding;
import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlanResult.Reason;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.UnusableStepException;
import dev.stepback.target.workload.ChangeStep;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.UndoStep;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChangesTest {
    private static final Instant NOW = Instant.parse("2026-11-21T14:02:11.5Z");

    @RegisterExtension
    private final FakeApiServer api = Shop.open();

    private final DeploymentTarget target =
            new DeploymentTarget(api.client(), new Redactor(List.of()), Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void pause_setsPausedAndItsMark_andWaitsForNothing() {
        Plan plan = plan(Operation.PAUSE);

        assertThat(plan.steps()).extracting(PlannedStep::type).containsExactly("deployment.pause");
        assertThat(start(plan)).isEqualTo(new Step.Start.Started());

        assertThat(live().at("/spec/paused").asBoolean()).isTrue();
        assertThat(live().at("/spec/template")).isEqualTo(Shop.template("3.0"));
        assertThat(Json.annotation((ObjectNode) live(), UndoStep.MARK)).isEqualTo("checkout-x1");
        assertThat(live().at("/metadata/annotations").has(Workload.CHANGE_CAUSE))
                .isFalse();
        assertThat(observe(plan)).isEqualTo(Step.Observation.State.DONE);
    }

    @Test
    void resume_takesThePauseAwayAndWaitsForTheRollout() {
        pause();
        Plan plan = plan(Operation.RESUME);

        assertThat(plan.steps())
                .extracting(PlannedStep::type)
                .containsExactly("deployment.resume", "deployment.await-rollout");
        assertThat(start(plan)).isEqualTo(new Step.Start.Started());

        assertThat(live().path("spec").has("paused")).isFalse();
        assertThat(observe(plan)).isEqualTo(Step.Observation.State.DONE);
    }

    @Test
    void resume_showsWhatItRollsOut() {
        pause();
        ((ObjectNode) live().path("spec")).set("template", Shop.template("4.0"));
        ObjectNode serving = api.get("/apis/apps/v1/namespaces/production/replicasets/checkout-h30");
        ((ObjectNode) serving.path("status")).put("replicas", 3);

        Plan plan = plan(Operation.RESUME);

        assertThat(plan.from().number()).isEqualTo(3);
        assertThat(plan.to().number()).isEqualTo(4);
        assertThat(plan.to().images()).containsValue("shop/checkout:4.0");
        assertThat(plan.changes())
                .containsExactly(new Change("containers[checkout].image", "shop/checkout:3.0", "shop/checkout:4.0"));
        assertThat(plan.findings())
                .filteredOn(f -> f.verdict() == Finding.Verdict.WARN)
                .extracting(Finding::message)
                .containsExactly("Revision 4 is rolled out in the place of revision 3.");
    }

    @Test
    void restart_marksTheTemplateAsKubectlDoes() {
        Plan plan = plan(Operation.RESTART);

        assertThat(plan.steps())
                .extracting(PlannedStep::type)
                .containsExactly("deployment.restart", "deployment.await-rollout");
        assertThat(start(plan)).isEqualTo(new Step.Start.Started());

        assertThat(live().at("/spec/template"))
                .isEqualTo(new PodTemplate(Shop.template("3.0"))
                        .restartedAt("2026-11-21T14:02:11Z")
                        .json());
        assertThat(Json.annotation((ObjectNode) live(), Workload.CHANGE_CAUSE))
                .isEqualTo("restarted by Stepback (checkout-x1), asked by Ana, approved by Lea: leaks");
        assertThat(observe(plan)).isEqualTo(Step.Observation.State.DONE);
    }

    @Test
    void whatIsSoAlready_isRefusedAsKubectlRefusesIt() {
        assertThat(refused(Operation.RESUME))
                .isEqualTo(new PlanResult.Refused(
                        Reason.ALREADY_THERE, "deployment/checkout in production is not paused"));
        pause();
        assertThat(refused(Operation.PAUSE))
                .isEqualTo(new PlanResult.Refused(
                        Reason.ALREADY_THERE, "deployment/checkout in production is already paused"));
        assertThat(refused(Operation.RESTART).reason()).isEqualTo(Reason.PAUSED);
        assertThat(refused(Operation.RESTART).message())
                .startsWith("can't restart paused deployment; resume it first with 'kubectl rollout resume");
    }

    @Test
    void planHash_coversTheOperation() {
        Set<String> hashes = new HashSet<>();
        hashes.add(plan(Operation.PAUSE).hash());
        hashes.add(plan(Operation.RESTART).hash());
        pause();
        hashes.add(plan(Operation.RESUME).hash());

        assertThat(hashes).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource(names = {"PAUSE", "RESUME", "RESTART"})
    void secondStart_patchesNothing(Operation operation) {
        Plan plan = planned(operation);
        start(plan);

        assertThat(start(plan)).isEqualTo(new Step.Start.Started());

        assertThat(api.patches).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"PAUSE", "RESUME", "RESTART"})
    void deployInBetween_voidsIt(Operation operation) {
        Plan plan = planned(operation);
        api.beforePatch = () -> ((ObjectNode) live().path("spec")).set("template", Shop.template("4.0"));

        assertThat(start(plan))
                .isInstanceOfSatisfying(
                        Step.Start.Void.class, v -> assertThat(v.why()).contains("shop/checkout:4.0"));

        assertThat(target.changedSince(Shop.CHECKOUT, plan))
                .hasValueSatisfying(why -> assertThat(why).contains("shop/checkout:4.0"));
        assertThat(live().at("/spec/template")).isEqualTo(Shop.template("4.0"));
        assertThat(live().at("/spec/paused").asBoolean()).isEqualTo(operation == Operation.RESUME);
    }

    @ParameterizedTest
    @EnumSource(names = {"PAUSE", "RESUME", "RESTART"})
    void scalingInBetween_disturbsNothing(Operation operation) {
        Plan plan = planned(operation);
        ((ObjectNode) live().path("spec")).put("replicas", 9);

        assertThat(target.changedSince(Shop.CHECKOUT, plan)).isEmpty();
        assertThat(start(plan)).isEqualTo(new Step.Start.Started());
    }

    @Test
    void somebodyElseWasFaster_voidsIt() {
        Plan plan = plan(Operation.PAUSE);
        pause();

        assertThat(start(plan))
                .isEqualTo(new Step.Start.Void("After the plan was made it was paused: deployment/checkout in"
                        + " production is already paused."));
    }

    @Test
    void storedPatchThatDoesMore_isNeverSent() {
        Plan plan = plan(Operation.RESTART);
        String patch = String.valueOf(plan.steps().get(0).parameters().get("patch"));
        for (String forged : List.of(
                patch.replaceAll("(?s)(replace.*)shop/checkout:3.0", "$1evil/miner:1.0"),
                patch.replace("]", "") + ",{\"op\":\"add\",\"path\":\"/spec/replicas\",\"value\":0}]",
                "[]",
                "no JSON")) {
            assertThat(forged).isNotEqualTo(patch);
            for (Operation operation : List.of(Operation.PAUSE, Operation.RESUME, Operation.RESTART)) {
                PlannedStep step =
                        new PlannedStep(ChangeStep.type(Kind.DEPLOYMENT, operation), "", Map.of("patch", forged));
                assertThatExceptionOfType(UnusableStepException.class)
                        .isThrownBy(() -> step(operation).start(context(plan, step)));
            }
        }
        assertThat(api.patches).isEmpty();
    }

    @Test
    void deploymentThatIsGone_voidsIt() {
        Plan plan = plan(Operation.PAUSE);
        api.remove(Shop.PATH);

        assertThat(start(plan)).isInstanceOf(Step.Start.Void.class);
        assertThat(target.plan(Shop.CHECKOUT, PlanRequest.to(Operation.PAUSE)))
                .isInstanceOfSatisfying(
                        PlanResult.Refused.class, r -> assertThat(r.reason()).isEqualTo(Reason.TARGET_NOT_FOUND));
    }

    private Plan planned(Operation operation) {
        if (operation == Operation.RESUME) {
            pause();
        }
        return plan(operation);
    }

    private void pause() {
        ((ObjectNode) live().path("spec")).put("paused", true);
    }

    private JsonNode live() {
        return api.get(Shop.PATH);
    }

    private Plan plan(Operation operation) {
        return ((PlanResult.Planned) target.plan(Shop.CHECKOUT, PlanRequest.to(operation))).plan();
    }

    private PlanResult.Refused refused(Operation operation) {
        assertThat(target.plan(Shop.CHECKOUT, PlanRequest.to(operation)))
                .isEqualTo(
                        target.refusal(Shop.CHECKOUT, PlanRequest.to(operation)).orElseThrow());
        return (PlanResult.Refused) target.plan(Shop.CHECKOUT, PlanRequest.to(operation));
    }

    private Step.Start start(Plan plan) {
        return step(ChangeStep.of(plan)).start(context(plan, plan.steps().get(0)));
    }

    private Step.Observation.State observe(Plan plan) {
        return step(ChangeStep.of(plan))
                .observe(context(plan, plan.steps().get(0)))
                .state();
    }

    private Step step(Operation operation) {
        return target.steps().stream()
                .filter(s -> s.type().equals(ChangeStep.type(Kind.DEPLOYMENT, operation)))
                .findFirst()
                .orElseThrow();
    }

    private static StepContext context(Plan plan, PlannedStep step) {
        return new StepContext(
                Shop.CHECKOUT,
                plan.targetUid(),
                step,
                new Attribution("checkout-x1", "Ana", List.of("Lea"), "leaks", false),
                Guard.NONE);
    }
}
