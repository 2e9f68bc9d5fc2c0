package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Change;
import dev.stepback.target.History;
import dev.stepback.target.Identity;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.job.CheckPlan;
import dev.stepback.target.job.CheckStep;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.AwaitRolloutStep;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.CameRightMark;
import dev.stepback.target.workload.ChangeStep;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodProblems;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Refusals;
import dev.stepback.target.workload.RestoreStrategyStep;
import dev.stepback.target.workload.TemplateDiff;
import dev.stepback.target.workload.UndoStep;
import dev.stepback.target.workload.Writer;
import dev.stepback.target.workload.preflight.Preflight;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Deployments.
 *
 * <p>Methods throw {@link io.fabric8.kubernetes.client.KubernetesClientException} when the API server cannot be reached
 * or refuses; trying again may help.
 */
public final class DeploymentTarget implements TargetType {
    private final ApiServer api;
    private final Redactor redactor;
    private final Clock clock;
    private final DataChecks dataChecks;
    private final Deployments deployments;
    private final TemplateDiff diff;
    private final PodProblems problems;
    private final FailedRollouts failures;
    private final Planner planner;
    private final Changes changes;

    /** @param redactor applied to all text that is made for people */
    public DeploymentTarget(KubernetesClient client, Redactor redactor, Clock clock) {
        this(client, redactor, clock, DataChecks.NONE);
    }

    /**
     * @param redactor applied to all text that is made for people
     * @param dataChecks what has to pass before an undo
     */
    public DeploymentTarget(KubernetesClient client, Redactor redactor, Clock clock, DataChecks dataChecks) {
        this(new ApiServer(client, Optional.empty()), redactor, clock, dataChecks);
    }

    private DeploymentTarget(ApiServer api, Redactor redactor, Clock clock, DataChecks dataChecks) {
        this.api = api;
        this.redactor = redactor;
        this.clock = clock;
        this.dataChecks = dataChecks;
        deployments = new Deployments(api);
        diff = new TemplateDiff(redactor);
        problems = new PodProblems(api, redactor, clock);
        failures = new FailedRollouts(deployments, redactor);
        Preflight preflight = new Preflight(api, redactor, clock);
        planner = new Planner(deployments, redactor, preflight, new CheckPlan(api, dataChecks, redactor));
        changes = new Changes(redactor, preflight, clock);
    }

    @Override
    public Kind kind() {
        return Kind.DEPLOYMENT;
    }

    @Override
    public TargetType as(Identity identity) {
        return new DeploymentTarget(api.as(identity), redactor, clock, dataChecks);
    }

    @Override
    public Optional<History> history(TargetRef target) {
        return deployments.workload(target).map(workload -> workload.history(redactor));
    }

    @Override
    public List<Change> diff(TargetRef target, long from, long to) {
        Workload workload = deployments
                .workload(target)
                .orElseThrow(() ->
                        new IllegalArgumentException(Refusals.notFound(target).message()));
        return diff.between(template(workload, from), template(workload, to));
    }

    @Override
    public PlanResult plan(TargetRef target, PlanRequest request) {
        Optional<PlanResult.Refused> options = Refusals.options(kind(), request);
        if (options.isPresent()) {
            return options.get();
        }
        return deployments
                .workload(target)
                .map(workload -> request.operation() == Operation.UNDO
                        ? planner.plan(workload, request)
                        : changes.plan(workload, request.operation()))
                .orElseGet(() -> Refusals.notFound(target));
    }

    @Override
    public Optional<PlanResult.Refused> refusal(TargetRef target, PlanRequest request) {
        Optional<PlanResult.Refused> options = Refusals.options(kind(), request);
        return options.isPresent() ? options : refusalOfWorkload(target, request);
    }

    private Optional<PlanResult.Refused> refusalOfWorkload(TargetRef target, PlanRequest request) {
        return deployments
                .workload(target)
                .map(workload -> request.operation() == Operation.UNDO
                        ? planner.refusal(workload, request)
                        : ChangeStep.refusal(target, workload.paused(), request.operation()))
                .orElseGet(() -> Optional.of(Refusals.notFound(target)));
    }

    @Override
    public Optional<String> changedSince(TargetRef target, Plan plan) {
        Operation operation = ChangeStep.of(plan);
        return deployments
                .workload(target)
                .map(workload -> operation == Operation.UNDO
                        ? planner.changedSince(workload, plan)
                        : ChangeStep.changedSince(workload, plan, redactor))
                .orElseGet(() -> Optional.of(Blame.gone(target)));
    }

    @Override
    public Optional<Map<String, String>> labels(TargetRef target) {
        return deployments.deployment(target).map(Json::labels);
    }

    @Override
    public Optional<Step.Observation> status(TargetRef target) {
        return deployments
                .workload(target)
                .map(workload ->
                        deployments.withProblems(RolloutStatus.of(workload, Optional.empty()), workload, problems));
    }

    @Override
    public Map<String, BadRevision> failedRollouts(TargetRef target) {
        return deployments.workload(target).map(failures::of).orElseGet(Map::of);
    }

    @Override
    public Map<String, String> cameRight(TargetRef target) {
        return deployments
                .workload(target)
                .map(workload -> CameRightMark.of(workload.replicaSets()))
                .orElseGet(Map::of);
    }

    @Override
    public void noteFailedRollouts(TargetRef target) {
        deployments.workload(target).ifPresent(failures::note);
    }

    @Override
    public Optional<PlannedStep> stop(TargetRef target) {
        return deployments.workload(target).map(ChangeStep::stopping);
    }

    @Override
    public Map<TargetRef, String> borrowing(Collection<String> namespaces) {
        List<String> paths = namespaces.isEmpty()
                ? List.of("/apis/apps/v1/deployments")
                : namespaces.stream()
                        .map(namespace -> "/apis/apps/v1/namespaces/" + namespace + "/deployments")
                        .toList();
        Map<TargetRef, String> found = new TreeMap<>();
        for (String path : paths) {
            for (ObjectNode item : api.listMetadata(path)) {
                String namespace = item.path("metadata").path("namespace").asText();
                Borrowed.on(item)
                        .ifPresent(noted -> found.put(
                                new TargetRef(namespace, Kind.DEPLOYMENT, Json.name(item)), noted.rollback()));
            }
        }
        return found;
    }

    @Override
    public boolean giveBack(TargetRef target, String rollback) {
        return RestoreStrategyStep.giveBack(api, target, rollback);
    }

    @Override
    public List<Step> steps() {
        return List.of(
                new UndoStep(deployments, api, redactor),
                new AwaitRolloutStep<>(Kind.DEPLOYMENT, deployments::workload, this::progress, redactor),
                new RestoreStrategyStep(Kind.DEPLOYMENT, api, redactor),
                change(Operation.PAUSE),
                change(Operation.RESUME),
                change(Operation.RESTART),
                new CheckStep(kind(), api, this::checksNow, redactor, clock));
    }

    /** Of the rollout that Stepback began. */
    private Step.Observation progress(Workload workload) {
        Optional<Instant> patched =
                Writer.ofAnnotation(workload.deployment(), UndoStep.MARK).map(Writer::time);
        return deployments.withProblems(RolloutStatus.of(workload, patched), workload, problems);
    }

    private List<PlannedStep> checksNow(TargetRef target, long revision) {
        return deployments
                .workload(target)
                .map(w -> planner.checks(w, revision))
                .orElseGet(List::of);
    }

    private Step change(Operation operation) {
        return new ChangeStep(kind(), operation, api, deployments::workload, redactor);
    }

    private PodTemplate template(Workload workload, long revision) {
        return workload.replicaSet(revision)
                .map(PodTemplate::of)
                .orElseThrow(() ->
                        new IllegalArgumentException(Refusals.unknownRevision(workload.history(redactor), revision)));
    }
}
