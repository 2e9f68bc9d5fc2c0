package dev.stepback.rollback.group;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Origin;
import dev.stepback.rollback.SpecRules;
import dev.stepback.target.Kind;
import dev.stepback.target.PlanOptions;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted. Immutable after creation except {@link #decisions}, {@link #choices}, {@link #cancellation} and
 * {@link #stop}.
 *
 * @param targets what is rolled back, all in the group's own namespace
 * @param order whether one waits for the one before it
 * @param toTime each goes to the revision that was its current one then; null unless that is wanted
 * @param options how each is done; null for as usual
 * @param reason the requester's words; may be empty
 * @param requestedBy who asked
 * @param origin where in Slack the card goes
 * @param deadlineSeconds how long each rollout may take after its patch
 * @param follows name of the group that this one undoes; null for none
 * @param decisions about all of it, bound to {@link RollbackGroupStatus#hash}; only ever appended to
 * @param choices how it shall be done after all, chosen on the card, in the order in which they came; only ever appended to
 * @param cancellation set once, by whoever stops what has not begun
 * @param stop set once, by whoever ends what runs, too; it says what becomes of the rollouts
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(value = "self.targets == oldSelf.targets", message = "targets are immutable")
@ValidationRule(value = "self.order == oldSelf.order", message = "order is immutable")
@ValidationRule(value = SpecRules.TO_TIME, message = "toTime is immutable")
@ValidationRule(value = SpecRules.OPTIONS, message = "options are immutable")
@ValidationRule(value = "self.reason == oldSelf.reason", message = "reason is immutable")
@ValidationRule(value = "self.requestedBy == oldSelf.requestedBy", message = "requestedBy is immutable")
@ValidationRule(value = "self.origin == oldSelf.origin", message = "origin is immutable")
@ValidationRule(value = "self.deadlineSeconds == oldSelf.deadlineSeconds", message = "deadlineSeconds is immutable")
@ValidationRule(value = SpecRules.FOLLOWS, message = "follows is immutable")
@ValidationRule(value = SpecRules.DECISIONS, message = "decisions are only ever appended")
@ValidationRule(value = SpecRules.CHOICES, message = "choices are only ever appended")
@ValidationRule(value = SpecRules.CANCELLATION, message = "a cancellation is final")
@ValidationRule(value = SpecRules.STOP, message = "a stop is final")
public record RollbackGroupSpec(
        @Required @Size(min = 1, max = RollbackGroupSpec.MAX_TARGETS)
        List<Target> targets,

        @Required Order order,
        @Nullable Instant toTime,
        @Nullable PlanOptions options,
        @Required String reason,
        @Required Person requestedBy,
        @Required Origin origin,
        @Required @Min(0) long deadlineSeconds,
        @Nullable String follows,
        @Size(max = SpecRules.MAX_DECISIONS) List<Decision> decisions,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @Size(max = SpecRules.MAX_DECISIONS)
        List<Choice> choices,

        @Nullable Cancellation cancellation,
        @Nullable Cancellation stop) {

    /** As many as one card shows well. */
    public static final int MAX_TARGETS = 20;

    public RollbackGroupSpec {
        targets = targets == null ? List.of() : List.copyOf(targets);
        decisions = decisions == null ? List.of() : List.copyOf(decisions);
        choices = choices == null ? List.of() : List.copyOf(choices);
    }

    /** As it is asked for. */
    public RollbackGroupSpec(
            List<Target> targets,
            Order order,
            @Nullable Instant toTime,
            @Nullable PlanOptions options,
            String reason,
            Person requestedBy,
            Origin origin,
            long deadlineSeconds,
            @Nullable String follows) {
        this(
                targets,
                order,
                toTime,
                options,
                reason,
                requestedBy,
                origin,
                deadlineSeconds,
                follows,
                List.of(),
                List.of(),
                null,
                null);
    }

    /** How many are under way at the same time. */
    public enum Order {
        /** All begin at once. */
        Together,
        /** Each begins when the one before it has succeeded. */
        InOrder
    }

    /**
     * @param toRevision the revision asked for; null lets the plan choose
     * @param follows name of the Rollback of this target that is undone; null for none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Target(
            @Required Kind kind,
            @Required String name,
            @Nullable Long toRevision,
            @Nullable String follows) {}

    @JsonIgnore
    public boolean inOrder() {
        return order == Order.InOrder;
    }

    /** Whether what {@code kubectl apply} remembers shall be rolled back, too: as it was asked for, or chosen last. */
    @JsonIgnore
    public boolean updatesLastApplied() {
        return choices.isEmpty()
                ? options != null && options.updateLastApplied()
                : choices.get(choices.size() - 1).updateLastApplied();
    }

    public RollbackGroupSpec withDecisions(List<Decision> newDecisions) {
        return with(newDecisions, choices, cancellation, stop);
    }

    public RollbackGroupSpec withChoices(List<Choice> newChoices) {
        return with(decisions, newChoices, cancellation, stop);
    }

    public RollbackGroupSpec withCancellation(Cancellation newCancellation) {
        return with(decisions, choices, newCancellation, stop);
    }

    /** What is stopped in the middle begins nothing more. */
    public RollbackGroupSpec withStop(Cancellation newStop) {
        return with(
                decisions,
                choices,
                cancellation == null ? new Cancellation(newStop.by(), newStop.at()) : cancellation,
                newStop);
    }

    private RollbackGroupSpec with(
            List<Decision> newDecisions,
            List<Choice> newChoices,
            @Nullable Cancellation newCancellation,
            @Nullable Cancellation newStop) {
        return new RollbackGroupSpec(
                targets,
                order,
                toTime,
                options,
                reason,
                requestedBy,
                origin,
                deadlineSeconds,
                follows,
                newDecisions,
                newChoices,
                newCancellation,
                newStop);
    }
}
