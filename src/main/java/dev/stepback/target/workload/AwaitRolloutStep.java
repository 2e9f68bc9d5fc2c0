package dev.stepback.target.workload;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Waits until the restored template runs everywhere. Changes nothing. */
public final class AwaitRolloutStep<W extends LiveWorkload> implements Step {
    private final Kind kind;
    private final Function<TargetRef, Optional<W>> workloads;
    private final Function<W, Observation> progress;
    private final Redactor redactor;

    /**
     * @param workloads reads a workload as it is now
     * @param progress how far its rollout is, with why pods are not ready
     */
    public AwaitRolloutStep(
            Kind kind,
            Function<TargetRef, Optional<W>> workloads,
            Function<W, Observation> progress,
            Redactor redactor) {
        this.kind = kind;
        this.workloads = workloads;
        this.progress = progress;
        this.redactor = redactor;
    }

    public static PlannedStep planned(Kind kind, PodTemplate restored, long revision) {
        return planned(kind, restored, revision, "");
    }

    /** @param order in which order the pods are replaced, for people; may be empty */
    public static PlannedStep planned(Kind kind, PodTemplate restored, long revision, String order) {
        return new PlannedStep(
                type(kind),
                "Wait until every pod runs it" + order,
                Map.of("template", restored.fingerprint(), "revision", Long.toString(revision)));
    }

    private static String type(Kind kind) {
        return kind.lowerCase() + ".await-rollout";
    }

    @Override
    public String type() {
        return type(kind);
    }

    @Override
    public Finding dryRun(StepContext context) {
        return Finding.pass("await-rollout", "Waiting changes nothing.");
    }

    @Override
    public Start start(StepContext context) {
        return new Start.Started();
    }

    @Override
    public Observation observe(StepContext context) {
        Optional<W> live = workloads.apply(context.target());
        if (live.isEmpty()) {
            return Observation.overtaken(Blame.title(context.target()) + " was deleted during the rollout.");
        }
        W workload = live.get();
        if (!workload.uid().equals(context.targetUid())) {
            return Observation.overtaken("%s was deleted during the rollout and created again at %s."
                    .formatted(Blame.title(context.target()), Json.createdAt(workload.object())));
        }
        if (replaced(context, workload)) {
            return Observation.overtaken(
                    "The rollback was replaced before it finished. " + Blame.templateChanged(workload, redactor));
        }
        return progress.apply(workload);
    }

    private static boolean replaced(StepContext context, LiveWorkload workload) {
        if (workload.template().fingerprint().equals(context.step().parameters().get("template"))) {
            return false;
        }
        // A mutating webhook may have added to what Stepback wrote; then nobody else is the template's last writer.
        return !(UndoStep.marked(context, workload.object())
                && Writer.ofTemplate(workload.object())
                        .filter(Writer::isStepback)
                        .isPresent());
    }
}
