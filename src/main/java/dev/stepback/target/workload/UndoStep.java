package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.UnusableStepException;
import dev.stepback.text.OneLine;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Puts the template of an earlier revision back, with one conditional write. */
public final class UndoStep implements Step {
    /** The annotation that names the Rollback that changed the workload last, written together with the change. */
    public static final String MARK = "stepback.dev/rollback";

    /** The parameter that says what is borrowed. */
    private static final String BORROWS = "borrows";

    private final Undoable kind;
    private final ApiServer api;
    private final Redactor redactor;

    public UndoStep(Undoable kind, ApiServer api, Redactor redactor) {
        this.kind = kind;
        this.api = api;
        this.redactor = redactor;
    }

    /** @param stored name of the object that keeps the revision */
    public static PlannedStep planned(Undoable kind, UndoPatch patch, long revision, String stored) {
        return new PlannedStep(
                kind.stepType(),
                "Restore the template of revision " + revision
                        + (patch.updatesLastApplied() ? ", and what kubectl apply remembers of it" : "")
                        + (patch.ends().isPresent() ? ", and end its pause" : ""),
                Map.of("patch", patch.text(), "revision", Long.toString(revision), kind.storedIn(), stored));
    }

    /**
     * One that sets a field of the strategy together with the template.
     *
     * @param patch borrows it
     * @param how what that means, for people
     */
    public static PlannedStep planned(
            Undoable kind, UndoPatch patch, long revision, String stored, Borrowed borrowed, String how) {
        PlannedStep plain = planned(kind, patch, revision, stored);
        Map<String, String> parameters = new TreeMap<>(plain.parameters());
        parameters.put(BORROWS, borrowed.text());
        return new PlannedStep(plain.type(), plain.description() + how, parameters);
    }

    /** What the step borrows, if anything. */
    public static Optional<Borrowed> borrowed(PlannedStep step) {
        return Optional.ofNullable(step.parameters().get(BORROWS)).map(Borrowed::parse);
    }

    @Override
    public String type() {
        return kind.stepType();
    }

    @Override
    public Finding dryRun(StepContext context) {
        return LiveTarget.of(context, api)
                .dryRun(live -> DryRun.of(api, redactor, context.target(), sent(context, patch(context), live)));
    }

    @Override
    public Start start(StepContext context) {
        UndoPatch patch = patch(context);
        return new ConditionalWrite(api, redactor)
                .start(
                        context,
                        () -> LiveTarget.of(context, api)
                                .look(live -> settled(context, patch, live), live -> sent(context, patch, live)),
                        why -> "The API server refuses to restore revision %s: %s"
                                .formatted(context.parameter("revision"), OneLine.of(why, 500)));
    }

    @Override
    public Observation observe(StepContext context) {
        return LiveTarget.of(context, api).observe(live -> observe(context, live));
    }

    private Observation observe(StepContext context, ObjectNode live) {
        if (marked(context, live)) {
            return Observation.done(
                    "The template of revision %s is restored.".formatted(context.parameter("revision")));
        }
        // Once started it was written; if the mark is gone, somebody has changed the workload since.
        LiveWorkload workload = kind.workload(context.target(), live);
        return workload.template().sameAs(patch(context).after())
                ? Observation.done("The template is restored.")
                : Observation.overtaken(
                        Blame.templateChanged(workload, patch(context).after(), redactor));
    }

    /** What needs no patch: it is done already, or must not be done any more. */
    private Optional<Start> settled(StepContext context, UndoPatch patch, ObjectNode live) {
        if (marked(context, live)) {
            return Optional.of(new Start.Started());
        }
        PodTemplate now = PodTemplate.of(live);
        if (!now.json().equals(patch.before().json())) {
            String why = Blame.templateChanged(kind.workload(context.target(), live), patch.before(), redactor);
            return Optional.of(new Start.Void(
                    now.sameAs(patch.after())
                            ? why
                                    + " It already has the template of revision %s."
                                            .formatted(context.parameter("revision"))
                            : why));
        }
        Optional<String> strategy = patch.strategyChanged(borrowed(context), context.target(), live);
        if (strategy.isPresent()) {
            return Optional.of(new Start.Void(strategy.get()));
        }
        if (!patch.fitsLastApplied(live)) {
            return Optional.of(new Start.Void(Blame.appliedSince(context.target(), live)));
        }
        return kind.obstacle(context.target(), live, patch)
                .<Start>map(Start.Void::new)
                .or(() -> foreign(context, patch));
    }

    /**
     * Only what the workload once ran is ever written: the plan lies in an object that others may be able to write,
     * and the patch is sent with Stepback's rights.
     */
    private Optional<Start> foreign(StepContext context, UndoPatch patch) {
        String revision = context.parameter("revision");
        Optional<PodTemplate> stored =
                kind.stored(context.target(), context.targetUid(), context.parameter(kind.storedIn()));
        if (stored.isEmpty()) {
            return Optional.of(new Start.Void("Revision %s is no longer in the history of %s."
                    .formatted(revision, Blame.title(context.target()))));
        }
        return stored.get().sameAs(patch.after()) && patch.consistent()
                ? Optional.empty()
                : Optional.of(
                        new Start.Void("What the stored plan would restore is not the template of revision %s of %s."
                                .formatted(revision, Blame.title(context.target()))));
    }

    /** Whether the Rollback that the step belongs to was the last one to change this object, or made it. */
    public static boolean marked(StepContext context, JsonNode live) {
        return Json.annotation(live, MARK).equals(context.attribution().rollback());
    }

    private ArrayNode sent(StepContext context, UndoPatch patch, ObjectNode live) {
        ArrayNode operations = patch.annotating(live, annotations(context));
        if (borrowed(context).filter(Borrowed::givesBack).isPresent()
                && !Json.annotation(live, Borrowed.NOTE).isEmpty()) {
            JsonPatch.remove(operations, JsonPatch.annotation(Borrowed.NOTE));
        }
        if (patch.ends().isEmpty()) {
            Halt.forget(operations, live);
        }
        return operations;
    }

    private ObjectNode annotations(StepContext context) {
        ObjectNode annotations = Json.object()
                .put(
                        ChangeCause.ANNOTATION,
                        ChangeCause.of(context.parameter("revision"), context.attribution(), redactor::text))
                .put(MARK, context.attribution().rollback());
        borrowed(context)
                .filter(b -> !b.givesBack())
                .ifPresent(b -> annotations.put(
                        Borrowed.NOTE, b.note(context.attribution().rollback())));
        return annotations;
    }

    private static Optional<Borrowed> borrowed(StepContext context) {
        return context.step().parameters().containsKey(BORROWS)
                ? Optional.of(context.parameter(BORROWS, Borrowed::parse))
                : Optional.empty();
    }

    private static UndoPatch patch(StepContext context) {
        UndoPatch patch = context.parameter("patch", UndoPatch::parse);
        if (!patch.borrows(borrowed(context))) {
            throw new UnusableStepException("its patch does not borrow what it says");
        }
        return patch;
    }
}
