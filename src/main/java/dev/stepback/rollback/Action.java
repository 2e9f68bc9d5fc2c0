package dev.stepback.rollback;

import dev.stepback.target.PlanResult;
import dev.stepback.target.Step;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one thing to do next for a Rollback, as {@link Decision} found it. */
sealed interface Action {

    /** Look for an older open rollback of the target, then ask for a plan; decide again with {@link Seen.Planned}. */
    record MakePlan() implements Action {}

    /** Ask how the approvals stand by the policy of this moment; decide again with {@link Seen.Ruled}. */
    record AskPolicy() implements Action {}

    /** Start this step of the plan; decide again with {@link Seen.Begun}. The only action that changes a target. */
    record StartStep(int step) implements Action {}

    /** Observe this step of the plan; decide again with {@link Seen.Progress}. */
    record ObserveStep(int step) implements Action {}

    /** End what this step of the plan has begun, which nobody waits for any more; decide again with {@link Seen.Abandoned}. */
    record AbandonStep(int step) implements Action {}

    /** Pause the target in the middle of its rollout; decide again with {@link Seen.Stopped}. */
    record StopTarget() implements Action {}

    /** Write the status, then decide again about what was written. */
    record Write(RollbackStatus status) implements Action {}

    /** Nothing until then, unless something changes. */
    record WaitUntil(Instant time) implements Action {}

    /** Nothing, ever. */
    record Leave() implements Action {}

    /** What was seen of the world since the last decision. */
    sealed interface Seen {

        /** Nobody has looked yet. */
        record Nothing() implements Seen {}

        /** @param olderOpen name of an older open rollback of the same target; then there is no plan */
        record Planned(Optional<String> olderOpen, Optional<PlanResult> result, Approvals approvals) implements Seen {}

        record Ruled(Approvals approvals) implements Seen {}

        record Begun(int step, Step.Start outcome) implements Seen {}

        /** @param left what still goes on, in a sentence for people; empty when nothing does */
        record Abandoned(int step, String left) implements Seen {}

        /** @param standstill how the target stands still; null when it does not */
        record Stopped(Step.Start outcome, RollbackStatus.@Nullable Standstill standstill) implements Seen {}

        record Progress(int step, Step.Observation observation) implements Seen {}
    }
}
