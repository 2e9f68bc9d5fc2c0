package dev.stepback.target.statefulset;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.controllerrevision.LeftAlone;
import dev.stepback.target.controllerrevision.PodDeletion;
import dev.stepback.target.controllerrevision.RevisionPod;
import dev.stepback.target.controllerrevision.RevisionedTarget;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.controllerrevision.RevisionedWorkloads;
import dev.stepback.target.controllerrevision.Rollouts;
import dev.stepback.target.workload.ConditionalWrite;
import dev.stepback.target.workload.ConditionalWrite.Look;
import dev.stepback.target.workload.LiveTarget;
import dev.stepback.target.workload.PodProblems;
import dev.stepback.text.OneLine;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Deletes the pods that are stuck on another revision, after the template was restored; see {@link UpdatePolicy#stuck}. What is
 * approved is the rule: which pods it meets is looked at when it is applied, and a pod that has become ready is left alone.
 * Where they would not come back right, the {@link DefaultPartition} is written before.
 */
final class DeleteStuckPodsStep implements Step {
    private static final String TYPE = "statefulset.delete-stuck-pods";

    private final RevisionedWorkloads workloads;
    private final PodDeletion deletion;
    private final PodProblems problems;
    private final Redactor redactor;
    private final Clock clock;

    DeleteStuckPodsStep(RevisionedWorkloads workloads, Redactor redactor, Clock clock) {
        this.workloads = workloads;
        this.deletion = new PodDeletion(workloads, redactor);
        this.problems = new PodProblems(workloads.api(), redactor, clock);
        this.redactor = redactor;
        this.clock = clock;
    }

    static PlannedStep planned(UpdatePolicy policy, List<RevisionPod> stuck, Rollouts.Restored restored) {
        String description = stuck.isEmpty()
                ? "Delete pods that block the rollout: not ready and on another revision (none now)"
                : "Delete what blocks the rollout: " + RevisionPod.names(stuck);
        return new PlannedStep(
                TYPE,
                description,
                Map.of(
                        "template",
                        restored.template().fingerprint(),
                        "partition",
                        Integer.toString(policy.partition())));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Finding dryRun(StepContext context) {
        return PodDeletion.dryRun();
    }

    @Override
    public Start start(StepContext context) {
        int approved = context.parameter("partition", Integer::parseInt);
        Start ready = new ConditionalWrite(workloads.api(), redactor)
                .start(
                        context,
                        () -> LiveTarget.of(context, workloads::workload)
                                .orVoid(live -> partition(context, live, approved), Look::instead),
                        why -> "The API server refuses to write its partition: " + OneLine.of(why, 300));
        if (!(ready instanceof Start.Started)) {
            return ready;
        }
        return deletion.start(context, (workload, hash) -> stuck(workload, hash, approved));
    }

    /** What has to be so before a pod is deleted; what else is in the way of that the deletion says. */
    private static Look partition(StepContext context, RevisionedWorkload workload, int approved) {
        boolean needed = workload.template().fingerprint().equals(context.parameter("template"))
                && PodDeletion.restored(workload)
                        .filter(hash -> DefaultPartition.isNeeded(workload, hash))
                        .filter(hash -> !stuck(workload, hash, approved).isEmpty())
                        .isPresent();
        return needed
                ? new Look.Send(
                        DefaultPartition.patch(workload, context.attribution().rollback()))
                : Look.instead(new Start.Started());
    }

    /** Its controller goes on no longer. */
    private static Observation switched(RevisionedWorkload workload, int partition) {
        int first = UpdatePolicy.of(workload).withPartition(partition).first();
        return LeftAlone.why(workload, pod -> pod.ordinal() >= first)
                .map(Observation::overtaken)
                .orElseGet(() -> Observation.done("There is nothing to delete any more."));
    }

    private static List<RevisionPod> stuck(RevisionedWorkload workload, String hash, int partition) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        return policy.stuck(workload, hash).stream()
                .filter(pod -> pod.ordinal() >= policy.withPartition(partition).first())
                .toList();
    }

    @Override
    public Observation observe(StepContext context) {
        Optional<RevisionedWorkload> live = workloads.workload(context.target());
        Optional<String> hash = live.flatMap(PodDeletion::restored);
        if (live.isEmpty()
                || !live.get().uid().equals(context.targetUid())
                || !live.get().template().fingerprint().equals(context.parameter("template"))) {
            return Observation.done("There is nothing to delete any more.");
        }
        int approved = context.parameter("partition", Integer::parseInt);
        if (!UpdatePolicy.of(live.get()).rolling()) {
            return switched(live.get(), approved);
        }
        Observation rollout = StatefulSetStatus.of(live.get(), clock.instant());
        if (rollout.state() != Observation.State.RUNNING) {
            return new Observation(Observation.State.DONE, "No pod blocks the rollout any more.", rollout.rollout());
        }
        // Until the rollout has ended a pod may become stuck that was not when the others were deleted.
        boolean again =
                hash.isPresent() && !stuck(live.get(), hash.get(), approved).isEmpty();
        return RevisionedTarget.withProblems(
                new Observation(
                        again ? Observation.State.AGAIN : Observation.State.RUNNING,
                        rollout.message(),
                        rollout.rollout()),
                live.get(),
                problems);
    }
}
