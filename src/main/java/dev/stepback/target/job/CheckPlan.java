package dev.stepback.target.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Denial;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Json;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of a plan that is about its data checks. */
public final class CheckPlan {
    /** The name of the preflight check about them. */
    public static final String FINDING = "data-check";

    static final String NAME = "name";
    static final String REVISION = "revision";
    static final String JOB = "job";

    private final ApiServer api;
    private final DataChecks configured;
    private final Redactor redactor;

    public CheckPlan(ApiServer api, DataChecks configured, Redactor redactor) {
        this.api = api;
        this.configured = configured;
        this.redactor = redactor;
    }

    /** What has to pass before this undo; none for most targets. */
    public List<PlannedStep> steps(Subject undo) {
        TargetRef target = undo.workload().ref();
        return configured.of(target, Json.labels(undo.workload().object())).stream()
                .map(check -> new PlannedStep(
                        type(target.kind()),
                        "Run the data check " + check.name(),
                        Map.of(
                                NAME,
                                check.name(),
                                REVISION,
                                Long.toString(undo.to()),
                                PlannedStep.LONGEST,
                                check.timeout().plus(CheckStep.GRACE).toString(),
                                JOB,
                                Json.canonical(JobManifest.of(check, undo)))))
                .toList();
    }

    static String type(Kind kind) {
        return kind.lowerCase() + PlannedStep.CHECK;
    }

    /** What makes the checks of a plan others than those that there would be now; a sentence. */
    public Optional<String> changedSince(TargetRef target, List<PlannedStep> planned, List<PlannedStep> now) {
        return checks(planned).equals(checks(now)) ? Optional.empty() : Optional.of(changed(target));
    }

    static String changed(TargetRef target) {
        return "The data checks of %s are not those that were planned: the configuration, or what they are made for, has changed."
                .formatted(Blame.title(target));
    }

    /** The steps that are no checks. */
    public static List<PlannedStep> rest(List<PlannedStep> steps) {
        return steps.stream().filter(step -> !step.checks()).toList();
    }

    private static List<PlannedStep> checks(List<PlannedStep> steps) {
        return steps.stream().filter(PlannedStep::checks).toList();
    }

    /** Whether the API server would take their Jobs, tried without making any. A refusal warns: breaking the glass gets past it. */
    public List<Finding> findings(TargetRef target, List<PlannedStep> steps) {
        return checks(steps).stream().map(step -> finding(target, step)).toList();
    }

    private Finding finding(TargetRef target, PlannedStep step) {
        String name = step.parameters().getOrDefault(NAME, "");
        ObjectNode job = (ObjectNode) Json.parse(step.parameters().getOrDefault(JOB, "{}"));
        Optional<String> unresolved = JobManifest.unresolved(job);
        if (unresolved.isPresent()) {
            return refused(name, CheckStep.noSuchThing(unresolved.get()));
        }
        job.withObject("/metadata").put("generateName", "stepback-");
        try {
            api.create(CheckStep.jobs(target) + "?dryRun=All&fieldValidation=Strict", job);
            return Finding.pass(FINDING, "The data check %s runs first.".formatted(name));
        } catch (KubernetesClientException e) {
            if (e.getCode() == 0 || e.getCode() >= 500) {
                throw e;
            }
            String why = Denial.of(e)
                    .map(d ->
                            d.sentence() + (api.identity().isPresent() ? " Whoever approves must be allowed to." : ""))
                    .orElseGet(() -> redactor.text(String.valueOf(e.getMessage())));
            return refused(name, why);
        }
    }

    private static Finding refused(String name, String why) {
        return Finding.warn(
                FINDING,
                "The data check %s, which has to pass first, cannot run: %s".formatted(name, OneLine.of(why, 500)));
    }
}
