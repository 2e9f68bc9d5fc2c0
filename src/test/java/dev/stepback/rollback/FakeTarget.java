package dev.stepback.rollback;

import dev.stepback.target.Change;
import dev.stepback.target.Finding;
import dev.stepback.target.History;
import dev.stepback.target.Identity;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.Step.Start;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rolls a Deployment back by one conditional patch of an annotation. The rollout is what a test says in the annotation
 * {@value #ROLLOUT}: {@code done}, {@code failed}, or any other text while it runs.
 */
final class FakeTarget implements TargetType {
    static final String ROLLOUT = "test/rollout";
    static final String RELEASE = "test/release";

    /** Set where what {@code kubectl apply} remembers goes stale. */
    static final String APPLIED = "test/applied";

    /** {@code fast} while something of the strategy is borrowed; then {@code usual} again. */
    static final String STRATEGY = "test/strategy";

    private final KubernetesClient client;
    private final Runnable beforeGuard;

    FakeTarget(KubernetesClient client) {
        this(client, () -> {});
    }

    /** @param beforeGuard run when the undo has found that it is not done yet */
    FakeTarget(KubernetesClient client, Runnable beforeGuard) {
        this.beforeGuard = beforeGuard;
        this.client = client;
    }

    @Override
    public TargetType as(Identity identity) {
        return this;
    }

    @Override
    public Kind kind() {
        return Kind.DEPLOYMENT;
    }

    @Override
    public Optional<History> history(TargetRef target) {
        return Optional.empty();
    }

    @Override
    public List<Change> diff(TargetRef target, long from, long to) {
        return List.of();
    }

    @Override
    public Optional<String> changedSince(TargetRef target, Plan plan) {
        String from = plan.steps().get(0).parameters().get("from");
        return annotation(get(target), RELEASE).equals(from) ? Optional.empty() : Optional.of("somebody deployed");
    }

    @Override
    public Optional<Map<String, String>> labels(TargetRef target) {
        return Optional.ofNullable(get(target))
                .map(d -> d.getSpec().getTemplate().getMetadata().getLabels());
    }

    @Override
    public Optional<Step.Observation> status(TargetRef target) {
        return Optional.empty();
    }

    @Override
    public Optional<PlanResult.Refused> refusal(TargetRef target, PlanRequest request) {
        return Optional.empty();
    }

    @Override
    public PlanResult plan(TargetRef target, PlanRequest request) {
        Deployment deployment = get(target);
        if (deployment == null) {
            return new PlanResult.Refused(PlanResult.Reason.TARGET_NOT_FOUND, "not found");
        }
        Map<String, String> undo = new HashMap<>(Map.of("from", annotation(deployment, RELEASE)));
        if (request.options().updateLastApplied()) {
            undo.put("lastApplied", "too");
        }
        List<PlannedStep> steps = new ArrayList<>();
        if (request.options().fast()) {
            undo.put("strategy", "fast");
        }
        steps.add(new PlannedStep("fake.undo", "Undo", Map.copyOf(undo)));
        steps.add(new PlannedStep("fake.await", "Await", Map.of("until", "done")));
        if (request.options().fast()) {
            steps.add(new PlannedStep("fake.put-back", "Put it back", Map.of(PlannedStep.ALWAYS, "true")));
        }
        String uid = deployment.getMetadata().getUid();
        return new PlanResult.Planned(Plan.of(
                target,
                uid,
                new PlannedRevision(4, "checkout-bad", Map.of(), ""),
                new PlannedRevision(3, "checkout-good", Map.of(), ""),
                List.of(),
                annotation(deployment, APPLIED).isEmpty() || undo.containsKey("lastApplied")
                        ? List.of()
                        : List.of(Finding.warn(Plan.LAST_APPLIED_STALE, "It goes stale.")),
                steps));
    }

    @Override
    public List<Step> steps() {
        return List.of(
                new FakeStep("fake.undo", this::undo, context -> Observation.done("patched")),
                new FakeStep("fake.await", context -> new Start.Started(), this::rollout),
                new FakeStep("fake.put-back", this::putBack, context -> Observation.done("put back")),
                new FakeStep("fake.stop", this::stop, context -> Observation.done("It stands still.")));
    }

    @Override
    public Optional<PlannedStep> stop(TargetRef target) {
        return Optional.ofNullable(get(target)).map(d -> new PlannedStep("fake.stop", "Stop", Map.of()));
    }

    private @Nullable Deployment get(TargetRef target) {
        return client.apps()
                .deployments()
                .inNamespace(target.namespace())
                .withName(target.name())
                .get();
    }

    private static String annotation(@Nullable Deployment deployment, String name) {
        return deployment == null
                ? ""
                : deployment.getMetadata().getAnnotations().getOrDefault(name, "");
    }

    private record FakeStep(String type, Function<StepContext, Start> begin, Function<StepContext, Observation> look)
            implements Step {
        @Override
        public Finding dryRun(StepContext context) {
            return Finding.pass("dry-run", "");
        }

        @Override
        public Start start(StepContext context) {
            return begin.apply(context);
        }

        @Override
        public Observation observe(StepContext context) {
            return look.apply(context);
        }
    }

    private Start undo(StepContext context) {
        Deployment live = get(context.target());
        if (annotation(live, Rollback.MARK).equals(context.attribution().rollback())) {
            return new Start.Started();
        }
        String from = context.parameter("from");
        if (!annotation(live, RELEASE).equals(from)) {
            return new Start.Void("somebody deployed");
        }
        beforeGuard.run();
        Optional<Start> objection = context.guard().objection();
        if (objection.isPresent()) {
            return objection.get();
        }
        String patch = """
            [{"op":"test","path":"/metadata/annotations/test~1release","value":"%s"},
             {"op":"add","path":"/metadata/annotations/test~1release","value":"good"},
             {"op":"add","path":"/metadata/annotations/test~1strategy","value":"%s"},
             {"op":"add","path":"/metadata/annotations/stepback.dev~1rollback","value":"%s"}]\
            """.formatted(
                        from,
                        context.step().parameters().getOrDefault("strategy", "usual"),
                        context.attribution().rollback());
        patch(context, "undo", patch);
        return new Start.Started();
    }

    private Start putBack(StepContext context) {
        if (annotation(get(context.target()), STRATEGY).equals("fast")) {
            patch(
                    context,
                    "put-back",
                    "[{\"op\":\"replace\",\"path\":\"/metadata/annotations/test~1strategy\",\"value\":\"usual\"}]");
        }
        return new Start.Started();
    }

    private Start stop(StepContext context) {
        patch(
                context,
                "stop",
                "[{\"op\":\"replace\",\"path\":\"/metadata/annotations/test~1rollout\",\"value\":\"stopped\"}]");
        return new Start.Started();
    }

    private Observation rollout(StepContext context) {
        String rollout = annotation(get(context.target()), ROLLOUT);
        if (rollout.equals(context.parameter("until"))) {
            return Observation.done("successfully rolled out");
        }
        return rollout.equals("failed")
                ? Observation.failed("exceeded its progress deadline")
                : new Observation(Observation.State.RUNNING, "waiting: " + rollout, null);
    }

    private void patch(StepContext context, String manager, String patch) {
        client.apps()
                .deployments()
                .inNamespace(context.target().namespace())
                .withName(context.target().name())
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON)
                                .withFieldManager(manager)
                                .build(),
                        patch);
    }
}
