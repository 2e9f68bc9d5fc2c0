package dev.stepback.rollback;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stepback.target.Plan;
import dev.stepback.target.Rollout;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What became of a rollback. The card is drawn from this and the spec alone.
 *
 * @param message one sentence about the phase: why it failed, who rejected it, what changed; may be empty
 * @param cluster the name by which people knew the target's cluster when it was planned; null until then
 * @param plan null until planned
 * @param steps one entry for each of the plan's steps, in their order
 * @param ending how it ends once the plan's last steps, those that are always taken, have been; null before that
 * @param standstill how the target stands still since somebody has stopped its rollout; null when nobody has, or it goes on
 * @param rollout the latest figures while a rollout runs and at its end
 * @param card where the Slack message is and what has been sent
 * @param choices how many of the spec's choices the plan was made with; null for none
 * @param plannedAt when the plan was made
 * @param approvals how the approvals stand; null until planned
 * @param startsAt when it starts without an approval, unless somebody stops it; null when approvals are needed
 * @param expiresAt when the approval is no longer waited for
 * @param approvedAt when the last approval that was needed came
 * @param patchedAt when the first mutation of the target was recorded
 * @param deadlineAt when the rollout counts as failed
 * @param finishedAt when a terminal phase was reached
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record RollbackStatus(
        Phase phase,
        String message,
        @Nullable String cluster,
        @Nullable Plan plan,
        List<StepStatus> steps,
        @Nullable Ending ending,
        @Nullable Standstill standstill,
        @Nullable Rollout rollout,
        CardStatus card,
        @Nullable Integer choices,
        @Nullable Instant plannedAt,
        @Nullable ApprovalStatus approvals,
        @Nullable Instant startsAt,
        @Nullable Instant expiresAt,
        @Nullable Instant approvedAt,
        @Nullable Instant patchedAt,
        @Nullable Instant deadlineAt,
        @Nullable Instant finishedAt) {

    public RollbackStatus {
        phase = phase == null ? Phase.PLANNING : phase;
        message = message == null ? "" : message;
        steps = steps == null ? List.of() : List.copyOf(steps);
        card = card == null ? CardStatus.NONE : card;
    }

    /** The status of a Rollback that nobody has looked at yet. */
    public static RollbackStatus initial() {
        return new RollbackStatus(
                Phase.PLANNING,
                "",
                null,
                null,
                List.of(),
                null,
                null,
                null,
                CardStatus.NONE,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    /** A copy with some fields set differently. */
    public RollbackStatus with(Consumer<Changes> changes) {
        Changes c = new Changes(this);
        changes.accept(c);
        return c.build();
    }

    /**
     * How the approvals stood when the engine last looked.
     *
     * @param required how many different people have to approve; 0: none
     * @param by ids of those whose decisions counted
     * @param breakGlass whether who asked may go alone
     * @param from whose approvals count, as the configuration names them; empty for all who may approve
     * @param typeToConfirm whether who approves has to type the target's name
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ApprovalStatus(
            int required, List<String> by, boolean breakGlass, List<String> from, boolean typeToConfirm) {
        public ApprovalStatus {
            by = by == null ? List.of() : List.copyOf(by);
            from = from == null ? List.of() : List.copyOf(from);
        }

        /** Approvals by a mere click of anybody who may approve. */
        public ApprovalStatus(int required, List<String> by, boolean breakGlass) {
            this(required, by, breakGlass, List.of(), false);
        }

        /** The same, while nobody has decided anything yet. */
        public ApprovalStatus withoutAny() {
            return new ApprovalStatus(required, List.of(), breakGlass, from, typeToConfirm);
        }
    }

    /** Whether a step has not begun yet, of those that are not taken whatever becomes of the others. */
    private boolean stepsLeft() {
        return plan != null
                && steps.size() == plan.steps().size()
                && IntStream.range(0, steps.size())
                        .anyMatch(i -> steps.get(i).startedAt() == null
                                && !plan.steps().get(i).always()
                                && !(patchedAt != null && plan.steps().get(i).waits()));
    }

    /** Whether its change was on its way when it ended, and made after that by a process that no longer led. */
    @JsonIgnore
    public boolean changedAfterTheEnd() {
        return finishedAt != null && patchedAt != null && patchedAt.isAfter(finishedAt);
    }

    /** Whether it can be cancelled now: between two steps, or two parts of one. */
    @JsonIgnore
    public boolean cancellable() {
        return !phase.terminal()
                && phase != Phase.VERIFYING
                && ending == null
                && (phase != Phase.RUNNING || stepsLeft() || partsLeft());
    }

    private boolean partsLeft() {
        return plan != null
                && steps.size() == plan.steps().size()
                && IntStream.range(0, steps.size())
                        .anyMatch(i -> steps.get(i).finishedAt() == null
                                && plan.steps().get(i).inParts());
    }

    /** Why it ends, or ended, without what is done at the very end. */
    @JsonIgnore
    public String why() {
        return ending == null ? message : ending.message();
    }

    /** Whether its pods are replaced by Stepback alone, one after another, so that nothing goes on when it is cancelled. */
    @JsonIgnore
    public boolean replacesPods() {
        return plan != null && plan.steps().stream().anyMatch(step -> step.inParts() || step.replacesPod());
    }

    /**
     * What a rollback comes to.
     *
     * @param phase a terminal one
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Ending(Phase phase, String message) {}

    /**
     * A rollout that was stopped where it was.
     *
     * @param message how it stands, for people; where there is little room, the first line is enough
     * @param resumable whether it can be resumed
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Standstill(String message, boolean resumable) {
        /** Its first line. */
        public String brief() {
            return message.lines().findFirst().orElse("");
        }
    }

    /**
     * How far one step of the plan is.
     *
     * @param log the last lines of what it ran, redacted; null when there are none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record StepStatus(
            String type,
            State state,
            String message,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable String log) {

        public StepStatus {
            type = type == null ? "" : type;
            state = state == null ? State.Pending : state;
            message = message == null ? "" : message;
        }

        /** One that ran nothing that has a log. */
        public StepStatus(
                String type, State state, String message, @Nullable Instant startedAt, @Nullable Instant finishedAt) {
            this(type, state, message, startedAt, finishedAt, null);
        }

        public enum State {
            Pending,
            Started,
            Done,
            Failed,
            /** Left in the middle, although it could have gone on: somebody stopped it, or the deadline passed. */
            Interrupted,
            /** Given up because somebody else changed the target in the middle; nobody knows what it would have come to. */
            Overtaken,
            /** A check that failed, and was gone past by breaking the glass. */
            Overridden
        }

        /** Whether it ended without having reached what it should. */
        @JsonIgnore
        public boolean fellShort() {
            return state == State.Failed || state == State.Interrupted || state == State.Overtaken;
        }

        /** Whether the next step may follow. */
        @JsonIgnore
        public boolean passed() {
            return state == State.Done || state == State.Overridden;
        }
    }

    /**
     * What Slack has been sent.
     *
     * @param channel id of the channel that the card is in
     * @param ts timestamp of the card; null until it is posted
     * @param sent keys of the messages sent besides the card (milestones, announcement, notifications)
     * @param complete whether the terminal state has been shown and announced
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record CardStatus(
            @Nullable String channel, @Nullable String ts, List<String> sent, boolean complete) {
        public static final CardStatus NONE = new CardStatus(null, null, List.of(), false);

        public CardStatus {
            sent = sent == null ? List.of() : List.copyOf(sent);
        }
    }

    /** The fields of a status that is being changed; see {@link #with}. */
    public static final class Changes {
        public Phase phase;
        public String message;
        public @Nullable String cluster;
        public @Nullable Plan plan;
        public List<StepStatus> steps;
        public @Nullable Ending ending;
        public @Nullable Standstill standstill;
        public @Nullable Rollout rollout;
        public CardStatus card;
        public @Nullable Integer choices;
        public @Nullable Instant plannedAt;
        public @Nullable ApprovalStatus approvals;
        public @Nullable Instant startsAt;
        public @Nullable Instant expiresAt;
        public @Nullable Instant approvedAt;
        public @Nullable Instant patchedAt;
        public @Nullable Instant deadlineAt;
        public @Nullable Instant finishedAt;

        private Changes(RollbackStatus s) {
            phase = s.phase;
            message = s.message;
            cluster = s.cluster;
            plan = s.plan;
            steps = s.steps;
            ending = s.ending;
            standstill = s.standstill;
            rollout = s.rollout;
            card = s.card;
            choices = s.choices;
            plannedAt = s.plannedAt;
            approvals = s.approvals;
            startsAt = s.startsAt;
            expiresAt = s.expiresAt;
            approvedAt = s.approvedAt;
            patchedAt = s.patchedAt;
            deadlineAt = s.deadlineAt;
            finishedAt = s.finishedAt;
        }

        private RollbackStatus build() {
            return new RollbackStatus(
                    phase,
                    message,
                    cluster,
                    plan,
                    steps,
                    ending,
                    standstill,
                    rollout,
                    card,
                    choices,
                    plannedAt,
                    approvals,
                    startsAt,
                    expiresAt,
                    approvedAt,
                    patchedAt,
                    deadlineAt,
                    finishedAt);
        }
    }
}
