package dev.stepback.rollback;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted. Immutable after creation except {@link #decisions}, {@link #choices}, {@link #released} and
 * {@link #cancellation}.
 *
 * @param target what is rolled back; it is in the Rollback's own namespace
 * @param operation what is done to it; null as well as {@link Operation#UNDO} for an undo, see {@link #wanted}
 * @param toRevision the revision asked for; null lets the plan choose
 * @param toTime goes to the revision that was the current one then; null unless that was asked for
 * @param options how it is done; null for as usual
 * @param reason the requester's words; may be empty
 * @param requestedBy who asked
 * @param origin where in Slack the card goes
 * @param deadlineSeconds how long the rollout may take after the patch
 * @param follows name of the Rollback that this one undoes or retries; null for none
 * @param group name of the RollbackGroup, in the same namespace, that this one is part of; null for none
 * @param decisions approvals, rejections and broken glass, in the order in which they came; only ever appended to
 * @param choices how it shall be done after all, chosen on the card, in the order in which they came; only ever appended to
 * @param released set once, by the group, when it lets this one begin; null otherwise
 * @param cancellation set once, by whoever cancels
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(value = "self.target == oldSelf.target", message = "target is immutable")
@ValidationRule(
        value = "has(self.operation) == has(oldSelf.operation)"
                + " && (!has(self.operation) || self.operation == oldSelf.operation)",
        message = "operation is immutable")
@ValidationRule(
        value = "has(self.toRevision) == has(oldSelf.toRevision)"
                + " && (!has(self.toRevision) || self.toRevision == oldSelf.toRevision)",
        message = "toRevision is immutable")
@ValidationRule(value = SpecRules.TO_TIME, message = "toTime is immutable")
@ValidationRule(
        value = "!has(self.toRevision) || !has(self.toTime)",
        message = "toRevision and toTime exclude each other")
@ValidationRule(value = SpecRules.OPTIONS, message = "options are immutable")
@ValidationRule(value = "self.reason == oldSelf.reason", message = "reason is immutable")
@ValidationRule(value = "self.requestedBy == oldSelf.requestedBy", message = "requestedBy is immutable")
@ValidationRule(value = "self.origin == oldSelf.origin", message = "origin is immutable")
@ValidationRule(value = "self.deadlineSeconds == oldSelf.deadlineSeconds", message = "deadlineSeconds is immutable")
@ValidationRule(value = SpecRules.FOLLOWS, message = "follows is immutable")
@ValidationRule(
        value = "has(self.group) == has(oldSelf.group) && (!has(self.group) || self.group == oldSelf.group)",
        message = "group is immutable")
@ValidationRule(value = SpecRules.DECISIONS, message = "decisions are only ever appended")
@ValidationRule(value = SpecRules.CHOICES, message = "choices are only ever appended")
@ValidationRule(
        value = "!has(oldSelf.released) || has(self.released) && self.released == oldSelf.released",
        message = "released is set once")
@ValidationRule(value = SpecRules.CANCELLATION, message = "a cancellation is final")
public record RollbackSpec(
        @Required TargetName target,
        @Nullable Operation operation,
        @Nullable Long toRevision,
        @Nullable Instant toTime,
        @Nullable PlanOptions options,
        @Required String reason,
        @Required Person requestedBy,
        @Required Origin origin,
        @Required @Min(0) long deadlineSeconds,
        @Nullable String follows,
        @Nullable String group,
        @Size(max = SpecRules.MAX_DECISIONS) List<Decision> decisions,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @Size(max = SpecRules.MAX_DECISIONS)
        List<Choice> choices,

        @Nullable Instant released,
        @Nullable Cancellation cancellation) {

    public RollbackSpec {
        decisions = decisions == null ? List.of() : List.copyOf(decisions);
        choices = choices == null ? List.of() : List.copyOf(choices);
    }

    /** One that is no part of a group. */
    public RollbackSpec(
            TargetName target,
            @Nullable Operation operation,
            @Nullable Long toRevision,
            @Nullable Instant toTime,
            @Nullable PlanOptions options,
            String reason,
            Person requestedBy,
            Origin origin,
            long deadlineSeconds,
            @Nullable String follows,
            List<Decision> decisions,
            List<Choice> choices,
            @Nullable Cancellation cancellation) {
        this(
                target,
                operation,
                toRevision,
                toTime,
                options,
                reason,
                requestedBy,
                origin,
                deadlineSeconds,
                follows,
                null,
                decisions,
                choices,
                null,
                cancellation);
    }

    /** What is done to the target: an undo when nothing is said. */
    @JsonIgnore
    public Operation wanted() {
        return operation == null ? Operation.UNDO : operation;
    }

    /** How it is done: as it was asked for, and as it was chosen last. */
    @JsonIgnore
    public PlanOptions wantedOptions() {
        PlanOptions asked = options == null ? PlanOptions.NONE : options;
        return choices.isEmpty()
                ? asked
                : asked.updatingLastApplied(choices.get(choices.size() - 1).updateLastApplied());
    }

    /** Kind and name of the target. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record TargetName(@Required Kind kind, @Required String name) {}

    /**
     * Where the request came from, and so where the card goes.
     *
     * @param channel id of the Slack channel
     * @param thread timestamp of the thread's first message; null when asked in the channel itself
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Origin(@Required String channel, @Nullable String thread) {}

    /**
     * What somebody decided about the plan with this hash.
     *
     * @param channel id of the channel that it came from; null when it came from none
     * @param reason why; null when nothing was said
     * @param typed whether the target's name was typed to confirm it; null when a click was enough
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Decision(
            @Required Verdict verdict,
            @Required Person by,
            @Required Instant at,
            @Required String planHash,
            @Nullable String channel,
            @Nullable String reason,
            @Nullable Boolean typed) {

        /** A click. */
        public Decision(
                Verdict verdict,
                Person by,
                Instant at,
                String planHash,
                @Nullable String channel,
                @Nullable String reason) {
            this(verdict, by, at, planHash, channel, reason, null);
        }

        /** A click that came from no channel, without a reason. */
        public Decision(Verdict verdict, Person by, Instant at, String planHash) {
            this(verdict, by, at, planHash, null, null);
        }

        /** Whether the target's name was typed to confirm it. */
        public boolean wasTyped() {
            return typed != null && typed;
        }

        public enum Verdict {
            Approved,
            Rejected,
            /** The requester goes alone, without approvals. */
            BrokeGlass
        }
    }

    /**
     * How somebody wants it to be done, other than the plan with this hash does it. It takes another plan, which has to be
     * approved anew.
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Choice(
            boolean updateLastApplied,
            @Required Person by,
            @Required Instant at,
            @Required String planHash) {}

    /**
     * Somebody's wish to stop. Without {@code midway} it is honoured before the first step and between steps; with it, while a
     * rollout is waited for.
     *
     * @param midway what becomes of the rollout; null when it is none of the wish
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Cancellation(
            @Required Person by,
            @Required Instant at,
            @Nullable Midway midway) {

        public Cancellation(Person by, Instant at) {
            this(by, at, null);
        }
    }

    /** What becomes of a rollout that somebody does not want to wait for. */
    public enum Midway {
        /** The target is paused where it is. */
        Pause,
        /** It goes on, but is followed no longer: something else comes in its place. */
        GoOn
    }

    /** The same, as if somebody else had asked for it, and nobody had decided anything. */
    public RollbackSpec askedBy(Person person) {
        return new RollbackSpec(
                target,
                operation,
                toRevision,
                toTime,
                options,
                reason,
                person,
                origin,
                deadlineSeconds,
                follows,
                List.of(),
                choices,
                null);
    }

    public RollbackSpec withDecisions(List<Decision> newDecisions) {
        return with(newDecisions, choices, released, cancellation);
    }

    public RollbackSpec withChoices(List<Choice> newChoices) {
        return with(decisions, newChoices, released, cancellation);
    }

    /** Let go by its group, with what was decided about the group. */
    public RollbackSpec withRelease(List<Decision> newDecisions, Instant at) {
        return with(newDecisions, choices, at, cancellation);
    }

    public RollbackSpec withCancellation(Cancellation newCancellation) {
        return with(decisions, choices, released, newCancellation);
    }

    private RollbackSpec with(
            List<Decision> newDecisions,
            List<Choice> newChoices,
            @Nullable Instant newRelease,
            @Nullable Cancellation newCancellation) {
        return new RollbackSpec(
                target,
                operation,
                toRevision,
                toTime,
                options,
                reason,
                requestedBy,
                origin,
                deadlineSeconds,
                follows,
                group,
                newDecisions,
                newChoices,
                newRelease,
                newCancellation);
    }
}
