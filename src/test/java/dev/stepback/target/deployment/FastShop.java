package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Attribution;
import dev.stepback.target.Finding;
import dev.stepback.target.Guard;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.job.CheckPlan;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Yaml;
import dev.stepback.target.workload.preflight.Preflight;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A Deployment with maxSurge 25% on a node with room, and a fast rollback of it to revision 2. */
final class FastShop implements AutoCloseable {
    final FakeApiServer api = new FakeApiServer();
    final DeploymentTarget target = new DeploymentTarget(api.client(), new Redactor(List.of()), Clock.systemUTC());

    FastShop() {
        Shop.fill(api);
        surge("25%");
        node("node-1", "16", "64Gi");
    }

    @Override
    public void close() {
        api.close();
    }

    void surge(Object value) {
        ObjectNode rolling = ((ObjectNode) api.get(Shop.PATH).path("spec")).withObject("/strategy/rollingUpdate");
        if (value instanceof Integer number) {
            rolling.put("maxSurge", number);
        } else {
            rolling.put("maxSurge", String.valueOf(value));
        }
    }

    JsonNode surge() {
        return api.get(Shop.PATH).at(Borrowed.MAX_SURGE);
    }

    void node(String name, String cpu, String memory) {
        api.put("/api/v1/nodes/" + name, (ObjectNode) Yaml.parse("""
            metadata: {name: %s}
            status:
              allocatable: {cpu: '%s', memory: %s, pods: '110'}
              conditions: [{type: Ready, status: 'True'}]
            """.formatted(name, cpu, memory)));
    }

    void quota(String hard, String used) {
        api.put("/api/v1/namespaces/production/resourcequotas/q", (ObjectNode)
                Yaml.parse("{metadata: {name: q}, spec: {hard: %s}, status: {used: %s}}".formatted(hard, used)));
    }

    void requests(String resources) {
        for (String path : List.of(Shop.PATH, "/apis/apps/v1/namespaces/production/replicasets/checkout-h20")) {
            ((ObjectNode) api.get(path).at("/spec/template/spec/containers/0")).set("resources", Yaml.parse(resources));
        }
    }

    PlanRequest fast() {
        return new PlanRequest(Operation.UNDO, OptionalLong.of(2), Map.of(), new PlanOptions(true, false, false));
    }

    Plan plan() {
        PlanResult result = target.plan(Shop.CHECKOUT, fast());
        assertThat(result).isInstanceOf(PlanResult.Planned.class);
        return ((PlanResult.Planned) result).plan();
    }

    /** @param limit how long its checks may take */
    Plan plan(Duration limit) {
        ApiServer server = new ApiServer(api.client(), Optional.empty());
        Redactor redactor = new Redactor(List.of());
        Deployments deployments = new Deployments(server);
        PlanResult result = new Planner(
                        deployments,
                        redactor,
                        new Preflight(server, redactor, Clock.systemUTC(), limit),
                        new CheckPlan(server, DataChecks.NONE, redactor))
                .plan(deployments.workload(Shop.CHECKOUT).orElseThrow(), fast());
        return ((PlanResult.Planned) result).plan();
    }

    Finding finding(Plan plan) {
        return plan.findings().stream()
                .filter(f -> f.check().equals("fast"))
                .findFirst()
                .orElseThrow();
    }

    String how(Plan plan) {
        return plan.steps().get(0).description();
    }

    Step step(PlannedStep planned) {
        return target.steps().stream()
                .filter(s -> s.type().equals(planned.type()))
                .findFirst()
                .orElseThrow();
    }

    StepContext context(PlannedStep step) {
        return new StepContext(
                Shop.CHECKOUT,
                Shop.UID,
                step,
                new Attribution("checkout-x1", "Ana", List.of("Bo"), "", false),
                Guard.NONE);
    }

    Step.Start start(PlannedStep planned) {
        return step(planned).start(context(planned));
    }

    Step.Observation observe(PlannedStep planned) {
        return step(planned).observe(context(planned));
    }

    void pod(String name, String node, String phase, String cpu) {
        api.put("/api/v1/pods/" + name, (ObjectNode) Yaml.parse("""
            metadata: {name: %s}
            spec: {nodeName: %s, containers: [{name: c, resources: {requests: {cpu: '%s'}}}]}
            status: {phase: %s}
            """.formatted(name, node, cpu, phase)));
    }
}
