package dev.stepback.slack.card;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Rollout;
import java.util.List;
import java.util.Map;

/** Rollbacks that go fast, or by partition. */
final class PaceSamples {
    private PaceSamples() {}

    static final String PUT_BACK = "maxSurge is 25%, as it was before.";
    static final String NOT_PUT_BACK =
            "maxSurge could not be put back to 25%, put it back by hand: Kubernetes forbids it.";

    /** One that borrows a field of the strategy. */
    static Rollback fast(Phase phase, String besides) {
        boolean waits = phase == Phase.AWAITING_APPROVAL;
        return GoldenSamples.status(waits ? Samples.awaitingApproval() : Samples.running(1), s -> {
            Plan plan = Samples.plan(Samples.changes(1), GoldenSamples.FINDINGS);
            List<PlannedStep> steps = List.of(
                    new PlannedStep(
                            "deployment.undo",
                            "Restore the template of revision 4, all new pods at once (maxSurge 25% → 100%, put back"
                                    + " afterwards)",
                            Map.of()),
                    new PlannedStep("deployment.await-rollout", "Wait until every pod runs it", Map.of()),
                    new PlannedStep(
                            "deployment.restore-strategy",
                            "Put maxSurge back to 25%",
                            Map.of(PlannedStep.ALWAYS, "true")));
            s.plan = new Plan(
                    plan.hash(), plan.targetUid(), plan.from(), plan.to(), plan.changes(), plan.findings(), steps);
            if (waits) {
                return;
            }
            boolean failed = phase == Phase.FAILED;
            String why = phase == Phase.CANCELLED ? "" : GoldenSamples.sentence(s.rollout);
            s.phase = phase;
            s.ending = new RollbackStatus.Ending(phase, why);
            s.message = (why.isEmpty() ? "" : why + " ") + besides;
            s.finishedAt = Samples.NOW;
            s.steps = List.of(
                    step(steps.get(0), StepStatus.State.Done, ""),
                    step(steps.get(1), failed ? StepStatus.State.Failed : StepStatus.State.Done, ""),
                    step(steps.get(2), failed ? StepStatus.State.Failed : StepStatus.State.Done, besides));
        });
    }

    private static StepStatus step(PlannedStep planned, StepStatus.State state, String message) {
        return new StepStatus(planned.type(), state, message, Samples.NOW, Samples.NOW);
    }

    /** A StatefulSet whose pods are replaced one by one. */
    static Rollback byPartition(Phase phase) {
        boolean waits = phase == Phase.AWAITING_APPROVAL;
        Rollback rollback = GoldenSamples.status(waits ? Samples.awaitingApproval() : Samples.running(1), s -> {
            Plan plan = Samples.plan(Samples.changes(1), GoldenSamples.FINDINGS);
            List<PlannedStep> steps = List.of(
                    new PlannedStep(
                            "statefulset.undo",
                            "Restore the template of revision 4, and hold all pods back at first (partition 0 → 10)",
                            Map.of()),
                    new PlannedStep(
                            "statefulset.roll-pods",
                            "Replace db-9 down to db-0 one by one, each once the one before has been ready for 10 s",
                            Map.of(PlannedStep.PARTS, "true")),
                    new PlannedStep("statefulset.await-rollout", "Wait until every pod runs it", Map.of()));
            s.plan = new Plan(
                    plan.hash(), plan.targetUid(), plan.from(), plan.to(), plan.changes(), plan.findings(), steps);
            if (waits) {
                return;
            }
            String sentence = "Waiting for pod db-7 to be ready for 10 s (2 of 10 pods are done)...";
            s.phase = phase;
            s.rollout = new Rollout(sentence, 10, 3, 2, 7, List.of());
            s.message = (phase == Phase.FAILED ? "the deadline passed: " : "") + sentence;
            s.finishedAt = phase.terminal() ? Samples.NOW : null;
            s.steps = List.of(
                    step(steps.get(0), StepStatus.State.Done, ""),
                    new StepStatus(
                            steps.get(1).type(),
                            phase.terminal() ? StepStatus.State.Interrupted : StepStatus.State.Started,
                            phase == Phase.CANCELLED ? "stopped" : s.message,
                            Samples.NOW,
                            s.finishedAt),
                    new StepStatus(steps.get(2).type(), StepStatus.State.Pending, "", null, null));
        });
        if (phase == Phase.CANCELLED) {
            rollback.setSpec(
                    rollback.getSpec().withCancellation(new RollbackSpec.Cancellation(Samples.LEAD, Samples.NOW)));
        }
        return rollback;
    }

    /** The same, whose strategy was switched in the middle. */
    static Rollback switched() {
        return GoldenSamples.status(byPartition(Phase.FAILED), s -> {
            s.message = "Its strategy was switched to OnDelete while pods were being replaced: its controller replaces"
                    + " none any more, and leaves pods db-7, db-6. “Retry” of a rollback deletes what is left, one at a"
                    + " time; `kubectl patch statefulset db -n production --type merge -p '{}'` lets the controller go"
                    + " on.";
            StepStatus failed = s.steps.get(1);
            s.steps = List.of(
                    s.steps.get(0),
                    new StepStatus(failed.type(), failed.state(), s.message, failed.startedAt(), failed.finishedAt()),
                    s.steps.get(2));
        });
    }

    /** The same, stopped in the middle. */
    static Rollback heldBack() {
        Rollback rollback = stopped(byPartition(Phase.CANCELLED));
        rollback.setStatus(rollback.statusOrInitial().with(s -> {
            s.message = "";
            s.standstill = new RollbackStatus.Standstill(
                    "It stands still: db-7 and above have the restored template, the pods below stay as they are,"
                            + " whatever is deployed (partition 0 → 7).\nWithout Stepback it goes on by `kubectl patch"
                            + " statefulset db -n production --type merge -p '{}'`.",
                    true);
        }));
        return rollback;
    }

    static Rollback stopped(Rollback rollback) {
        rollback.setSpec(rollback.getSpec()
                .withCancellation(new RollbackSpec.Cancellation(Samples.LEAD, Samples.NOW, RollbackSpec.Midway.Pause)));
        return rollback;
    }
}
