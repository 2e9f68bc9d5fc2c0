package dev.stepback.target.deployment;

import static org.awaitility.Awaitility.await;

import dev.stepback.redaction.Redactor;
import dev.stepback.stage.Edits;
import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Attribution;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Guard;
import dev.stepback.target.History;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.workload.UndoStep;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** One Deployment on the parity cluster, and what is done with it. */
final class Release {
    /** Long enough for a real cluster that has to pull an image. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String IMAGE = "registry.k8s.io/pause:";

    private final ParityCluster cluster;
    private final DeploymentTarget target;
    final TargetRef ref;

    Release(ParityCluster cluster, String name) {
        this.cluster = cluster;
        this.target = new DeploymentTarget(cluster.client(), new Redactor(List.of()), Clock.systemUTC());
        this.ref = new TargetRef(cluster.namespace(), Kind.DEPLOYMENT, name);
    }

    /** Creates it with the first tag and deploys the others, each with a change cause. */
    static Release of(ParityCluster cluster, String name, String... tags) {
        Release release = new Release(cluster, name);
        release.create(tags[0], 10);
        for (int i = 1; i < tags.length; i++) {
            release.deploy(tags[i]);
        }
        return release;
    }

    void create(String tag, int revisionHistoryLimit) {
        Map<String, String> labels = Map.of("app", ref.name());
        Deployment deployment = new DeploymentBuilder()
                .withNewMetadata()
                .withName(ref.name())
                .addToAnnotations(Workload.CHANGE_CAUSE, "release " + tag)
                .endMetadata()
                .withNewSpec()
                .withReplicas(2)
                .withRevisionHistoryLimit(revisionHistoryLimit)
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(0L)
                .addNewContainer()
                .withName("app")
                .withImage(IMAGE + tag)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
        cluster.client()
                .apps()
                .deployments()
                .inNamespace(ref.namespace())
                .resource(deployment)
                .create();
        await().atMost(PATIENCE).until(() -> history().current().isPresent());
    }

    /** Changes the image and waits until the controller has given the new template a number. */
    void deploy(String tag) {
        long before = history().current().orElse(0);
        edit(d -> new DeploymentBuilder(d)
                .editMetadata()
                .addToAnnotations(Workload.CHANGE_CAUSE, "release " + tag)
                .endMetadata()
                .editSpec()
                .editTemplate()
                .editSpec()
                .editFirstContainer()
                .withImage(IMAGE + tag)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build());
        await().atMost(PATIENCE).until(() -> history().current().orElse(0) > before);
    }

    /** Tries again when the controller wrote at the same moment. */
    void edit(UnaryOperator<Deployment> change) {
        Edits.untilNobodyWasFaster(() -> resource().edit(change));
    }

    RollableScalableResource<Deployment> resource() {
        return cluster.client()
                .apps()
                .deployments()
                .inNamespace(ref.namespace())
                .withName(ref.name());
    }

    Deployment live() {
        return resource().require();
    }

    String tag() {
        String image =
                live().getSpec().getTemplate().getSpec().getContainers().get(0).getImage();
        return image.substring(IMAGE.length());
    }

    History history() {
        return target.history(ref).orElseThrow();
    }

    /** The id of the revision that runs now. */
    String currentId() {
        return history()
                .revision(history().current().orElseThrow())
                .orElseThrow()
                .id();
    }

    PlanResult plan(OptionalLong revision, String... knownBad) {
        return target.plan(ref, new PlanRequest(Operation.UNDO, revision, bad(knownBad), PlanOptions.NONE));
    }

    private static Map<String, BadRevision> bad(String... ids) {
        return Arrays.stream(ids)
                .collect(Collectors.toMap(id -> id, id -> BadRevision.rolledBack("Ana", Instant.EPOCH)));
    }

    Plan planned(OptionalLong revision, String... knownBad) {
        return ((PlanResult.Planned) plan(revision, knownBad)).plan();
    }

    PlanResult.Refused refused(OptionalLong revision, String... knownBad) {
        return (PlanResult.Refused) plan(revision, knownBad);
    }

    /** Plans, starts and waits for the end. */
    Plan undo(OptionalLong revision, String... knownBad) {
        Plan plan = planned(revision, knownBad);
        Step.Start start = start(plan, "rb-" + UUID.randomUUID().toString().substring(0, 8));
        if (!start.equals(new Step.Start.Started())) {
            throw new AssertionError(start);
        }
        finish(plan);
        return plan;
    }

    Step.Start start(Plan plan, String rollback) {
        return target.steps().get(0).start(context(plan, 0, rollback));
    }

    /** Follows the rollout; the first failure ends the wait with an error. */
    void finish(Plan plan) {
        Observation[] last = new Observation[1];
        await().atMost(PATIENCE)
                .failFast("the rollout failed", () -> last[0] != null && last[0].state() == Observation.State.FAILED)
                .until(() -> {
                    last[0] = observe(plan);
                    return last[0].state() == Observation.State.DONE;
                });
        long expected = history().revisions().get(0).number();
        await().atMost(PATIENCE).until(() -> history().current().orElse(0) == expected);
    }

    Observation observe(Plan plan) {
        String rollback = live().getMetadata().getAnnotations().getOrDefault(UndoStep.MARK, "");
        return target.steps().get(1).observe(context(plan, 1, rollback));
    }

    Observation awaitStatus(Observation.State state) {
        return await().atMost(PATIENCE).until(() -> target.status(ref).orElseThrow(), o -> o.state() == state);
    }

    TargetType target() {
        return target;
    }

    private StepContext context(Plan plan, int step, String rollback) {
        return new StepContext(
                ref,
                plan.targetUid(),
                plan.steps().get(step),
                new Attribution(rollback, "Ana", List.of("Lea"), "5xx since noon", false),
                Guard.NONE);
    }
}
