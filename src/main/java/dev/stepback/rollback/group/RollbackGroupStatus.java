package dev.stepback.rollback.group;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What became of a group. The card is drawn from this, the spec and the group's Rollbacks.
 *
 * @param message one sentence about the phase; may be empty
 * @param cluster the name by which people know the cluster; null until it was planned
 * @param members one for each target, in their order; empty until the first look
 * @param choices how many of the spec's choices the plans were made with; null for none
 * @param hash over all that will be done, see {@link GroupHash}; null until planned
 * @param approvals how the approvals stand; null until planned
 * @param ending the phase in which it ends once nothing of it is under way any more; nothing begins from then on
 * @param card where the Slack message is and what has been sent
 * @param plannedAt when the last of the plans was there
 * @param startsAt when it starts without an approval, unless somebody stops it; null when approvals are needed
 * @param expiresAt when the approval is no longer waited for
 * @param approvedAt when it was let go
 * @param finishedAt when a terminal phase was reached
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record RollbackGroupStatus(
        Phase phase,
        String message,
        @Nullable String cluster,
        List<Member> members,
        @Nullable Integer choices,
        @Nullable String hash,
        @Nullable ApprovalStatus approvals,
        @Nullable Phase ending,
        CardStatus card,
        @Nullable Instant plannedAt,
        @Nullable Instant startsAt,
        @Nullable Instant expiresAt,
        @Nullable Instant approvedAt,
        @Nullable Instant finishedAt) {

    public RollbackGroupStatus {
        phase = phase == null ? Phase.PLANNING : phase;
        message = message == null ? "" : message;
        members = members == null ? List.of() : List.copyOf(members);
        card = card == null ? CardStatus.NONE : card;
    }

    /** The status of a group that nobody has looked at yet. */
    public static RollbackGroupStatus initial() {
        return new RollbackGroupStatus(
                Phase.PLANNING,
                "",
                null,
                List.of(),
                null,
                null,
                null,
                null,
                CardStatus.NONE,
                null,
                null,
                null,
                null,
                null);
    }

    /**
     * How far one target is.
     *
     * @param rollback name of its Rollback
     * @param planHash hash of the plan that the approval is about; null while there is none, or nothing to do
     * @param late whether its target was changed after its end all the same; null when it was not
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Member(
            String rollback,
            @Nullable String planHash,
            Phase phase,
            @Nullable Boolean late) {

        /** One that is as it should be. */
        public Member(String rollback, @Nullable String planHash, Phase phase) {
            this(rollback, planHash, phase, null);
        }

        Member changedLate() {
            return new Member(rollback, planHash, phase, true);
        }
    }

    /** How many were changed after their end all the same. */
    public int late() {
        return (int) members.stream().filter(m -> m.late() != null).count();
    }

    /** A copy with some fields set differently. */
    public RollbackGroupStatus with(Consumer<Changes> changes) {
        Changes c = new Changes(this);
        changes.accept(c);
        return c.build();
    }

    /** The fields of a status that is being changed; see {@link #with}. */
    public static final class Changes {
        public Phase phase;
        public String message;
        public @Nullable String cluster;
        public List<Member> members;
        public @Nullable Integer choices;
        public @Nullable String hash;
        public @Nullable ApprovalStatus approvals;
        public @Nullable Phase ending;
        public CardStatus card;
        public @Nullable Instant plannedAt;
        public @Nullable Instant startsAt;
        public @Nullable Instant expiresAt;
        public @Nullable Instant approvedAt;
        public @Nullable Instant finishedAt;

        private Changes(RollbackGroupStatus s) {
            phase = s.phase;
            message = s.message;
            cluster = s.cluster;
            members = s.members;
            choices = s.choices;
            hash = s.hash;
            approvals = s.approvals;
            ending = s.ending;
            card = s.card;
            plannedAt = s.plannedAt;
            startsAt = s.startsAt;
            expiresAt = s.expiresAt;
            approvedAt = s.approvedAt;
            finishedAt = s.finishedAt;
        }

        private RollbackGroupStatus build() {
            return new RollbackGroupStatus(
                    phase,
                    message,
                    cluster,
                    members,
                    choices,
                    hash,
                    approvals,
                    ending,
                    card,
                    plannedAt,
                    startsAt,
                    expiresAt,
                    approvedAt,
                    finishedAt);
        }
    }
}
