package dev.stepback.rollback;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stepback.target.Kind;
import io.fabric8.generator.annotation.Nullable;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Instant;
import java.util.List;

/**
 * What is wanted. Immutable after creation except {@link #decisions} and {@link #cancellation}.
 *
 * @param target what is rolled back; it is in the Rollback's own namespace
 * @param toRevision the revision asked for; null lets the plan choose
 * @param reason the requester's words; may be empty
 * @param requestedBy who asked
 * @param origin where in Slack the card goes
 * @param approvalSeconds how long an approval is waited for after planning
 * @param deadlineSeconds how long the rollout may take after the patch
 * @param follows name of the Rollback that this one undoes or retries; null for none
 * @param decisions approvals and rejections, in the order in which they came; only ever appended to
 * @param cancellation set once, by whoever cancels
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RollbackSpec(
        @Required @ValidationRule(value = "self == oldSelf", message = "target is immutable")
        TargetName target,

        @Nullable
        @ValidationRule(value = "self == oldSelf", message = "toRevision is immutable")
        @org.jspecify.annotations.Nullable
        Long toRevision,

        @Required @ValidationRule(value = "self == oldSelf", message = "reason is immutable")
        String reason,

        @Required @ValidationRule(value = "self == oldSelf", message = "requestedBy is immutable")
        Person requestedBy,

        @Required @ValidationRule(value = "self == oldSelf", message = "origin is immutable")
        Origin origin,

        @Required @ValidationRule(value = "self == oldSelf", message = "approvalSeconds is immutable")
        long approvalSeconds,

        @Required @ValidationRule(value = "self == oldSelf", message = "deadlineSeconds is immutable")
        long deadlineSeconds,

        @Nullable
        @ValidationRule(value = "self == oldSelf", message = "follows is immutable")
        @org.jspecify.annotations.Nullable
        String follows,

        List<Decision> decisions,
        @Nullable @org.jspecify.annotations.Nullable Cancellation cancellation) {

    public RollbackSpec {
        decisions = decisions == null ? List.of() : List.copyOf(decisions);
    }

    /** Kind and name of the target. */
    public record TargetName(@Required Kind kind, @Required String name) {}

    /**
     * Where the request came from, and so where the card goes.
     *
     * @param channel id of the Slack channel
     * @param thread timestamp of the thread's first message; null when asked in the channel itself
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Origin(
            @Required String channel,
            @Nullable @org.jspecify.annotations.Nullable String thread) {}

    /** An approval or a rejection of the plan with this hash. */
    public record Decision(
            @Required Verdict verdict,
            @Required Person by,
            @Required Instant at,
            @Required String planHash) {
        public enum Verdict {
            Approved,
            Rejected
        }
    }

    /** Somebody's wish to stop. Honoured before the first step and between steps, never in the middle of one. */
    public record Cancellation(
            @Required Person by, @Required Instant at) {}

    public RollbackSpec withDecisions(List<Decision> newDecisions) {
        return new RollbackSpec(
                target,
                toRevision,
                reason,
                requestedBy,
                origin,
                approvalSeconds,
                deadlineSeconds,
                follows,
                newDecisions,
                cancellation);
    }

    public RollbackSpec withCancellation(Cancellation newCancellation) {
        return new RollbackSpec(
                target,
                toRevision,
                reason,
                requestedBy,
                origin,
                approvalSeconds,
                deadlineSeconds,
                follows,
                decisions,
                newCancellation);
    }
}
