package dev.stepback.target.controllerrevision;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import java.util.List;
import java.util.Optional;

/** How one kind rolls a template out: what {@link RevisionedTarget} has to be told. Stateless. */
public interface Rollouts {
    Kind kind();

    /** How its present rollout stands, in kubectl's words; without the reasons of pods. */
    Observation status(RevisionedWorkload workload);

    /**
     * What of its strategy is set differently together with the template, because the options want it or because an
     * earlier rollback left it so.
     */
    default Optional<Borrowed> borrows(RevisionedWorkload workload, PlanOptions options) {
        return Optional.empty();
    }

    /** What that means, for people; begins with a comma, or is empty. */
    default String words(RevisionedWorkload workload, Borrowed borrowed) {
        return "";
    }

    /** In which order a rollout replaces the pods, and how many at a time; begins with a colon, or is empty. */
    default String order(RevisionedWorkload workload) {
        return "";
    }

    /**
     * What has to be done between restoring the template and waiting for the rollout, as it looks now.
     *
     * @param borrowed as {@link #borrows} said when it was planned
     */
    List<PlannedStep> afterUndo(RevisionedWorkload workload, Restored restored, Optional<Borrowed> borrowed);

    /**
     * Whether a rollout of the present template would not end by itself, so that there is something to do although the
     * template is right.
     */
    boolean stuck(RevisionedWorkload workload, Restored restored);

    /** Whether the rollout of a revision came to its end, as far as the cluster can tell. */
    Reached reached(RevisionedWorkload workload, ObjectNode revision);

    /** How far the rollout of a revision came. */
    enum Reached {
        /** Pods are still to be replaced, or were when another revision came. */
        NOT_YET,
        END,
        UNKNOWN
    }

    /** The step that makes its rollout stand still where it is; empty when this kind knows no such way. */
    default Optional<PlannedStep> stop(RevisionedWorkload workload) {
        return Optional.empty();
    }

    /** What lets a rollout go on that a rollback has left standing still; empty when there is none. */
    default Optional<Resumption> resumption(RevisionedWorkload workload) {
        return Optional.empty();
    }

    /**
     * @param step what is done
     * @param patch what it would write now
     */
    record Resumption(PlannedStep step, ArrayNode patch) {}

    /** What makes the step of a {@link Resumption} another one now, and who did that; empty when it is the same. */
    default Optional<String> changed(RevisionedWorkload workload, PlannedStep resumption) {
        return Optional.empty();
    }

    /** Why the options cannot be had of this very workload; what to do instead. */
    default Optional<String> objection(RevisionedWorkload workload, PlanOptions options) {
        return Optional.empty();
    }

    /** Why the options cannot be had on the way to this revision, as its pods are now; what to do instead. */
    default Optional<String> obstacle(RevisionedWorkload workload, Restored restored, PlanOptions options) {
        return Optional.empty();
    }

    /** What is worth knowing about a restart. */
    List<Finding> restart(RevisionedWorkload workload);

    /** What to do in place of a pause, which Kubernetes does not know here; what would be typed into a shell. */
    String insteadOfPause(RevisionedWorkload workload);

    /** What to do in place of a resumption. */
    String insteadOfResume(RevisionedWorkload workload);

    /** What is worth knowing about this way back. */
    List<Finding> findings(RevisionedWorkload workload, Restored restored);

    /** The steps that {@link #afterUndo} plans. */
    List<Step> steps(RevisionedWorkloads workloads);

    /**
     * The revision that is restored.
     *
     * @param id name of its ControllerRevision
     * @param hash what its pods carry as their label {@code controller-revision-hash}
     */
    record Restored(long number, String id, String hash, PodTemplate template) {
        static Restored of(RevisionedWorkload workload, ObjectNode revision) {
            return new Restored(
                    RevisionedWorkload.number(revision),
                    Json.name(revision),
                    workload.hash(revision),
                    RevisionedWorkload.template(revision));
        }
    }
}
