package dev.stepback.target.controllerrevision;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.stage.Edits;
import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Attribution;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Guard;
import dev.stepback.target.History;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodProblems;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One StatefulSet or DaemonSet on the parity cluster, and what is done with it. */
public final class RevisionedRelease {
    public static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String IMAGE = "registry.k8s.io/pause:";

    private final ParityCluster cluster;
    private final TargetType target;
    public final TargetRef ref;

    public RevisionedRelease(ParityCluster cluster, TargetType target, String name) {
        this.cluster = cluster;
        this.target = target;
        this.ref = new TargetRef(cluster.namespace(), target.kind(), name);
    }

    /**
     * Creates it with the first tag and deploys the others, each rolled out before the next.
     *
     * @param settings changes the spec before it is created
     */
    public RevisionedRelease through(Consumer<ObjectNode> settings, String... tags) {
        create(tags[0], settings);
        for (int i = 1; i < tags.length; i++) {
            awaitStatus(Observation.State.DONE);
            deploy(tags[i]);
        }
        return this;
    }

    /** @param settings changes the spec before it is created */
    public void create(String tag, Consumer<ObjectNode> settings) {
        ObjectNode manifest = (ObjectNode)
                Json.parse("""
                    {"apiVersion": "apps/v1", "kind": "%s",
                     "metadata": {"name": "%s", "annotations": {"kubernetes.io/change-cause": "release %s"}},
                     "spec": {"selector": {"matchLabels": {"app": "%s"}},
                              "template": {"metadata": {"labels": {"app": "%s"}},
                                           "spec": {"terminationGracePeriodSeconds": 0,
                                                    "containers": [{"name": "main", "image": "%s%s"}]}}}}
                    """.formatted(ref.kind().apiName(), ref.name(), tag, ref.name(), ref.name(), IMAGE, tag));
        settings.accept((ObjectNode) manifest.path("spec"));
        cluster.client()
                .genericKubernetesResources("apps/v1", ref.kind().apiName())
                .inNamespace(ref.namespace())
                .resource(resource(manifest))
                .create();
        await().atMost(PATIENCE).until(() -> history().current().isPresent());
    }

    private GenericKubernetesResource resource(JsonNode json) {
        return cluster.client()
                .getKubernetesSerialization()
                .unmarshal(Json.canonical(json), GenericKubernetesResource.class);
    }

    /** Changes the image and waits until the controller has given the new template a number. */
    public void deploy(String tag) {
        long before = history().current().orElse(0);
        edit(object -> {
            ((ObjectNode) object.at("/spec/template/spec/containers/0")).put("image", IMAGE + tag);
            ((ObjectNode) object.at("/metadata/annotations")).put("kubernetes.io/change-cause", "release " + tag);
        });
        await().atMost(PATIENCE).until(() -> history().current().orElse(0) > before);
    }

    /** Tries again when the controller wrote at the same moment. */
    public void edit(Consumer<ObjectNode> change) {
        Edits.untilNobodyWasFaster(() -> {
            ObjectNode live = live();
            change.accept(live);
            object().patch(resource(live));
        });
    }

    private Resource<GenericKubernetesResource> object() {
        return cluster.client()
                .genericKubernetesResources("apps/v1", ref.kind().apiName())
                .inNamespace(ref.namespace())
                .withName(ref.name());
    }

    public ObjectNode live() {
        return (ObjectNode)
                Json.parse(cluster.client().getKubernetesSerialization().asJson(object().require()));
    }

    public String tag() {
        return live().at("/spec/template/spec/containers/0/image").asText().substring(IMAGE.length());
    }

    public History history() {
        return target.history(ref).orElseThrow();
    }

    /** The number and the tag of each revision, newest first, as in {@code 4=3.8}. */
    public List<String> numbers() {
        return history().revisions().stream()
                .map(r -> r.number() + "="
                        + String.valueOf(r.images().get("main")).substring(IMAGE.length()))
                .toList();
    }

    public List<Pod> pods() {
        return cluster
                .client()
                .pods()
                .inNamespace(ref.namespace())
                .withLabel("app", ref.name())
                .list()
                .getItems()
                .stream()
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .toList();
    }

    /** The tag of a pod's image, followed by {@code !} while the pod is not ready. */
    public String state(Pod pod) {
        ObjectNode json = (ObjectNode)
                Json.parse(cluster.client().getKubernetesSerialization().asJson(pod));
        String image = pod.getSpec().getContainers().get(0).getImage();
        boolean ready = PodProblems.ready(json) && !json.path("metadata").has("deletionTimestamp");
        return image.substring(IMAGE.length()) + (ready ? "" : "!");
    }

    /** The states of all pods by name. */
    public List<String> states() {
        return pods().stream().map(this::state).toList();
    }

    public PlanResult plan(OptionalLong revision, String... knownBad) {
        return target.plan(
                ref,
                new PlanRequest(
                        Operation.UNDO,
                        revision,
                        Arrays.stream(knownBad)
                                .collect(
                                        Collectors.toMap(id -> id, id -> BadRevision.rolledBack("Ana", Instant.EPOCH))),
                        PlanOptions.NONE));
    }

    public Plan planned(OptionalLong revision, String... knownBad) {
        return ((PlanResult.Planned) plan(revision, knownBad)).plan();
    }

    public PlanResult.Refused refused(OptionalLong revision, String... knownBad) {
        return (PlanResult.Refused) plan(revision, knownBad);
    }

    /** The id of the revision that runs now. */
    public String currentId() {
        return history()
                .revision(history().current().orElseThrow())
                .orElseThrow()
                .id();
    }

    public Plan undo(OptionalLong revision, String... knownBad) {
        Plan plan = planned(revision, knownBad);
        run(plan);
        return plan;
    }

    public Plan planned(OptionalLong revision, PlanOptions options) {
        PlanResult result = target.plan(ref, new PlanRequest(Operation.UNDO, revision, Map.of(), options));
        return ((PlanResult.Planned) result).plan();
    }

    /** Carries all steps out, as the engine does. */
    public void run(Plan plan) {
        for (int i = 0; i < plan.steps().size(); i++) {
            started(plan, i);
            finish(plan, i);
        }
    }

    /** Starts a step as soon as it may be. */
    public void started(Plan plan, int step) {
        await().atMost(PATIENCE).until(() -> {
            Step.Start start = start(plan, step);
            if (start instanceof Step.Start.Started || start instanceof Step.Start.NotYet) {
                return start instanceof Step.Start.Started;
            }
            throw new AssertionError(start);
        });
    }

    /** Starts a step that is in no plan. */
    public Step.Start start(PlannedStep planned) {
        return step(planned)
                .start(new StepContext(
                        ref,
                        Json.uid(live()),
                        planned,
                        new Attribution("rb-stop", "Ana", List.of("Lea"), "", false),
                        Guard.NONE));
    }

    public Step.Start start(Plan plan, int i) {
        return step(plan.steps().get(i)).start(context(plan, i));
    }

    /** Observes a step until it is done; a failure ends the wait with an error. */
    public void finish(Plan plan, int i) {
        Observation[] last = new Observation[1];
        await().atMost(PATIENCE)
                .failFast("it failed", () -> last[0] != null && last[0].state() == Observation.State.FAILED)
                .until(() -> {
                    last[0] = observe(plan, i);
                    if (last[0].state() == Observation.State.AGAIN) {
                        start(plan, i);
                    }
                    return last[0].state() == Observation.State.DONE;
                });
    }

    public Observation observe(Plan plan, int i) {
        return step(plan.steps().get(i)).observe(context(plan, i));
    }

    public Observation awaitStatus(Observation.State state) {
        return await().atMost(PATIENCE).until(() -> target.status(ref).orElseThrow(), o -> o.state() == state);
    }

    public TargetType target() {
        return target;
    }

    private Step step(PlannedStep planned) {
        return target.steps().stream()
                .filter(step -> step.type().equals(planned.type()))
                .findFirst()
                .orElseThrow();
    }

    private StepContext context(Plan plan, int step) {
        return new StepContext(
                ref,
                plan.targetUid(),
                plan.steps().get(step),
                new Attribution("rb-" + plan.hash().substring(0, 8), "Ana", List.of("Lea"), "5xx since noon", false),
                Guard.NONE);
    }
}
