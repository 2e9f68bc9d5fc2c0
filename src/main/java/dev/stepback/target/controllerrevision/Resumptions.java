package dev.stepback.target.controllerrevision;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.workload.AwaitRolloutStep;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.preflight.Preflight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plans that let a rollout go on which a rollback has left standing still; and says what pauses and resumes the others. */
final class Resumptions {
    private final Rollouts rollouts;
    private final Planner planner;
    private final Preflight preflight;

    Resumptions(Rollouts rollouts, Planner planner, Preflight preflight) {
        this.rollouts = rollouts;
        this.planner = planner;
        this.preflight = preflight;
    }

    PlanResult plan(RevisionedWorkload workload) {
        Optional<PlanResult.Refused> refusal = refusal(workload, Operation.RESUME);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Rollouts.Resumption resumption = rollouts.resumption(workload).orElseThrow();
        PlannedRevision now = planner.current(workload);
        List<PlannedStep> steps = steps(workload, resumption);
        List<Finding> findings = new ArrayList<>(rollouts.findings(workload, current(workload)));
        findings.addAll(preflight.run(workload, resumption.patch()));
        if (steps.stream().anyMatch(PlannedStep::deletesPods)) {
            findings.addAll(preflight.podDeletion(workload));
        }
        return new PlanResult.Planned(Plan.of(workload.ref(), workload.uid(), now, now, List.of(), findings, steps));
    }

    private List<PlannedStep> steps(RevisionedWorkload workload, Rollouts.Resumption resumption) {
        Rollouts.Restored current = current(workload);
        List<PlannedStep> steps = new ArrayList<>();
        steps.add(resumption.step());
        steps.addAll(rollouts.afterUndo(workload, current, rollouts.borrows(workload, PlanOptions.NONE)));
        steps.add(AwaitRolloutStep.planned(rollouts.kind(), current.template(), current.number()));
        return List.copyOf(steps);
    }

    private static Rollouts.Restored current(RevisionedWorkload workload) {
        ObjectNode revision = workload.current().orElseThrow();
        return Rollouts.Restored.of(workload, revision);
    }

    Optional<PlanResult.Refused> refusal(RevisionedWorkload workload, Operation operation) {
        if (operation == Operation.PAUSE) {
            return notSupported("Kubernetes knows no pause for a %s, only for Deployments. %s"
                    .formatted(workload.ref().kind().apiName(), rollouts.insteadOfPause(workload)));
        }
        if (rollouts.resumption(workload).isEmpty()) {
            return notSupported("No rollback of %s stands still. %s"
                    .formatted(Blame.title(workload.ref()), rollouts.insteadOfResume(workload)));
        }
        return workload.current().isPresent()
                ? Optional.empty()
                : notSupported("Its controller has not seen the present template yet. Ask again in a moment.");
    }

    private static Optional<PlanResult.Refused> notSupported(String message) {
        return Optional.of(new PlanResult.Refused(PlanResult.Reason.NOT_SUPPORTED, message));
    }

    /** What makes the plan another one now, and who did that; empty when it is the same. */
    Optional<String> changedSince(RevisionedWorkload workload, Plan plan) {
        return workload.uid().equals(plan.targetUid())
                ? rollouts.changed(workload, plan.steps().get(0))
                : Optional.of(Blame.anotherOne(workload.ref(), workload.object()));
    }
}
