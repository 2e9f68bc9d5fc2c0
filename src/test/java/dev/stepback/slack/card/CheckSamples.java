package dev.stepback.slack.card;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rollbacks with a data check. */
final class CheckSamples {
    static final String LOG =
            "INFO  Starting\nERROR The data directory was upgraded by version 8.4 <which> is not ```compatible```";
    static final String FAILED = "The data check mysql-data failed: exit code 1.";

    private CheckSamples() {}

    static Rollback waiting() {
        Rollback rollback = Samples.awaitingApproval();
        rollback.setStatus(rollback.statusOrInitial().with(s -> s.plan = plan()));
        return rollback;
    }

    static Rollback running() {
        return of(Samples.running(0), Phase.RUNNING, State.Started, "The data check mysql-data is running.", null);
    }

    static Rollback failed() {
        return of(Samples.finished(Phase.FAILED, FAILED), Phase.FAILED, State.Failed, FAILED, LOG);
    }

    /** By who could not have its Job deleted. */
    static Rollback cancelled() {
        String left = "Its Job goes on: `kubectl delete job rb-1-mysql-data-0a1b2c3d -n production` ends it.";
        Rollback rollback =
                of(Samples.finished(Phase.CANCELLED, ""), Phase.CANCELLED, State.Interrupted, "cancelled", null);
        rollback.setStatus(rollback.statusOrInitial().with(s -> s.message = left));
        rollback.setSpec(rollback.getSpec().withCancellation(new RollbackSpec.Cancellation(Samples.LEAD, Samples.NOW)));
        return rollback;
    }

    static Rollback overridden() {
        Rollback rollback = Samples.running(1);
        rollback.setStatus(rollback.statusOrInitial().with(s -> {
            s.plan = plan();
            s.steps = steps(
                    new StepStatus("statefulset.check", State.Overridden, FAILED, Samples.NOW, Samples.NOW, LOG),
                    s.steps);
        }));
        return rollback;
    }

    private static Rollback of(Rollback rollback, Phase phase, State state, String message, @Nullable String log) {
        rollback.setStatus(rollback.statusOrInitial().with(s -> {
            s.phase = phase;
            s.plan = plan();
            s.message = message;
            s.rollout = null;
            s.patchedAt = null;
            s.deadlineAt = null;
            s.approvals = new RollbackStatus.ApprovalStatus(1, List.of(Samples.LEAD.id()), true);
            s.steps = steps(
                    new StepStatus("statefulset.check", state, message, Samples.NOW, null, log),
                    List.of(
                            new StepStatus("deployment.undo", State.Pending, "", null, null),
                            new StepStatus("deployment.await-rollout", State.Pending, "", null, null)));
        }));
        return rollback;
    }

    private static List<StepStatus> steps(StepStatus check, List<StepStatus> others) {
        List<StepStatus> steps = new ArrayList<>(List.of(check));
        steps.addAll(others);
        return steps;
    }

    /** Gives one of a group a check that stands so. */
    static void in(RollbackStatus.Changes member, State state, String message, @Nullable String log) {
        Plan plan = Objects.requireNonNull(member.plan);
        member.plan = withCheck(plan);
        List<StepStatus> others = plan.steps().stream()
                .map(step -> new StepStatus(step.type(), State.Pending, "", null, null))
                .toList();
        member.steps = steps(new StepStatus("statefulset.check", state, message, Samples.NOW, null, log), others);
    }

    private static Plan plan() {
        return withCheck(Samples.plan(
                Samples.changes(1), List.of(Finding.pass("data-check", "The data check mysql-data runs first."))));
    }

    private static Plan withCheck(Plan plan) {
        List<PlannedStep> steps = new ArrayList<>();
        steps.add(new PlannedStep("statefulset.check", "Run the data check mysql-data", Map.of()));
        steps.addAll(plan.steps());
        return new Plan(plan.hash(), plan.targetUid(), plan.from(), plan.to(), plan.changes(), plan.findings(), steps);
    }
}
