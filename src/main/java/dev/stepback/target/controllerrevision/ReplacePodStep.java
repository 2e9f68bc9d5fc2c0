package dev.stepback.target.controllerrevision;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.Blame;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Replaces one pod of a workload with the strategy {@code OnDelete}, and waits until the new one is available. A pod is named
 * by what its successor will have too: its own name for a StatefulSet, its node for a DaemonSet.
 */
public final class ReplacePodStep implements Step {
    private static final String POD = "pod";

    private final Kind kind;
    private final RevisionedWorkloads workloads;
    private final PodDeletion deletion;
    private final Function<RevisionPod, String> place;
    private final Clock clock;

    /** @param place what a pod and its successor have in common */
    public ReplacePodStep(
            Kind kind,
            RevisionedWorkloads workloads,
            Redactor redactor,
            Function<RevisionPod, String> place,
            Clock clock) {
        this.kind = kind;
        this.workloads = workloads;
        this.deletion = new PodDeletion(workloads, redactor);
        this.place = place;
        this.clock = clock;
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
        return type(kind);
    }

    @Override
    public Finding dryRun(StepContext context) {
        return PodDeletion.dryRun();
    }

    @Override
    public Start start(StepContext context) {
        String wanted = PodDeletion.parameter(context, POD);
        return deletion.start(
                context,
                (workload, hash) -> workload.pods().stream()
                        .filter(pod -> place.apply(pod).equals(wanted))
                        .filter(pod -> !pod.runs(hash) && !pod.terminating())
                        .toList());
    }

    @Override
    public Observation observe(StepContext context) {
        Optional<RevisionedWorkload> live = workloads.workload(context.target());
        if (live.isEmpty() || !live.get().uid().equals(context.targetUid())) {
            return new Observation(Observation.State.FAILED, Blame.gone(context.target()), null);
        }
        RevisionedWorkload workload = live.get();
        if (!workload.template().fingerprint().equals(PodDeletion.parameter(context, "template"))) {
            return new Observation(
                    Observation.State.FAILED, "The pod template was changed while pods were being replaced.", null);
        }
        String wanted = PodDeletion.parameter(context, POD);
        List<RevisionPod> there = workload.pods().stream()
                .filter(pod -> place.apply(pod).equals(wanted))
                .toList();
        String hash = PodDeletion.restored(workload).orElse("");
        boolean replaced = there.stream()
                .anyMatch(pod ->
                        pod.runs(hash) && !pod.terminating() && pod.available(workload.minReady(), clock.instant()));
        // Scaled down, or its node has gone: there will be no successor.
        boolean gone = there.isEmpty() && !expected(workload, wanted);
        return replaced || gone
                ? new Observation(Observation.State.DONE, "The pod of %s is replaced.".formatted(wanted), null)
                : new Observation(
                        Observation.State.RUNNING,
                        "Waiting for the new pod of %s to be available...".formatted(wanted),
                        null);
    }

    private boolean expected(RevisionedWorkload workload, String wanted) {
        var spec = workload.object().path("spec");
        if (kind != Kind.STATEFULSET) {
            return workload.object()
                            .path("status")
                            .path("desiredNumberScheduled")
                            .asInt(0)
                    > workload.pods().size();
        }
        int ordinal = Integer.parseInt(wanted.substring(wanted.lastIndexOf('-') + 1));
        return ordinal
                < spec.path("ordinals").path("start").asInt(0)
                        + spec.path("replicas").asInt(1);
    }
}
