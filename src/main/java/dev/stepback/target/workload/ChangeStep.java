package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult.Reason;
import dev.stepback.target.PlanResult.Refused;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.text.OneLine;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Pauses, resumes or restarts, with one conditional write. */
public final class ChangeStep implements Step {
    /** The parameter that says that the state counts, and not the mark. */
    private static final String STOP = "stop";

    private final Kind kind;
    private final Operation operation;
    private final ApiServer api;
    private final BiFunction<TargetRef, ObjectNode, LiveWorkload> workloads;
    private final Redactor redactor;

    /** @param workloads a workload as it was read, with what belongs to it */
    public ChangeStep(
            Kind kind,
            Operation operation,
            ApiServer api,
            BiFunction<TargetRef, ObjectNode, LiveWorkload> workloads,
            Redactor redactor) {
        this.kind = kind;
        this.operation = operation;
        this.api = api;
        this.workloads = workloads;
        this.redactor = redactor;
    }

    /** Why an operation cannot be done to a target that is paused, or is not. */
    public static Optional<Refused> refusal(TargetRef target, boolean paused, Operation operation) {
        return switch (operation) {
            case PAUSE ->
                paused
                        ? Optional.of(new Refused(Reason.ALREADY_THERE, Blame.title(target) + " is already paused"))
                        : Optional.empty();
            case RESUME ->
                paused
                        ? Optional.empty()
                        : Optional.of(new Refused(Reason.ALREADY_THERE, Blame.title(target) + " is not paused"));
            case RESTART, UNDO ->
                paused
                        ? Optional.of(new Refused(
                                Reason.PAUSED,
                                "can't restart paused deployment; resume it first with '%s' and try again"
                                        .formatted(Blame.resume(target))))
                        : Optional.empty();
        };
    }

    /** The operation that a plan carries out. */
    public static Operation of(Plan plan) {
        return Stream.of(Operation.PAUSE, Operation.RESUME, Operation.RESTART)
                .filter(operation ->
                        plan.steps().stream().anyMatch(step -> step.type().endsWith("." + operation.lowerCase())))
                .findFirst()
                .orElse(Operation.UNDO);
    }

    /** What makes the plan of such an operation another one now, and who did that; empty when it is the same. */
    public static Optional<String> changedSince(LiveWorkload workload, Plan plan, Redactor redactor) {
        if (!workload.uid().equals(plan.targetUid())) {
            return Optional.of(Blame.anotherOne(workload.ref(), workload.object()));
        }
        Operation operation = of(plan);
        ChangePatch patch;
        try {
            String text = plan.steps().get(0).parameters().getOrDefault("patch", "");
            patch = ChangePatch.parse(operation, text);
        } catch (IllegalArgumentException e) {
            return Optional.of("The stored plan cannot be carried out: " + e.getMessage() + ".");
        }
        if (!patch.before().json().equals(workload.template().json())) {
            return Optional.of(Blame.templateChanged(workload, patch.before(), redactor));
        }
        return refusal(workload.ref(), Halt.paused(workload.object()), operation)
                .map(Refused::message);
    }

    public static PlannedStep planned(Kind kind, ChangePatch patch) {
        String description = switch (patch.operation()) {
            case PAUSE -> "Pause it";
            case RESUME -> "Resume it";
            case RESTART -> "Ask for new pods of the same template";
            case UNDO -> throw new IllegalArgumentException("an undo is a step of its own");
        };
        return new PlannedStep(type(kind, patch.operation()), description, Map.of("patch", patch.text()));
    }

    /** A pause in the middle of a rollout that bears the same mark. */
    public static PlannedStep stopping(LiveWorkload workload) {
        ChangePatch patch = ChangePatch.of(Operation.PAUSE, workload, "");
        return new PlannedStep(
                type(workload.ref().kind(), Operation.PAUSE),
                "Pause it where it is",
                Map.of("patch", patch.text(), STOP, "true"));
    }

    public static String type(Kind kind, Operation operation) {
        return kind.lowerCase() + "." + operation.lowerCase();
    }

    @Override
    public String type() {
        return type(kind, operation);
    }

    @Override
    public Finding dryRun(StepContext context) {
        return LiveTarget.of(context, api)
                .dryRun(live -> DryRun.of(api, redactor, context.target(), sent(context, patch(context), live)));
    }

    @Override
    public Start start(StepContext context) {
        ChangePatch patch = patch(context);
        return new ConditionalWrite(api, redactor)
                .start(
                        context,
                        () -> LiveTarget.of(context, api)
                                .look(live -> settled(context, patch, live), live -> sent(context, patch, live)),
                        why -> "The API server refuses to %s %s: %s"
                                .formatted(operation.lowerCase(), Blame.title(context.target()), OneLine.of(why, 500)));
    }

    @Override
    public Observation observe(StepContext context) {
        return LiveTarget.of(context, api).observe(live -> observe(context, live));
    }

    private Observation observe(StepContext context, ObjectNode live) {
        boolean paused = Halt.paused(live);
        return switch (operation) {
            case PAUSE ->
                observed(paused, isStop(context) ? stopped(live) : "It is paused.", "It was resumed in the meantime.");
            case RESUME -> observed(!paused, "It is resumed.", "It was paused again in the meantime.");
            case RESTART, UNDO ->
                observed(
                        UndoStep.marked(context, live)
                                || PodTemplate.of(live).sameAs(patch(context).after()),
                        "New pods are asked for.",
                        Blame.templateChanged(
                                workloads.apply(context.target(), live),
                                patch(context).after(),
                                redactor));
        };
    }

    private static boolean isStop(StepContext context) {
        return context.step().parameters().containsKey(STOP);
    }

    private static Observation observed(boolean done, String sentence, String otherwise) {
        return done ? Observation.done(sentence) : Observation.failed(otherwise);
    }

    private static String stopped(ObjectNode live) {
        return (Halt.on(live).isPresent()
                        ? "It is paused where it is"
                        : "It is paused where it is, by somebody else before the stop")
                + ": pods of both revisions serve until somebody goes on.";
    }

    /** What needs no patch: it is done already, or must not be done any more. */
    private Optional<Start> settled(StepContext context, ChangePatch patch, ObjectNode live) {
        if (isStop(context) ? Halt.paused(live) : UndoStep.marked(context, live)) {
            return Optional.of(new Start.Started());
        }
        if (!PodTemplate.of(live).json().equals(patch.before().json())) {
            return Optional.of(new Start.Void(
                    Blame.templateChanged(workloads.apply(context.target(), live), patch.before(), redactor)));
        }
        return refusal(context.target(), Halt.paused(live), operation)
                .map(refused -> new Start.Void("After the plan was made it was %s: %s."
                        .formatted(Halt.paused(live) ? "paused" : "resumed", refused.message())));
    }

    private ArrayNode sent(StepContext context, ChangePatch patch, ObjectNode live) {
        ArrayNode operations = patch.annotating(live, annotations(context));
        if (!isStop(context)) {
            Halt.forget(operations, live);
        }
        return operations;
    }

    /** The controller copies a change cause to the present revision, which a pause did not cause. */
    private ObjectNode annotations(StepContext context) {
        String rollback = context.attribution().rollback();
        ObjectNode annotations = Json.object().put(UndoStep.MARK, rollback);
        if (isStop(context)) {
            annotations.put(Halt.NOTE, rollback);
        }
        return operation == Operation.RESTART
                ? annotations.put(ChangeCause.ANNOTATION, ChangeCause.restarted(context.attribution(), redactor::text))
                : annotations;
    }

    private ChangePatch patch(StepContext context) {
        return context.parameter("patch", text -> ChangePatch.parse(operation, text));
    }
}
