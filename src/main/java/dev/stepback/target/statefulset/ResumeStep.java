package dev.stepback.target.statefulset;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.controllerrevision.RevisionedWorkloads;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.ConditionalWrite;
import dev.stepback.target.workload.DryRun;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.JsonPatch;
import dev.stepback.target.workload.LiveTarget;
import dev.stepback.target.workload.UndoStep;
import dev.stepback.text.OneLine;
import java.util.Map;
import java.util.Optional;

/** Gives a partition back that a rollback has left where it stood still: the rollout goes on by itself. */
final class ResumeStep implements Step {
    static final String TYPE = "statefulset.resume";

    private static final String TEMPLATE = "template";
    private static final String PARTITION = "partition";
    private static final String FORMER = "former";

    private final RevisionedWorkloads workloads;
    private final Redactor redactor;

    ResumeStep(RevisionedWorkloads workloads, Redactor redactor) {
        this.workloads = workloads;
        this.redactor = redactor;
    }

    static PlannedStep planned(RevisionedWorkload workload, Standstill still) {
        return new PlannedStep(
                TYPE,
                "Put its partition back from %d to %d, as it was before it stood still"
                        .formatted(still.partition(), still.former()),
                Map.of(
                        TEMPLATE,
                        workload.template().fingerprint(),
                        PARTITION,
                        Integer.toString(still.partition()),
                        FORMER,
                        Integer.toString(still.former())));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Finding dryRun(StepContext context) {
        return LiveTarget.of(context, workloads::workload)
                .dryRun(live -> DryRun.of(
                        workloads.api(),
                        redactor,
                        context.target(),
                        patch(live, context.attribution().rollback())));
    }

    @Override
    public Start start(StepContext context) {
        return new ConditionalWrite(workloads.api(), redactor)
                .start(
                        context,
                        () -> LiveTarget.of(context, workloads::workload)
                                .look(
                                        live -> settled(context, live),
                                        live -> patch(
                                                live, context.attribution().rollback())),
                        why -> "The API server refuses to put its partition back: " + OneLine.of(why, 300));
    }

    /** What needs no patch: it is done already, or must not be done any more. */
    private Optional<Start> settled(StepContext context, RevisionedWorkload live) {
        if (isDone(context, live.object())) {
            return Optional.of(new Start.Started());
        }
        return changed(live, context.step(), redactor).map(Start.Void::new);
    }

    /** What makes it another step now than this one, and who did that. */
    static Optional<String> changed(RevisionedWorkload live, PlannedStep step, Redactor redactor) {
        if (!live.template().fingerprint().equals(step.parameters().get(TEMPLATE))) {
            return Optional.of(Blame.templateChanged(live, redactor));
        }
        boolean same = Standstill.untouched(live.object())
                .filter(still -> Integer.toString(still.partition())
                                .equals(step.parameters().get(PARTITION))
                        && Integer.toString(still.former())
                                .equals(step.parameters().get(FORMER)))
                .isPresent();
        return same
                ? Optional.empty()
                : Optional.of(Blame.strategyChanged(
                        live.ref(),
                        live.object(),
                        new Borrowed(Borrowed.PARTITION, IntNode.valueOf(0), IntNode.valueOf(0))));
    }

    private static boolean isDone(StepContext context, ObjectNode live) {
        return UndoStep.marked(context, live) && Borrowed.on(live).isEmpty();
    }

    /** Only as it was looked at: uid, template, note and partition. */
    static ArrayNode patch(RevisionedWorkload workload, String rollback) {
        ObjectNode live = workload.object();
        Borrowed noted = Borrowed.on(live).map(Borrowed.Noted::borrowed).orElseThrow();
        ArrayNode operations =
                new Borrowed(Borrowed.PARTITION, noted.former(), noted.now(live)).back(live, workload.template());
        return JsonPatch.annotating(operations, live, Json.object().put(UndoStep.MARK, rollback));
    }

    @Override
    public Observation observe(StepContext context) {
        return LiveTarget.of(context, workloads::workload)
                .observe(live -> Observation.done(
                        "Its partition is %d.".formatted(UpdatePolicy.of(live).partition())));
    }
}
