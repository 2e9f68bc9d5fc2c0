package dev.stepback.target.controllerrevision;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodProblems;
import dev.stepback.target.workload.UndoStep;
import dev.stepback.target.workload.Writer;
import java.util.Map;
import java.util.Optional;

/** Waits until the restored template runs everywhere. Changes nothing. */
final class AwaitRolloutStep implements Step {
    private final RevisionedWorkloads workloads;
    private final Rollouts rollouts;
    private final PodProblems problems;
    private final Redactor redactor;

    AwaitRolloutStep(RevisionedWorkloads workloads, Rollouts rollouts, PodProblems problems, Redactor redactor) {
        this.workloads = workloads;
        this.rollouts = rollouts;
        this.problems = problems;
        this.redactor = redactor;
    }

    static PlannedStep planned(Kind kind, Rollouts.Restored restored) {
        return new PlannedStep(
                type(kind),
                "Wait until every pod runs it",
                Map.of("template", restored.template().fingerprint(), "revision", Long.toString(restored.number())));
    }

    private static String type(Kind kind) {
        return kind.lowerCase() + ".await-rollout";
    }

    @Override
    public String type() {
        return type(rollouts.kind());
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
        Optional<RevisionedWorkload> live = workloads.workload(context.target());
        if (live.isEmpty()) {
            return failed(Blame.title(context.target()) + " was deleted during the rollout.");
        }
        RevisionedWorkload workload = live.get();
        if (!workload.uid().equals(context.targetUid())) {
            return failed("%s was deleted during the rollout and created again at %s."
                    .formatted(Blame.title(context.target()), Json.createdAt(workload.object())));
        }
        if (replaced(context, workload)) {
            return failed("The rollback was replaced before it finished. " + Blame.templateChanged(workload, redactor));
        }
        return RevisionedTarget.withProblems(rollouts.status(workload), workload, problems);
    }

    private static boolean replaced(StepContext context, RevisionedWorkload workload) {
        if (workload.template().fingerprint().equals(context.step().parameters().get("template"))) {
            return false;
        }
        // A mutating webhook may have added to what Stepback wrote; then nobody else is the template's last writer.
        boolean marked = Json.annotation(workload.object(), UndoStep.MARK)
                .equals(context.attribution().rollback());
        return !(marked
                && Writer.ofTemplate(workload.object())
                        .filter(writer -> writer.manager().equals(ApiServer.FIELD_MANAGER))
                        .isPresent());
    }

    private static Observation failed(String why) {
        return new Observation(Observation.State.FAILED, why, null);
    }
}
