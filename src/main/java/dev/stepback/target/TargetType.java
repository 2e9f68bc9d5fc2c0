package dev.stepback.target;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How targets of one kind are read, planned and rolled back. Stateless and safe for use by several threads. */
public interface TargetType {

    Kind kind();

    /**
     * The same, but everything that is read and written, the steps included, is read and written as this identity. Cheap:
     * it shares the connections. Where the identity lacks a permission to change the target, a plan warns, for somebody
     * else may carry it out.
     */
    TargetType as(Identity identity);

    /** The history as the API server has it now; empty when there is no such target. */
    Optional<History> history(TargetRef target);

    /**
     * What changes in the pod template on the way from one revision to another.
     *
     * @throws IllegalArgumentException when a revision is not in the history; the message is kubectl's
     */
    List<Change> diff(TargetRef target, long from, long to);

    /** Makes a plan and runs its preflight checks; read-only. */
    PlanResult plan(TargetRef target, PlanRequest request);

    /** The refusal that {@link #plan} would give, without the cost of making the plan and of its preflight checks. */
    Optional<PlanResult.Refused> refusal(TargetRef target, PlanRequest request);

    /**
     * What has changed since this plan was made, and by whom: the plan is made again, without its preflight checks, for the
     * revision that it restores. Empty when it is the very same.
     *
     * @return a sentence for people
     */
    Optional<String> changedSince(TargetRef target, Plan plan);

    /** The target's labels as the API server has them now; empty when there is no such target. */
    Optional<Map<String, String>> labels(TargetRef target);

    /** How the target's present rollout stands, whoever started it; empty when there is no such target. */
    Optional<Step.Observation> status(TargetRef target);

    /**
     * The revisions whose rollout failed, as the cluster still shows it; by {@link Revision#id}. Read-only. Revisions that
     * do not show it are left out, whether they worked or not.
     */
    default Map<String, BadRevision> failedRollouts(TargetRef target) {
        return Map.of();
    }

    /**
     * The Rollbacks after which the rollout of what they restored was seen to end well, however they ended themselves: after
     * its deadline, for instance. The last one for each revision, by {@link Revision#id}. Read-only.
     */
    default Map<String, String> cameRight(TargetRef target) {
        return Map.of();
    }

    /**
     * Writes down, beside the target's revisions, what {@link #failedRollouts} and {@link #cameRight} see now and would not see
     * later; and whose pods are available, see {@link Revision#wasAvailable}. Idempotent.
     */
    default void noteFailedRollouts(TargetRef target) {}

    /**
     * The step that makes the target stand still as it is now, for somebody who stops a rollout in the middle. It does
     * its work also on a target that bears the mark of the Rollback already. Empty when there is no such target, or no such
     * way.
     */
    default Optional<PlannedStep> stop(TargetRef target) {
        return Optional.empty();
    }

    /**
     * The targets on which a Rollback has set something for its time only that is not put back yet, with the name of that
     * Rollback.
     *
     * @param namespaces empty for all
     */
    default Map<TargetRef, String> borrowing(Collection<String> namespaces) {
        return Map.of();
    }

    /**
     * Puts back what a Rollback that is no more has left behind; what somebody else has changed since stays.
     *
     * @return false when there is nothing of this Rollback, or it has changed at this very moment
     */
    default boolean giveBack(TargetRef target, String rollback) {
        return false;
    }

    /** The steps that plans of this kind may contain. */
    List<Step> steps();
}
