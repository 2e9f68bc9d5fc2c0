package dev.stepback.target.controllerrevision;

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
import dev.stepback.target.workload.CameRightMark;
import dev.stepback.target.workload.ChangeStep;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodProblems;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Refusals;
import dev.stepback.target.workload.TemplateDiff;
import dev.stepback.target.workload.UndoStep;
import dev.stepback.target.workload.preflight.Preflight;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Workloads of one kind whose history lies in ControllerRevisions.
 *
 * <p>Methods throw {@link io.fabric8.kubernetes.client.KubernetesClientException} when the API server cannot be reached
 * or refuses; trying again may help.
 */
public final class RevisionedTarget implements TargetType {
    private final ApiServer api;
    private final Rollouts rollouts;
    private final Redactor redactor;
    private final Clock clock;
    private final DataChecks dataChecks;
    private final RevisionedWorkloads workloads;
    private final PodProblems problems;
    private final FailedRollouts failures;
    private final Planner planner;
    private final Restarts restarts;
    private final Resumptions resumptions;

    /**
     * @param redactor applied to all text that is made for people
     * @param dataChecks what has to pass before an undo
     */
    public RevisionedTarget(
            KubernetesClient client, Rollouts rollouts, Redactor redactor, Clock clock, DataChecks dataChecks) {
        this(new ApiServer(client, Optional.empty()), rollouts, redactor, clock, dataChecks);
    }

    private RevisionedTarget(ApiServer api, Rollouts rollouts, Redactor redactor, Clock clock, DataChecks dataChecks) {
        this.api = api;
        this.rollouts = rollouts;
        this.redactor = redactor;
        this.clock = clock;
        this.dataChecks = dataChecks;
        workloads = new RevisionedWorkloads(api, rollouts.kind());
        problems = new PodProblems(api, redactor, clock);
        failures = new FailedRollouts(workloads, rollouts, problems, redactor, clock);
        Preflight preflight = new Preflight(api, redactor, clock);
        planner = new Planner(workloads, rollouts, redactor, preflight, new CheckPlan(api, dataChecks, redactor));
        restarts = new Restarts(rollouts, planner, redactor, preflight, clock);
        resumptions = new Resumptions(rollouts, planner, preflight);
    }

    @Override
    public Kind kind() {
        return rollouts.kind();
    }

    @Override
    public TargetType as(Identity identity) {
        return new RevisionedTarget(api.as(identity), rollouts, redactor, clock, dataChecks);
    }

    @Override
    public Optional<History> history(TargetRef target) {
        return workloads.workload(target).map(workload -> workload.history(redactor));
    }

    @Override
    public List<Change> diff(TargetRef target, long from, long to) {
        RevisionedWorkload workload = workloads
                .workload(target)
                .orElseThrow(() ->
                        new IllegalArgumentException(Refusals.notFound(target).message()));
        return new TemplateDiff(redactor).between(template(workload, from), template(workload, to));
    }

    private PodTemplate template(RevisionedWorkload workload, long revision) {
        return workload.revision(revision)
                .map(RevisionedWorkload::template)
                .orElseThrow(() ->
                        new IllegalArgumentException(Refusals.unknownRevision(workload.history(redactor), revision)));
    }

    @Override
    public PlanResult plan(TargetRef target, PlanRequest request) {
        Optional<PlanResult.Refused> options = Refusals.options(kind(), request);
        if (options.isPresent()) {
            return options.get();
        }
        return workloads
                .workload(target)
                .map(workload -> switch (request.operation()) {
                    case UNDO -> planner.plan(workload, request);
                    case RESTART -> restarts.plan(workload);
                    case RESUME -> resumptions.plan(workload);
                    case PAUSE -> resumptions.refusal(workload, Operation.PAUSE).orElseThrow();
                })
                .orElseGet(() -> Refusals.notFound(target));
    }

    @Override
    public Optional<PlanResult.Refused> refusal(TargetRef target, PlanRequest request) {
        Optional<PlanResult.Refused> options = Refusals.options(kind(), request);
        if (options.isPresent()) {
            return options;
        }
        return workloads
                .workload(target)
                .map(workload -> switch (request.operation()) {
                    case UNDO -> planner.refusal(workload, request);
                    case RESTART -> Optional.<PlanResult.Refused>empty();
                    case PAUSE, RESUME -> resumptions.refusal(workload, request.operation());
                })
                .orElseGet(() -> Optional.of(Refusals.notFound(target)));
    }

    @Override
    public Optional<String> changedSince(TargetRef target, Plan plan) {
        return workloads
                .workload(target)
                .map(workload -> switch (ChangeStep.of(plan)) {
                    case UNDO -> planner.changedSince(workload, plan);
                    case RESUME -> resumptions.changedSince(workload, plan);
                    case PAUSE, RESTART -> ChangeStep.changedSince(workload, plan, redactor);
                })
                .orElseGet(() -> Optional.of(Blame.gone(target)));
    }

    @Override
    public Optional<Map<String, String>> labels(TargetRef target) {
        return workloads.object(target).map(Json::labels);
    }

    @Override
    public Optional<Step.Observation> status(TargetRef target) {
        return workloads.workload(target).map(workload -> withProblems(rollouts.status(workload), workload, problems));
    }

    @Override
    public Map<String, BadRevision> failedRollouts(TargetRef target) {
        return workloads.workload(target).map(failures::of).orElseGet(Map::of);
    }

    @Override
    public Map<String, String> cameRight(TargetRef target) {
        return workloads
                .workload(target)
                .map(workload -> CameRightMark.of(workload.revisions()))
                .orElseGet(Map::of);
    }

    @Override
    public void noteFailedRollouts(TargetRef target) {
        workloads.workload(target).ifPresent(failures::note);
    }

    @Override
    public Optional<PlannedStep> stop(TargetRef target) {
        return workloads
                .workload(target)
                .flatMap(workload ->
                        workload.onDelete() ? Optional.of(StopDeletingStep.planned(kind())) : rollouts.stop(workload));
    }

    @Override
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        steps.add(new UndoStep(workloads, api, redactor));
        steps.add(new ChangeStep(kind(), Operation.RESTART, api, workloads::workload, redactor));
        steps.addAll(rollouts.steps(workloads));
        steps.add(new StopDeletingStep(kind(), workloads));
        steps.add(new AwaitRolloutStep<>(
                kind(),
                workloads::workload,
                workload -> withProblems(progress(workload), workload, problems),
                redactor));
        steps.add(new CheckStep(kind(), api, this::checksNow, redactor, clock));
        return List.copyOf(steps);
    }

    /** Of the rollout that Stepback began: one that nobody carries on has failed. */
    private Step.Observation progress(RevisionedWorkload workload) {
        Step.Observation status = rollouts.status(workload);
        return status.state() == Step.Observation.State.RUNNING
                ? LeftAlone.why(workload, pod -> true)
                        .map(why -> new Step.Observation(Step.Observation.State.OVERTAKEN, why, status.rollout()))
                        .orElse(status)
                : status;
    }

    private List<PlannedStep> checksNow(TargetRef target, long revision) {
        return workloads.workload(target).map(w -> planner.checks(w, revision)).orElseGet(List::of);
    }

    /** The same observation, with why pods are not ready. */
    public static Step.Observation withProblems(
            Step.Observation observation, RevisionedWorkload workload, PodProblems problems) {
        return problems.addTo(
                observation,
                workload.ref(),
                Optional.empty(),
                () -> workload.pods().stream().map(RevisionPod::json).toList());
    }
}
