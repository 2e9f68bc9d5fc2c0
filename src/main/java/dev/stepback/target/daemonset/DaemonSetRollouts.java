package dev.stepback.target.daemonset;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.controllerrevision.Reach;
import dev.stepback.target.controllerrevision.ReplacePodStep;
import dev.stepback.target.controllerrevision.RevisionPod;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.controllerrevision.RevisionedWorkloads;
import dev.stepback.target.controllerrevision.Rollouts;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Borrowed;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * How DaemonSets roll out. Their controller replaces pods that are not available before any other, so that no broken pod
 * can block a rollout.
 */
final class DaemonSetRollouts implements Rollouts {
    private final Redactor redactor;
    private final Clock clock;

    DaemonSetRollouts(Redactor redactor, Clock clock) {
        this.redactor = redactor;
        this.clock = clock;
    }

    @Override
    public Kind kind() {
        return Kind.DAEMONSET;
    }

    @Override
    public Observation status(RevisionedWorkload workload) {
        return DaemonSetStatus.of(workload, clock.instant());
    }

    @Override
    public List<PlannedStep> afterUndo(RevisionedWorkload workload, Restored restored, Optional<Borrowed> borrowed) {
        return outdatedNodes(workload, restored).stream()
                .map(node -> ReplacePodStep.planned(
                        kind(), node, "Delete the pod on %s and wait for the new one".formatted(node), restored))
                .toList();
    }

    /** The nodes whose pods nobody but Stepback will replace, by name. */
    private static List<String> outdatedNodes(RevisionedWorkload workload, Restored restored) {
        return workload.onDelete()
                ? workload.pods().stream()
                        .filter(pod -> !pod.runs(restored.hash()) && !pod.terminating())
                        .map(RevisionPod::node)
                        .filter(node -> !node.isEmpty())
                        .distinct()
                        .sorted()
                        .toList()
                : List.of();
    }

    @Override
    public boolean stuck(RevisionedWorkload workload, Restored restored) {
        return !outdatedNodes(workload, restored).isEmpty();
    }

    @Override
    public Reached reached(RevisionedWorkload workload, ObjectNode revision) {
        return Reach.of(workload, revision, workload.pods());
    }

    @Override
    public List<Finding> restart(RevisionedWorkload workload) {
        return workload.onDelete()
                ? List.of(Finding.warn(
                        "on-delete",
                        "Its strategy is OnDelete: the restart itself replaces no pod. Each starts anew when"
                                + " it is deleted."))
                : List.of();
    }

    @Override
    public String insteadOfPause(RevisionedWorkload workload) {
        return "To hold its rollout, let pods be replaced only when they are deleted: %s. While a rollback runs, “Go forward again” on its card asks to return to the revision that is being left."
                .formatted(Blame.patch(
                        workload.ref(),
                        "{\"spec\":{\"updateStrategy\":{\"type\":\"OnDelete\",\"rollingUpdate\":null}}}"));
    }

    @Override
    public String insteadOfResume(RevisionedWorkload workload) {
        return workload.onDelete()
                ? "Its strategy is OnDelete; to have its pods replaced again: %s"
                        .formatted(Blame.rollingUpdate(workload.ref()))
                : "Nothing holds its rollout.";
    }

    @Override
    public List<Finding> findings(RevisionedWorkload workload, Restored restored) {
        if (!workload.onDelete()) {
            return List.of();
        }
        int nodes = outdatedNodes(workload, restored).size();
        return List.of(Finding.warn(
                "strategy",
                "Its strategy is OnDelete: its pods on %d %s will be deleted, one at a time."
                        .formatted(nodes, nodes == 1 ? "node" : "nodes")));
    }

    @Override
    public List<Step> steps(RevisionedWorkloads workloads) {
        return List.of(new ReplacePodStep(this, workloads, redactor, RevisionPod::node, clock));
    }
}
