package dev.stepback.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The approvals that a rollback needs.
 *
 * @param required from how many different people, 0 to {@value #MOST}; 0: it runs after a countdown
 * @param from whose approvals count, of those who may approve; empty for all of those
 * @param expiry how long they are waited for
 * @param requireReason whether nobody may ask without giving a reason
 * @param typeToConfirm whether who approves has to type the target's name
 */
public record ApprovalRule(
        int required,
        List<Who> from,
        boolean requesterMayApprove,
        Duration expiry,
        boolean requireReason,
        boolean typeToConfirm,
        Optional<QuietHours> quietHours) {
    /** The most approvals that can be required. */
    public static final int MOST = 10;

    /** What is in force when nothing is configured: one approval, not by who asked, within 15 minutes. */
    public static final ApprovalRule DEFAULT =
            new ApprovalRule(1, List.of(), false, Duration.ofMinutes(15), false, false, Optional.empty());

    public ApprovalRule {
        from = List.copyOf(from);
        if (required < 0 || required > MOST) {
            throw new IllegalArgumentException("required: " + required);
        }
    }

    /** The number that is required at a time; empty when requests are refused then. */
    public OptionalInt required(Instant time) {
        return quietHours.filter(q -> q.covers(time)).map(QuietHours::required).orElse(OptionalInt.of(required));
    }

    /** Whether an approval by somebody who may approve counts; unknown when Slack could not be asked. */
    public Answer counts(Subject approver, Directory directory) {
        return from.isEmpty() ? Answer.YES : Who.anyNames(from, approver, directory);
    }
}
