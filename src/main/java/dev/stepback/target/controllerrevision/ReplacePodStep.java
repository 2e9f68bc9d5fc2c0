package dev.stepback.target.controllerrevision;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.LiveTarget;
import dev.stepback.target.workload.PodProblems;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Replaces one pod of a workload with the strategy {@code OnDelete}, and waits until the new one is available. A pod is named
 * by what its successor will have too: its own name for a StatefulSet, its node for a DaemonSet.
 */
public final class ReplacePodStep implements Step {
    private static final String POD = "pod";

    private final Rollouts rollouts;
    private final RevisionedWorkloads workloads;
    private final PodDeletion deletion;
    private final PodProblems problems;
    private final Place place;
    private final Clock clock;

    public ReplacePodStep(
            Rollouts rollouts, RevisionedWorkloads workloads, Redactor redactor, Place place, Clock clock) {
        this.rollouts = rollouts;
        this.workloads = workloads;
        this.deletion = new PodDeletion(workloads, redactor);
        this.problems = new PodProblems(workloads.api(), redactor, clock);
        this.place = place;
        this.clock = clock;
    }

    /** What a pod and its successor have in common. */
    public interface Place {
        String of(RevisionPod pod);

        /** The places that need a ready pod before the controller makes one at this place, the first of them first. */
        default List<String> before(RevisionedWorkload workload, String wanted) {
            return List.of();
        }
    }

    public static PlannedStep planned(Kind kind, String place, String description, Rollouts.Restored restored) {
        return new PlannedStep(
                type(kind),
                description,
                Map.of(POD, place, "template", restored.template().fingerprint()));
    }

    private static String type(Kind kind) {
        return kind.lowerCase() + ".replace-pod";
    }

    @Override
    public String type() {
        return type(rollouts.kind());
    }

    @Override
    public Finding dryRun(StepContext context) {
        return PodDeletion.dryRun();
    }

    @Override
    public Start start(StepContext context) {
        String wanted = context.parameter(POD);
        return deletion.start(context, (workload, hash) -> doomed(workload, hash, wanted));
    }

    /**
     * The pod itself; or while its successor would not be made, what is in the way of that, if it has to go as well. A ready
     * pod is not deleted before the controller can replace it.
     */
    private List<RevisionPod> doomed(RevisionedWorkload workload, String hash, String wanted) {
        Optional<String> first = place.before(workload, wanted).stream().findFirst();
        return workload.pods().stream()
                .filter(pod -> place.of(pod).equals(first.orElse(wanted)))
                .filter(pod -> !pod.runs(hash) && !pod.terminating())
                .toList();
    }

    @Override
    public Observation observe(StepContext context) {
        return LiveTarget.of(context, workloads::workload).observe(live -> observe(context, live));
    }

    private Observation observe(StepContext context, RevisionedWorkload workload) {
        if (!workload.template().fingerprint().equals(context.parameter("template"))) {
            return Observation.overtaken("The pod template was changed while pods were being replaced.");
        }
        String wanted = context.parameter(POD);
        List<RevisionPod> there = workload.pods().stream()
                .filter(pod -> place.of(pod).equals(wanted))
                .toList();
        String hash = PodDeletion.restored(workload).orElse("");
        boolean replaced = there.stream()
                .anyMatch(pod ->
                        pod.runs(hash) && !pod.terminating() && pod.available(workload.minReady(), clock.instant()));
        // Scaled down, or its node has gone: there will be no successor.
        boolean gone = there.isEmpty() && !expected(workload, wanted);
        if (replaced || gone) {
            return Observation.done("The pod of %s is replaced.".formatted(wanted));
        }
        boolean again = !hash.isEmpty() && !doomed(workload, hash, wanted).isEmpty();
        String waiting = place.before(workload, wanted).stream()
                .findFirst()
                .map(first -> "Waiting for pod %s to be ready: before that there will be no new %s..."
                        .formatted(first, wanted))
                .orElseGet(() -> "Waiting for the new pod of %s to be available...".formatted(wanted));
        return RevisionedTarget.withProblems(
                new Observation(
                        again ? Observation.State.AGAIN : Observation.State.RUNNING,
                        waiting,
                        rollouts.status(workload).rollout()),
                workload,
                problems);
    }

    private boolean expected(RevisionedWorkload workload, String wanted) {
        var spec = workload.object().path("spec");
        if (rollouts.kind() != Kind.STATEFULSET) {
            return workload.object()
                            .path("status")
                            .path("desiredNumberScheduled")
                            .asInt(0)
                    > workload.pods().size();
        }
        int ordinal = Integer.parseInt(wanted.substring(wanted.lastIndexOf('-') + 1));
        int start = spec.path("ordinals").path("start").asInt(0);
        return ordinal >= start && ordinal < start + spec.path("replicas").asInt(1);
    }
}
