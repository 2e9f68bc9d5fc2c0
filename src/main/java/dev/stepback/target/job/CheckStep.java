package dev.stepback.target.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.UndoStep;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Runs the Job of a data check, and lets nothing follow unless it succeeds. It changes nothing of the target. */
public final class CheckStep implements Step {
    /** How long after its time a Job may take to say that it has ended: its pods have to end too. */
    static final Duration GRACE = Duration.ofMinutes(1);

    private static final int UNPROCESSABLE = 422;

    private final Kind kind;
    private final ApiServer api;
    private final Configured configured;
    private final Redactor redactor;
    private final Clock clock;

    /** Plans the checks once more, by the configuration of this moment. */
    @FunctionalInterface
    public interface Configured {
        /** @param revision number of the revision to restore */
        List<PlannedStep> checks(TargetRef target, long revision);
    }

    /** @param clock says when a Job has taken too long */
    public CheckStep(Kind kind, ApiServer api, Configured configured, Redactor redactor, Clock clock) {
        this.kind = kind;
        this.api = api;
        this.configured = configured;
        this.redactor = redactor;
        this.clock = clock;
    }

    @Override
    public String type() {
        return CheckPlan.type(kind);
    }

    @Override
    public Finding dryRun(StepContext context) {
        return Finding.pass(CheckPlan.FINDING, "The data check %s runs first.".formatted(check(context)));
    }

    @Override
    public Start start(StepContext context) {
        String name = name(context);
        Optional<ObjectNode> there = api.get(path(context));
        if (there.isPresent()) {
            return ours(there.get(), context);
        }
        // The plan lies in an object that others may be able to write, and the Job is made with Stepback's rights.
        long revision = context.parameter(CheckPlan.REVISION, Long::parseLong);
        if (!configured.checks(context.target(), revision).contains(context.step())) {
            // When more than the checks has changed, the guard knows what, and who did it.
            return context.guard().objection().orElseGet(() -> new Start.Void(CheckPlan.changed(context.target())));
        }
        ObjectNode job = context.parameter(CheckPlan.JOB, Json::parseObject);
        Optional<String> unresolved = JobManifest.unresolved(job);
        if (unresolved.isPresent()) {
            return new Start.Failed(cannotRun(context, noSuchThing(unresolved.get())));
        }
        Optional<Start> objection = context.guard().objection();
        if (objection.isPresent()) {
            return objection.get();
        }
        job.withObject("/metadata").put("name", name);
        job.withObject("/metadata/annotations")
                .put(UndoStep.MARK, context.attribution().rollback());
        try {
            api.create(jobs(context.target()) + "?fieldValidation=Strict&fieldManager=" + ApiServer.FIELD_MANAGER, job);
            return new Start.Started();
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case HttpURLConnection.HTTP_CONFLICT ->
                    ours(api.get(path(context)).orElseThrow(() -> e), context);
                case HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_NOT_FOUND, UNPROCESSABLE ->
                    new Start.Failed(cannotRun(context, redactor.text(String.valueOf(e.getMessage()))));
                default -> throw e;
            };
        }
    }

    /** Whoever may create Jobs could have made one of this name that does something else. */
    private Start ours(ObjectNode job, StepContext context) {
        if (!UndoStep.marked(context, job)) {
            return new Start.Failed(cannotRun(context, "somebody else made a Job " + Json.name(job) + "."));
        }
        ObjectNode again = context.parameter(CheckPlan.JOB, Json::parseObject);
        again.withObject("/metadata").put("generateName", "stepback-");
        try {
            // Admission and defaults change what is made: only the API server knows what would come of the plan.
            ObjectNode planned = api.create(jobs(context.target()) + "?dryRun=All", again);
            return JobManifest.work(planned).equals(JobManifest.work(job))
                    ? new Start.Started()
                    : new Start.Failed(cannotRun(
                            context,
                            "the Job " + Json.name(job)
                                    + " is not as it was planned: somebody else made or changed it."));
        } catch (KubernetesClientException e) {
            if (e.getCode() == 0 || e.getCode() >= 500) {
                throw e;
            }
            // Who may not create Jobs cannot find out; whoever let it go may be able to.
            return context.guard().objection().orElseGet(Start.Started::new);
        }
    }

    @Override
    public Observation observe(StepContext context) {
        Optional<ObjectNode> found = api.get(path(context));
        if (found.isEmpty()) {
            return failed(
                    "The data check %s has no result: its Job %s was deleted.".formatted(check(context), name(context)),
                    "");
        }
        ObjectNode job = found.get();
        JobRun run = new JobRun(api, redactor, context.target(), job);
        if (holds(job, "Complete")) {
            return new Observation(
                    Observation.State.DONE, "The data check %s passed.".formatted(check(context)), null, run.logTail());
        }
        if (holds(job, "Failed")) {
            return failed("The data check %s failed: %s.".formatted(check(context), run.ending()), run.logTail());
        }
        Duration limit = JobRun.timeout(job).plus(GRACE);
        if (Json.createdAt(job).plus(limit).isBefore(clock.instant())) {
            return failed(
                    "The data check %s has no result: its Job %s did not end in time."
                            .formatted(check(context), name(context)),
                    run.logTail());
        }
        String waiting = run.waiting();
        return new Observation(
                Observation.State.RUNNING,
                "The data check %s is running%s.".formatted(check(context), waiting.isEmpty() ? "" : ": " + waiting),
                null);
    }

    /** A Job that has ended stays, with its log, until its time. */
    @Override
    public String abandon(StepContext context) {
        Optional<ObjectNode> job = api.get(path(context))
                .filter(j -> UndoStep.marked(context, j))
                .filter(j -> !holds(j, "Complete") && !holds(j, "Failed"));
        if (job.isEmpty()) {
            return "";
        }
        try {
            api.deleteWithDependents(path(context), job.get());
            return "";
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_CONFLICT -> "";
                case HttpURLConnection.HTTP_FORBIDDEN ->
                    "Its Job goes on: `kubectl delete job %s -n %s` ends it."
                            .formatted(name(context), context.target().namespace());
                default -> throw e;
            };
        }
    }

    private static Observation failed(String message, String log) {
        return new Observation(Observation.State.FAILED, message, null, log);
    }

    private static boolean holds(JsonNode job, String condition) {
        return Json.condition(job.path("status"), condition)
                .filter(c -> c.path("status").asText().equals("True"))
                .isPresent();
    }

    static String noSuchThing(String placeholder) {
        return placeholder + " stands for nothing here.";
    }

    private static String cannotRun(StepContext context, String why) {
        return "The data check %s cannot run: %s".formatted(check(context), OneLine.of(why, 500));
    }

    /** The same for every attempt at the same step of the same Rollback; fits into a label, as the names of Jobs have to. */
    private static String name(StepContext context) {
        String rollback = context.attribution().rollback();
        String check = check(context);
        String hash = hash(rollback + "\n" + check + "\n" + context.parameter(CheckPlan.JOB));
        return cut(rollback.replace('.', '-'), 35) + "-" + cut(check, 16) + "-" + hash;
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max).replaceAll("-+$", "");
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    static String jobs(TargetRef target) {
        return "/apis/batch/v1/namespaces/" + target.namespace() + "/jobs";
    }

    private static String path(StepContext context) {
        return jobs(context.target()) + "/" + name(context);
    }

    private static String check(StepContext context) {
        return context.parameter(CheckPlan.NAME);
    }
}
