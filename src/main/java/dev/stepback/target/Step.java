package dev.stepback.target;

import org.jspecify.annotations.Nullable;

/**
 * One kind of action that a plan is made of. Implementations keep no state: all that a step needs is in its {@link
 * StepContext}, all that it did is in the cluster, and what became of it is in the Rollback's status.
 *
 * <p>The engine calls {@link #start} until it has durably recorded that the step was started, and then {@link
 * #observe} until the step is done or failed. After a crash it may call {@code start} again although the first call
 * took effect; the second must notice and change nothing. Whenever {@code observe} says {@link Observation.State#AGAIN},
 * {@code start} is called again for what is left to do.
 *
 * <p>Each may throw {@link UnusableStepException}, which ends the rollback; whatever else is thrown is tried again.
 */
public interface Step {

    /** The stable name that is stored in plans, such as {@code deployment.undo}. */
    String type();

    /** What the step would do, tried without doing it; read-only. */
    Finding dryRun(StepContext context);

    /** Does it, or the part of it that is next, at most once however often it is called. */
    Start start(StepContext context);

    /** Looks how far it is; read-only. */
    Observation observe(StepContext context);

    /**
     * Ends what it has begun and what would go on by itself, because nobody waits for it any more; safe to be called again, and
     * also when it was never started.
     *
     * @return what still goes on, in a sentence for people; empty when nothing does
     */
    default String abandon(StepContext context) {
        return "";
    }

    /** What came of starting a step. */
    sealed interface Start {
        /** It was started, now or by an earlier call. */
        record Started() implements Start {}

        /**
         * The world is not the one that the plan was approved for; nothing was changed.
         *
         * @param why says what changed and who changed it
         */
        record Void(String why) implements Start {}

        /**
         * It may not be done now, but perhaps later. Nothing was changed.
         *
         * @param why says what is missing
         * @param undecided whether it is only that somebody could not be asked, who may answer in a moment
         */
        record NotYet(String why, boolean undecided) implements Start {
            public NotYet(String why) {
                this(why, false);
            }
        }

        /** It cannot be done, and trying again would not help. Nothing was changed. */
        record Failed(String why) implements Start {}
    }

    /**
     * How far a started step is.
     *
     * @param message one sentence; for a rollout, kubectl's status sentence
     * @param rollout the rollout's figures when the step has to do with one
     * @param log the last lines of what the step ran, redacted; empty when it ran nothing
     */
    record Observation(
            State state, String message, @Nullable Rollout rollout, String log) {

        /** Of a step that ran nothing. */
        public Observation(State state, String message, @Nullable Rollout rollout) {
            this(state, message, rollout, "");
        }

        /** Of a step that has nothing more to do. */
        public static Observation done(String message) {
            return new Observation(State.DONE, message, null);
        }

        /** Of a step that has nothing more to do because it cannot. */
        public static Observation failed(String message) {
            return new Observation(State.FAILED, message, null);
        }

        /** Of a step that has nothing more to do because somebody else has changed the target. */
        public static Observation overtaken(String message) {
            return new Observation(State.OVERTAKEN, message, null);
        }

        public enum State {
            RUNNING,
            /** There is something more to do: the step has to be started again. */
            AGAIN,
            DONE,
            FAILED,
            /** Failed, too, but not because of what it restored: somebody else has changed the target in the middle. */
            OVERTAKEN
        }
    }
}
