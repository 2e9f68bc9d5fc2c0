package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodProblems;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.UndoStep;
import dev.stepback.target.workload.Writer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Waits until the restored template runs everywhere. Changes nothing. */
final class AwaitRolloutStep implements Step {
    static final String TYPE = "deployment.await-rollout";

    private final Deployments deployments;
    private final PodProblems problems;
    private final Redactor redactor;

    AwaitRolloutStep(Deployments deployments, PodProblems problems, Redactor redactor) {
        this.deployments = deployments;
        this.problems = problems;
        this.redactor = redactor;
    }

    static PlannedStep planned(PodTemplate restored, long revision) {
        return new PlannedStep(
                TYPE,
                "Wait until every pod runs it",
                Map.of("template", restored.fingerprint(), "revision", Long.toString(revision)));
    }

    @Override
    public String type() {
        return TYPE;
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
        Optional<Workload> live = deployments.workload(context.target());
        if (live.isEmpty()) {
            return failed(Blame.title(context.target()) + " was deleted during the rollout.");
        }
        Workload workload = live.get();
        if (!workload.uid().equals(context.targetUid())) {
            return failed("%s was deleted during the rollout and created again at %s."
                    .formatted(Blame.title(context.target()), Json.createdAt(workload.deployment())));
        }
        if (replaced(context, workload)) {
            return failed("The rollback was replaced before it finished. " + Blame.templateChanged(workload, redactor));
        }
        Optional<Instant> patched =
                Writer.ofAnnotation(workload.deployment(), UndoStep.MARK).map(Writer::time);
        Observation observation = deployments.withProblems(RolloutStatus.of(workload, patched), workload, problems);
        return workload.paused() && observation.state() == Observation.State.RUNNING
                ? new Observation(
                        observation.state(),
                        "%s It is paused: '%s' lets it go on."
                                .formatted(observation.message(), Blame.resume(context.target())),
                        observation.rollout())
                : observation;
    }

    private static boolean replaced(StepContext context, Workload workload) {
        String wanted = context.step().parameters().get("template");
        if (workload.template().fingerprint().equals(wanted)) {
            return false;
        }
        // A mutating webhook may have added to what Stepback wrote; then nobody else is the template's last writer.
        return !(marked(context, workload.deployment())
                && Writer.ofTemplate(workload.deployment())
                        .filter(writer -> writer.manager().equals(ApiServer.FIELD_MANAGER))
                        .isPresent());
    }

    private static boolean marked(StepContext context, ObjectNode deployment) {
        return Json.annotation(deployment, UndoStep.MARK)
                .equals(context.attribution().rollback());
    }

    private static Observation failed(String why) {
        return new Observation(Observation.State.FAILED, why, null);
    }
}
