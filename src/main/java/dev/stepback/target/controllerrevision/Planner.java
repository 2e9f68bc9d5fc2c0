package dev.stepback.target.controllerrevision;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.History;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlanResult.Reason;
import dev.stepback.target.PlanResult.Refused;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Revision;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.job.CheckPlan;
import dev.stepback.target.job.Subject;
import dev.stepback.target.workload.Approved;
import dev.stepback.target.workload.AwaitRolloutStep;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Choosing;
import dev.stepback.target.workload.LastApplied;
import dev.stepback.target.workload.Refusals;
import dev.stepback.target.workload.TemplateDiff;
import dev.stepback.target.workload.UndoPatch;
import dev.stepback.target.workload.UndoStep;
import dev.stepback.target.workload.Writer;
import dev.stepback.target.workload.preflight.Preflight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Decides where to go back to and how, or says in kubectl's words why not (kubectl's {@code
 * polymorphichelpers/rollback.go}, {@code StatefulSetRollbacker} and {@code DaemonSetRollbacker}).
 */
final class Planner {
    private final RevisionedWorkloads workloads;
    private final Rollouts rollouts;
    private final Redactor redactor;
    private final TemplateDiff diff;
    private final Preflight preflight;
    private final CheckPlan checks;

    Planner(
            RevisionedWorkloads workloads,
            Rollouts rollouts,
            Redactor redactor,
            Preflight preflight,
            CheckPlan checks) {
        this.workloads = workloads;
        this.rollouts = rollouts;
        this.redactor = redactor;
        this.diff = new TemplateDiff(redactor);
        this.preflight = preflight;
        this.checks = checks;
    }

    /** Which revision is restored, or why none. */
    private sealed interface Choice {
        record Restore(Revision revision, ObjectNode stored, Rollouts.Restored restored, UndoPatch patch)
                implements Choice {}

        record None(Refused why) implements Choice {}
    }

    PlanResult plan(RevisionedWorkload workload, PlanRequest request) {
        Choice choice = choose(workload, request);
        if (choice instanceof Choice.None none) {
            return none.why();
        }
        return planned(workload, (Choice.Restore) choice, request);
    }

    Optional<Refused> refusal(RevisionedWorkload workload, PlanRequest request) {
        return choose(workload, request) instanceof Choice.None none ? Optional.of(none.why()) : Optional.empty();
    }

    /** What makes it another plan now, and who did that; empty when it is the same. Findings do not count. */
    Optional<String> changedSince(RevisionedWorkload workload, Plan plan) {
        if (!workload.uid().equals(plan.targetUid())) {
            return Optional.of(Blame.anotherOne(workload.ref(), workload.object()));
        }
        Approved approved = Approved.of(plan);
        Choice choice = choose(workload, approved.again());
        if (choice instanceof Choice.None none) {
            if (none.why().reason() == Reason.ALREADY_THERE
                    && approved.patch().filter(Planner::onlyPods).isPresent()) {
                return Optional.empty(); // the pods have come right by themselves: nothing is left to delete
            }
            return Optional.of(approved.refused(none.why(), workload, redactor));
        }
        Choice.Restore restore = (Choice.Restore) choice;
        List<PlannedStep> now = steps(workload, restore, approved.borrowed());
        if (!undo(now).equals(undo(plan.steps()))) {
            return Optional.of(approved.patchChanged(restore.patch(), workload, restore.stored(), redactor));
        }
        Optional<String> otherChecks = checks.changedSince(workload.ref(), plan.steps(), now);
        if (otherChecks.isPresent()) {
            return otherChecks;
        }
        // What was approved and is no longer needed does no harm: each step looks before it deletes.
        Set<String> foreseen = plan.steps().stream().map(Planner::key).collect(Collectors.toSet());
        return now.stream()
                .filter(step -> !foreseen.contains(key(step)))
                .findFirst()
                .map(step -> "What has to be done for %s has changed, it now takes: %s."
                        .formatted(Blame.title(workload.ref()), step.description()));
    }

    /** Whether the template is left as it is, because it is about pods that are stuck. */
    private static boolean onlyPods(UndoPatch patch) {
        return patch.before().sameAs(patch.after());
    }

    private static String key(PlannedStep step) {
        return step.type() + new TreeMap<>(step.parameters());
    }

    private Map<String, String> undo(List<PlannedStep> steps) {
        return steps.stream()
                .filter(step -> step.type().equals(workloads.stepType()))
                .findFirst()
                .map(PlannedStep::parameters)
                .orElse(Map.of());
    }

    private Choice choose(RevisionedWorkload workload, PlanRequest request) {
        History history = workload.history(redactor);
        Optional<String> objection = rollouts.objection(workload, request.options());
        if (objection.isPresent()) {
            return new Choice.None(new Refused(Reason.NOT_SUPPORTED, objection.get()));
        }
        Optional<Revision> wanted = goesOn(workload, request)
                ? history.current().stream()
                        .mapToObj(history::revision)
                        .flatMap(Optional::stream)
                        .findFirst()
                : Choosing.wanted(history, request);
        if (wanted.isEmpty()) {
            return new Choice.None(Refusals.nowhere(history, request));
        }
        Revision to = wanted.get();
        ObjectNode stored = workload.revision(to.number()).orElseThrow();
        Rollouts.Restored restored = Rollouts.Restored.of(workload, stored);
        if (restored.template().sameAs(workload.template()) && !rollouts.stuck(workload, restored)) {
            return new Choice.None(Refusals.alreadyThere(to.number(), request));
        }
        Optional<String> obstacle = rollouts.obstacle(workload, restored, request.options());
        if (obstacle.isPresent()) {
            return new Choice.None(new Refused(Reason.NOT_SUPPORTED, obstacle.get()));
        }
        boolean applied = request.options().updateLastApplied();
        return applied && !LastApplied.known(workload.object())
                ? new Choice.None(Refusals.notApplied(workload.ref()))
                : new Choice.Restore(to, stored, restored, UndoPatch.from(workload, restored.template(), applied));
    }

    /** Who asks again for what stands still means that it goes on, unless somebody has deployed since. */
    private boolean goesOn(RevisionedWorkload workload, PlanRequest request) {
        return request.options().byPartition()
                && request.toRevision().isEmpty()
                && request.toTime().isEmpty()
                && rollouts.resumption(workload).isPresent()
                && Writer.ofTemplate(workload.object())
                        .filter(Writer::isStepback)
                        .isPresent();
    }

    private List<PlannedStep> steps(RevisionedWorkload workload, Choice.Restore restore, Optional<Borrowed> borrowed) {
        Rollouts.Restored restored = restore.restored();
        List<PlannedStep> steps = new ArrayList<>(checks(workload, restore));
        steps.add(borrowed.map(b -> UndoStep.planned(
                        workloads,
                        restore.patch().borrowing(b, workload),
                        restored.number(),
                        restored.id(),
                        b,
                        rollouts.words(workload, b)))
                .orElseGet(() -> UndoStep.planned(workloads, restore.patch(), restored.number(), restored.id())));
        steps.addAll(rollouts.afterUndo(workload, restored, borrowed));
        steps.add(AwaitRolloutStep.planned(
                rollouts.kind(),
                restored.template(),
                restored.number(),
                borrowed.isPresent() ? "" : rollouts.order(workload)));
        return List.copyOf(steps);
    }

    private List<PlannedStep> checks(RevisionedWorkload workload, Choice.Restore restore) {
        Rollouts.Restored restored = restore.restored();
        return checks.steps(new Subject(workload, current(workload).number(), restored.number(), restored.template()));
    }

    /** The data checks that there would be now, before going back to this revision; none when it cannot be gone back to. */
    List<PlannedStep> checks(RevisionedWorkload workload, long revision) {
        return choose(workload, PlanRequest.again(revision, PlanOptions.NONE)) instanceof Choice.Restore restore
                ? checks(workload, restore)
                : List.of();
    }

    private PlanResult planned(RevisionedWorkload workload, Choice.Restore restore, PlanRequest request) {
        Rollouts.Restored restored = restore.restored();
        List<PlannedStep> steps = steps(workload, restore, rollouts.borrows(workload, request.options()));
        PlannedRevision from = current(workload);
        List<Finding> findings =
                new ArrayList<>(Choosing.findings(workload.history(redactor), request, restore.revision()));
        findings.addAll(rollouts.findings(workload, restored));
        findings.addAll(preflight.run(
                new Preflight.Subject(
                        workload,
                        restore.stored(),
                        UndoPatch.of(steps).orElse(restore.patch()),
                        from.number(),
                        restored.number()),
                own(workload, steps)));
        return new PlanResult.Planned(Plan.of(
                workload.ref(),
                workload.uid(),
                from,
                PlannedRevision.of(restore.revision()),
                diff.bounded(workload.template(), restored.template()),
                findings,
                steps));
    }

    private Map<String, Preflight.Check> own(RevisionedWorkload workload, List<PlannedStep> steps) {
        Preflight.Check rollout = () -> rollout(workload);
        boolean deletes = steps.stream().anyMatch(PlannedStep::deletesPods);
        Preflight.Check dataChecks = () -> checks.findings(workload.ref(), steps);
        return deletes
                ? Map.of(
                        "rollout",
                        rollout,
                        CheckPlan.FINDING,
                        dataChecks,
                        "pod-deletion",
                        () -> preflight.podDeletion(workload))
                : Map.of("rollout", rollout, CheckPlan.FINDING, dataChecks);
    }

    List<Finding> rollout(RevisionedWorkload workload) {
        Observation now = rollouts.status(workload);
        return List.of(
                now.state() == Observation.State.DONE
                        ? Finding.pass("rollout", "No other rollout is in progress.")
                        : Finding.warn("rollout", "A rollout is in progress and will be replaced: " + now.message()));
    }

    /** The revision that the template is, or will be once the controller has seen it. */
    PlannedRevision current(RevisionedWorkload workload) {
        return Choosing.current(workload.history(redactor), workload, redactor);
    }
}
