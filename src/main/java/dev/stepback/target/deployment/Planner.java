package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Change;
import dev.stepback.target.Finding;
import dev.stepback.target.History;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanHash;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlanResult.Reason;
import dev.stepback.target.PlanResult.Refused;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Revision;
import dev.stepback.target.job.CheckPlan;
import dev.stepback.target.job.Subject;
import dev.stepback.target.workload.Approved;
import dev.stepback.target.workload.AwaitRolloutStep;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Choosing;
import dev.stepback.target.workload.Halt;
import dev.stepback.target.workload.LastApplied;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Refusals;
import dev.stepback.target.workload.RestoreStrategyStep;
import dev.stepback.target.workload.TemplateDiff;
import dev.stepback.target.workload.UndoPatch;
import dev.stepback.target.workload.UndoStep;
import dev.stepback.target.workload.preflight.Preflight;
import dev.stepback.target.workload.preflight.Underway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides where to go back to and how, or says in kubectl's words why not (kubectl's {@code
 * polymorphichelpers/rollback.go}, {@code DeploymentRollbacker}).
 */
final class Planner {
    private final Deployments deployments;
    private final Redactor redactor;
    private final TemplateDiff diff;
    private final Preflight preflight;
    private final CheckPlan checks;

    Planner(Deployments deployments, Redactor redactor, Preflight preflight, CheckPlan checks) {
        this.deployments = deployments;
        this.redactor = redactor;
        this.diff = new TemplateDiff(redactor);
        this.preflight = preflight;
        this.checks = checks;
    }

    PlanResult plan(Workload workload, PlanRequest request) {
        Choice choice = choose(workload, request);
        if (choice instanceof Choice.None none) {
            return none.why();
        }
        return planned(workload, (Choice.Restore) choice, request);
    }

    Optional<Refused> refusal(Workload workload, PlanRequest request) {
        return choose(workload, request) instanceof Choice.None none ? Optional.of(none.why()) : Optional.empty();
    }

    /** What makes it another plan now, and who did that; empty when it is the same. Findings do not count. */
    Optional<String> changedSince(Workload workload, Plan plan) {
        if (!workload.uid().equals(plan.targetUid())) {
            return Optional.of(Blame.anotherOne(workload.ref(), workload.deployment()));
        }
        Approved approved = Approved.of(plan);
        Choice choice = choose(workload, approved.again());
        if (choice instanceof Choice.None none) {
            return Optional.of(approved.refused(none.why(), workload, redactor));
        }
        Choice.Restore restore = (Choice.Restore) choice;
        List<PlannedStep> now = steps(workload, restore, approved.borrowed());
        long to = restore.revision().number();
        if (PlanHash.of(workload.ref(), workload.uid(), to, now).equals(plan.hash())) {
            return Optional.empty();
        }
        if (CheckPlan.rest(now).equals(CheckPlan.rest(plan.steps()))) {
            return checks.changedSince(workload.ref(), plan.steps(), now);
        }
        return Optional.of(approved.patchChanged(restore.patch(), workload, restore.replicaSet(), redactor));
    }

    private List<PlannedStep> steps(Workload workload, Choice.Restore restore, Optional<Borrowed> borrowed) {
        long number = restore.revision().number();
        String stored = restore.revision().id();
        UndoPatch patch = restore.patch();
        PlannedStep await = AwaitRolloutStep.planned(Kind.DEPLOYMENT, restore.template(), number);
        List<PlannedStep> steps = new ArrayList<>(checks(workload, restore));
        steps.addAll(borrowed.map(b -> List.of(
                        UndoStep.planned(deployments, patch.borrowing(b, workload), number, stored, b, Pace.words(b)),
                        await,
                        RestoreStrategyStep.planned(Kind.DEPLOYMENT, b)))
                .orElseGet(() -> List.of(UndoStep.planned(deployments, patch, number, stored), await)));
        return List.copyOf(steps);
    }

    private List<PlannedStep> checks(Workload workload, Choice.Restore restore) {
        return checks.steps(new Subject(
                workload,
                Choosing.current(workload.history(redactor), workload, redactor).number(),
                restore.revision().number(),
                restore.template()));
    }

    /** The data checks that there would be now, before going back to this revision; none when it cannot be gone back to. */
    List<PlannedStep> checks(Workload workload, long revision) {
        return choose(workload, PlanRequest.again(revision, PlanOptions.NONE)) instanceof Choice.Restore restore
                ? checks(workload, restore)
                : List.of();
    }

    /** Which revision is restored, or why none. */
    private sealed interface Choice {
        record Restore(Revision revision, ObjectNode replicaSet, UndoPatch patch) implements Choice {
            PodTemplate template() {
                return patch.after();
            }
        }

        record None(Refused why) implements Choice {}
    }

    private Choice choose(Workload workload, PlanRequest request) {
        History history = workload.history(redactor);
        Optional<Revision> wanted = Choosing.wanted(history, request);
        if (wanted.isEmpty()) {
            return new Choice.None(Refusals.nowhere(history, request));
        }
        Revision to = wanted.get();
        Optional<Halt> halt = Halt.on(workload.object());
        if (workload.paused() && halt.isEmpty()) {
            return new Choice.None(new Refused(
                    Reason.PAUSED,
                    "you cannot rollback a paused deployment; resume it first with '%s' and try again"
                            .formatted(Blame.resume(workload.ref()))));
        }
        ObjectNode replicaSet = workload.replicaSet(to.number()).orElseThrow();
        PodTemplate restored = PodTemplate.of(replicaSet).withoutHash();
        if (restored.sameAs(workload.template())) {
            return new Choice.None(
                    halt.isPresent()
                            ? new Refused(
                                    Reason.PAUSED,
                                    "the rollout of revision %d was stopped; it goes on with '%s'"
                                            .formatted(to.number(), Blame.resume(workload.ref())))
                            : Refusals.alreadyThere(to.number(), request));
        }
        boolean applied = request.options().updateLastApplied();
        if (applied && !LastApplied.known(workload.object())) {
            return new Choice.None(Refusals.notApplied(workload.ref()));
        }
        UndoPatch patch = UndoPatch.from(workload, restored, applied);
        return new Choice.Restore(to, replicaSet, halt.map(patch::ending).orElse(patch));
    }

    private PlanResult planned(Workload workload, Choice.Restore restore, PlanRequest request) {
        Revision to = restore.revision();
        PlannedRevision from = Choosing.current(workload.history(redactor), workload, redactor);
        List<PlannedStep> usual = steps(workload, restore, Optional.empty());
        Underway<UndoPatch> underway = preflight.begin(
                new Preflight.Subject(workload, restore.replicaSet(), restore.patch(), from.number(), to.number()),
                Map.of(
                        CheckPlan.FINDING,
                        () -> checks.findings(workload.ref(), usual),
                        "rollout",
                        () -> RolloutStatus.findings(workload)));
        Pace pace = request.options().fast()
                ? Pace.fast(workload, underway.room(workload.ref(), restore.template()))
                : Pace.USUAL;
        List<PlannedStep> steps = pace.borrowed()
                .map(borrowed -> steps(workload, restore, Optional.of(borrowed)))
                .orElse(usual);
        List<Change> changes = diff.bounded(workload.template(), restore.template());
        List<Finding> findings = new ArrayList<>(Choosing.findings(workload.history(redactor), request, to));
        pace.finding().ifPresent(findings::add);
        restore.patch().ends().ifPresent(halt -> findings.add(standing(halt)));
        findings.addAll(underway.findings(UndoPatch.of(steps).orElse(restore.patch())));
        return new PlanResult.Planned(
                Plan.of(workload.ref(), workload.uid(), from, PlannedRevision.of(to), changes, findings, steps));
    }

    private static Finding standing(Halt halt) {
        return Finding.warn(
                "stands-still",
                "It is paused since rollback %s was stopped. This one also ends that pause, and the stopped one never goes on in between. To go on with that one, ask for “resume” instead."
                        .formatted(halt.rollback()));
    }
}
