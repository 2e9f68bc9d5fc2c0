package dev.stepback.target.controllerrevision;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.workload.AwaitRolloutStep;
import dev.stepback.target.workload.ChangePatch;
import dev.stepback.target.workload.ChangeStep;
import dev.stepback.target.workload.preflight.Preflight;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Plans restarts, as {@code kubectl rollout restart} makes them: the same template with another mark in it. */
final class Restarts {
    private final Rollouts rollouts;
    private final Planner planner;
    private final Redactor redactor;
    private final Preflight preflight;
    private final Clock clock;

    Restarts(Rollouts rollouts, Planner planner, Redactor redactor, Preflight preflight, Clock clock) {
        this.rollouts = rollouts;
        this.planner = planner;
        this.redactor = redactor;
        this.preflight = preflight;
        this.clock = clock;
    }

    PlanResult plan(RevisionedWorkload workload) {
        String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        ChangePatch patch = ChangePatch.of(Operation.RESTART, workload, time);
        PlannedRevision now = planner.current(workload);
        List<PlannedStep> steps = steps(workload, patch);
        List<Finding> findings = new ArrayList<>(rollouts.restart(workload));
        findings.addAll(planner.rollout(workload));
        findings.addAll(preflight.run(workload, patch.operations()));
        return new PlanResult.Planned(Plan.of(workload.ref(), workload.uid(), now, now, List.of(), findings, steps));
    }

    private List<PlannedStep> steps(RevisionedWorkload workload, ChangePatch patch) {
        List<PlannedStep> steps = new ArrayList<>();
        steps.add(ChangeStep.planned(rollouts.kind(), patch));
        // With OnDelete there is nothing to wait for: pods are replaced when somebody deletes them.
        if (!workload.onDelete()) {
            long next = workload.history(redactor).next();
            steps.add(AwaitRolloutStep.planned(rollouts.kind(), patch.after(), next, rollouts.order(workload)));
        }
        return List.copyOf(steps);
    }
}
