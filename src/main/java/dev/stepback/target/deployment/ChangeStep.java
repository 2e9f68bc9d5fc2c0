package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Operation;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.ChangeCause;
import dev.stepback.target.workload.DryRun;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Text;
import dev.stepback.target.workload.UndoStep;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;

/** Pauses, resumes or restarts, with one conditional write. */
final class ChangeStep implements Step {
    /** The parameter that says that the state counts, and not the mark. */
    private static final String STOP = "stop";

    private static final int UNPROCESSABLE = 422;
    private static final int NOT_FOUND = 404;
    private static final int ATTEMPTS = 3;

    private final Operation operation;
    private final Deployments deployments;
    private final Redactor redactor;

    ChangeStep(Operation operation, Deployments deployments, Redactor redactor) {
        this.operation = operation;
        this.deployments = deployments;
        this.redactor = redactor;
    }

    static PlannedStep planned(ChangePatch patch) {
        String description = switch (patch.operation()) {
            case PAUSE -> "Pause it";
            case RESUME -> "Resume it";
            case RESTART -> "Ask for new pods of the same template";
            case UNDO -> throw new IllegalArgumentException("an undo is a step of its own");
        };
        return new PlannedStep(type(patch.operation()), description, Map.of("patch", patch.text()));
    }

    /** A pause in the middle of a rollout that bears the same mark. */
    static PlannedStep stopping(Workload workload) {
        ChangePatch patch = ChangePatch.of(Operation.PAUSE, workload, "");
        return new PlannedStep(
                type(Operation.PAUSE), "Pause it where it is", Map.of("patch", patch.text(), STOP, "true"));
    }

    static String type(Operation operation) {
        return "deployment." + operation.lowerCase();
    }

    @Override
    public String type() {
        return type(operation);
    }

    @Override
    public Finding dryRun(StepContext context) {
        return deployments
                .deployment(context.target())
                .map(live -> DryRun.of(
                        deployments.api(),
                        redactor,
                        context.target(),
                        patch(context).annotating(live, annotations(context))))
                .orElseGet(() -> Finding.block(DryRun.CHECK, Blame.gone(context.target())));
    }

    @Override
    public Start start(StepContext context) {
        ChangePatch patch;
        try {
            patch = patch(context);
        } catch (IllegalArgumentException e) {
            return new Start.Failed("The stored plan cannot be carried out: " + e.getMessage() + ".");
        }
        KubernetesClientException refused = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<ObjectNode> live = deployments.deployment(context.target());
            if (live.isEmpty()) {
                return new Start.Void(Blame.gone(context.target()));
            }
            Optional<Start> instead = settled(context, patch, live.get()).or(context.guard()::objection);
            if (instead.isPresent()) {
                return instead.get();
            }
            try {
                deployments.patch(context.target(), patch.annotating(live.get(), annotations(context)), false);
                return new Start.Started();
            } catch (KubernetesClientException e) {
                if (e.getCode() != UNPROCESSABLE && e.getCode() != NOT_FOUND) {
                    throw e;
                }
                refused = e;
            }
        }
        String why = refused == null ? "" : String.valueOf(refused.getMessage());
        return new Start.Failed("The API server refuses to %s %s: %s"
                .formatted(operation.lowerCase(), Blame.title(context.target()), Text.line(redactor.text(why), 500)));
    }

    @Override
    public Observation observe(StepContext context) {
        Optional<ObjectNode> live = deployments.deployment(context.target());
        if (live.isEmpty() || !Json.uid(live.get()).equals(context.targetUid())) {
            return new Observation(Observation.State.FAILED, Blame.gone(context.target()), null);
        }
        boolean paused = paused(live.get());
        return switch (operation) {
            case PAUSE -> observed(paused, "It is paused.", "It was resumed in the meantime.");
            case RESUME -> observed(!paused, "It is resumed.", "It was paused again in the meantime.");
            case RESTART, UNDO ->
                observed(
                        marked(context, live.get())
                                || PodTemplate.of(live.get())
                                        .sameAs(patch(context).after()),
                        "New pods are asked for.",
                        Blame.templateChanged(workload(context, live.get()), redactor));
        };
    }

    private static Observation observed(boolean done, String sentence, String otherwise) {
        return new Observation(
                done ? Observation.State.DONE : Observation.State.FAILED, done ? sentence : otherwise, null);
    }

    /** What needs no patch: it is done already, or must not be done any more. */
    private Optional<Start> settled(StepContext context, ChangePatch patch, ObjectNode live) {
        if (!Json.uid(live).equals(context.targetUid())) {
            return Optional.of(new Start.Void(Blame.anotherOne(context.target(), live)));
        }
        boolean stop = context.step().parameters().containsKey(STOP);
        if (stop ? paused(live) : marked(context, live)) {
            return Optional.of(new Start.Started());
        }
        if (!PodTemplate.of(live).json().equals(patch.before().json())) {
            return Optional.of(new Start.Void(Blame.templateChanged(workload(context, live), redactor)));
        }
        return Changes.refusal(context.target(), paused(live), operation)
                .map(refused -> new Start.Void("After the plan was made it was %s: %s."
                        .formatted(paused(live) ? "paused" : "resumed", refused.message())));
    }

    private Workload workload(StepContext context, ObjectNode live) {
        return new Workload(context.target(), live, deployments.replicaSets(context.target(), live));
    }

    private static boolean paused(ObjectNode live) {
        return live.path("spec").path("paused").asBoolean(false);
    }

    private static boolean marked(StepContext context, ObjectNode live) {
        return Json.annotation(live, UndoStep.MARK).equals(context.attribution().rollback());
    }

    /** The controller copies a change cause to the present revision, which a pause did not cause. */
    private ObjectNode annotations(StepContext context) {
        ObjectNode annotations =
                Json.object().put(UndoStep.MARK, context.attribution().rollback());
        return operation == Operation.RESTART
                ? annotations.put(Workload.CHANGE_CAUSE, ChangeCause.restarted(context.attribution(), redactor::text))
                : annotations;
    }

    private ChangePatch patch(StepContext context) {
        String text = context.step().parameters().get("patch");
        if (text == null) {
            throw new IllegalArgumentException("step " + type() + " has no parameter patch");
        }
        return ChangePatch.parse(operation, text);
    }
}
