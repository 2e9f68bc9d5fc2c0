package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Change;
import dev.stepback.target.Finding;
import dev.stepback.target.History;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlanResult.Refused;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.workload.AwaitRolloutStep;
import dev.stepback.target.workload.ChangePatch;
import dev.stepback.target.workload.ChangeStep;
import dev.stepback.target.workload.Choosing;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.TemplateDiff;
import dev.stepback.target.workload.preflight.Preflight;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Plans a pause, a resumption or a restart. */
final class Changes {
    private final Redactor redactor;
    private final TemplateDiff diff;
    private final Preflight preflight;
    private final Clock clock;

    Changes(Redactor redactor, Preflight preflight, Clock clock) {
        this.redactor = redactor;
        this.diff = new TemplateDiff(redactor);
        this.preflight = preflight;
        this.clock = clock;
    }

    PlanResult plan(Workload workload, Operation operation) {
        Optional<Refused> refused = ChangeStep.refusal(workload.ref(), workload.paused(), operation);
        if (refused.isPresent()) {
            return refused.get();
        }
        String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        ChangePatch patch = ChangePatch.of(operation, workload, time);
        History history = workload.history(redactor);
        PlannedRevision now = Choosing.current(history, workload, redactor);
        List<PlannedStep> steps = steps(patch, operation == Operation.RESTART ? history.next() : now.number());
        Optional<ObjectNode> serving = operation == Operation.RESUME ? serving(workload) : Optional.empty();
        PlannedRevision from = serving.flatMap(rs -> history.revision(Workload.number(rs)))
                .map(PlannedRevision::of)
                .orElse(now);
        List<Change> changes = serving.map(rs -> diff.bounded(PodTemplate.of(rs).withoutHash(), workload.template()))
                .orElse(List.of());
        List<Finding> findings = new ArrayList<>(meaning(workload, operation, now, from));
        findings.addAll(preflight.run(workload, patch.operations()));
        return new PlanResult.Planned(Plan.of(workload.ref(), workload.uid(), from, now, changes, findings, steps));
    }

    /** @param number of the revision that is rolled out */
    private static List<PlannedStep> steps(ChangePatch patch, long number) {
        PlannedStep change = ChangeStep.planned(Kind.DEPLOYMENT, patch);
        if (patch.operation() == Operation.PAUSE) {
            return List.of(change);
        }
        return List.of(change, AwaitRolloutStep.planned(Kind.DEPLOYMENT, patch.after(), number));
    }

    /** The newest of the other revisions whose pods still run: what a resumed rollout replaces. */
    private static Optional<ObjectNode> serving(Workload workload) {
        String present = workload.newReplicaSet().map(Json::name).orElse("");
        return workload.replicaSets().stream()
                .filter(rs -> !Json.name(rs).equals(present) && Workload.number(rs) > 0)
                .filter(rs -> rs.path("status").path("replicas").asInt(0) > 0)
                .max(Comparator.comparingLong(Workload::number));
    }

    private static List<Finding> meaning(
            Workload workload, Operation operation, PlannedRevision now, PlannedRevision from) {
        return switch (operation) {
            case PAUSE -> List.of(pause(workload));
            case RESUME ->
                List.of(
                        from.equals(now)
                                ? Finding.pass("rollout", "Nothing waits to be rolled out.")
                                : Finding.warn(
                                        "rollout",
                                        "Revision %d is rolled out in the place of revision %d."
                                                .formatted(now.number(), from.number())));
            case RESTART, UNDO -> RolloutStatus.findings(workload);
        };
    }

    private static Finding pause(Workload workload) {
        Observation rollout = RolloutStatus.of(workload, Optional.empty());
        return rollout.state() == Observation.State.DONE
                ? Finding.warn("rollout", "No deploy and no rollback takes effect until it is resumed.")
                : Finding.warn(
                        "rollout",
                        "The rollout stops where it is (%s), and pods of both revisions serve until it is resumed."
                                .formatted(figures(rollout)));
    }

    private static String figures(Observation observation) {
        var rollout = observation.rollout();
        return rollout == null
                ? observation.message()
                : "%d of %d pods updated".formatted(rollout.updated(), rollout.desired());
    }
}
