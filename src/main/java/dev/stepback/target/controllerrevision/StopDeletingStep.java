package dev.stepback.target.controllerrevision;

import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.LiveTarget;
import java.util.Map;

/** With {@code OnDelete} nothing is replaced that nobody deletes: to stop there is nothing to write, only something to say. */
final class StopDeletingStep implements Step {
    private final Kind kind;
    private final RevisionedWorkloads workloads;

    StopDeletingStep(Kind kind, RevisionedWorkloads workloads) {
        this.kind = kind;
        this.workloads = workloads;
    }

    static PlannedStep planned(Kind kind) {
        return new PlannedStep(type(kind), "Delete no more pods", Map.of());
    }

    private static String type(Kind kind) {
        return kind.lowerCase() + ".stop-deleting";
    }

    @Override
    public String type() {
        return type(kind);
    }

    @Override
    public Finding dryRun(StepContext context) {
        return Finding.pass("stop-deleting", "Nothing is changed by it.");
    }

    @Override
    public Start start(StepContext context) {
        return new Start.Started();
    }

    @Override
    public Observation observe(StepContext context) {
        return LiveTarget.of(context, workloads::workload).observe(live -> Observation.done(words(live)));
    }

    private static String words(RevisionedWorkload workload) {
        String hash = PodDeletion.restored(workload).orElse("");
        long restored = workload.pods().stream()
                .filter(pod -> !hash.isEmpty() && pod.runs(hash) && !pod.terminating())
                .count();
        return "None of its pods is deleted any more. %d of %d have the restored template; with the strategy OnDelete the others stay as they are."
                .formatted(restored, workload.pods().size());
    }
}
