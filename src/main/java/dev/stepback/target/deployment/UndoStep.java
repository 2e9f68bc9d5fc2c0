package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.ChangeCause;
import dev.stepback.target.workload.DryRun;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Text;
import dev.stepback.target.workload.UndoPatch;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;

/** Puts the template of an earlier revision back, with one conditional write. */
final class UndoStep implements Step {
    static final String TYPE = "deployment.undo";

    /** The annotation that names the Rollback that changed the Deployment last, written together with the change. */
    static final String MARK = "stepback.dev/rollback";

    private static final int UNPROCESSABLE = 422;
    private static final int NOT_FOUND = 404;
    private static final int ATTEMPTS = 3;

    private final Deployments deployments;
    private final Redactor redactor;

    UndoStep(Deployments deployments, Redactor redactor) {
        this.deployments = deployments;
        this.redactor = redactor;
    }

    static PlannedStep planned(UndoPatch patch, long revision, String replicaSet) {
        return new PlannedStep(
                TYPE,
                "Restore the template of revision " + revision,
                Map.of("patch", patch.text(), "revision", Long.toString(revision), "replicaSet", replicaSet));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Finding dryRun(StepContext context) {
        Optional<ObjectNode> live = deployments.deployment(context.target());
        if (live.isEmpty()) {
            return Finding.block(DryRun.CHECK, Blame.gone(context.target()));
        }
        return DryRun.of(
                deployments.api(),
                redactor,
                context.target(),
                patch(context).annotating(live.get(), annotations(context)));
    }

    @Override
    public Start start(StepContext context) {
        UndoPatch patch;
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
        return new Start.Failed("The API server refuses to restore revision %s: %s"
                .formatted(
                        parameter(context, "revision"),
                        Text.line(redactor.text(refused == null ? "" : String.valueOf(refused.getMessage())), 500)));
    }

    @Override
    public Observation observe(StepContext context) {
        Optional<ObjectNode> live = deployments.deployment(context.target());
        if (live.isEmpty() || !Json.uid(live.get()).equals(context.targetUid())) {
            return new Observation(Observation.State.FAILED, Blame.gone(context.target()), null);
        }
        if (marked(context, live.get())) {
            String done = "The template of revision %s is restored.".formatted(parameter(context, "revision"));
            return new Observation(Observation.State.DONE, done, null);
        }
        // Once started it was written; if the mark is gone, somebody has changed the Deployment since.
        Workload workload =
                new Workload(context.target(), live.get(), deployments.replicaSets(context.target(), live.get()));
        if (workload.template().sameAs(patch(context).after())) {
            return new Observation(Observation.State.DONE, "The template is restored.", null);
        }
        return new Observation(Observation.State.FAILED, Blame.templateChanged(workload, redactor), null);
    }

    /** What needs no patch: it is done already, or must not be done any more. */
    private Optional<Start> settled(StepContext context, UndoPatch patch, ObjectNode live) {
        if (!Json.uid(live).equals(context.targetUid())) {
            return Optional.of(new Start.Void(Blame.anotherOne(context.target(), live)));
        }
        if (marked(context, live)) {
            return Optional.of(new Start.Started());
        }
        PodTemplate now = PodTemplate.of(live);
        if (!now.json().equals(patch.before().json())) {
            Workload workload = new Workload(context.target(), live, deployments.replicaSets(context.target(), live));
            String why = Blame.templateChanged(workload, redactor);
            return Optional.of(new Start.Void(
                    now.sameAs(patch.after())
                            ? why
                                    + " It already has the template of revision %s."
                                            .formatted(parameter(context, "revision"))
                            : why));
        }
        if (live.path("spec").path("paused").asBoolean(false)) {
            return Optional.of(new Start.Void("%s was paused after the plan was made; resume it first with '%s'."
                    .formatted(Blame.title(context.target()), Blame.resume(context.target()))));
        }
        return foreign(context, patch);
    }

    /**
     * Only what the Deployment once ran is ever written: the plan lies in an object that others may be able to write,
     * and the patch is sent with Stepback's rights.
     */
    private Optional<Start> foreign(StepContext context, UndoPatch patch) {
        String revision = parameter(context, "revision");
        Optional<ObjectNode> replicaSet =
                deployments.replicaSet(context.target(), context.targetUid(), parameter(context, "replicaSet"));
        if (replicaSet.isEmpty()) {
            return Optional.of(new Start.Void("Revision %s is no longer in the history of %s."
                    .formatted(revision, Blame.title(context.target()))));
        }
        return PodTemplate.of(replicaSet.get()).withoutHash().sameAs(patch.after())
                ? Optional.empty()
                : Optional.of(
                        new Start.Void("What the stored plan would restore is not the template of revision %s of %s."
                                .formatted(revision, Blame.title(context.target()))));
    }

    private static boolean marked(StepContext context, ObjectNode live) {
        return Json.annotation(live, MARK).equals(context.attribution().rollback());
    }

    private ObjectNode annotations(StepContext context) {
        return Json.object()
                .put(
                        Workload.CHANGE_CAUSE,
                        ChangeCause.of(parameter(context, "revision"), context.attribution(), redactor::text))
                .put(MARK, context.attribution().rollback());
    }

    private static UndoPatch patch(StepContext context) {
        return UndoPatch.parse(parameter(context, "patch"));
    }

    private static String parameter(StepContext context, String name) {
        String value = context.step().parameters().get(name);
        if (value == null) {
            throw new IllegalArgumentException("step " + TYPE + " has no parameter " + name);
        }
        return value;
    }
}
