package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import java.time.Duration;
import java.util.List;

/**
 * How the approvals of a Rollback stand by the policy of this moment.
 *
 * @param required how many different people have to approve; 0: none, it runs after a countdown
 * @param counted the recorded decisions that count now, each by another person: approvals, or one that broke the glass
 * @param granted whether it may run
 * @param undecided not granted, but perhaps only because Slack or the cluster could not be asked: ask again soon
 * @param missing when not granted, a sentence that says what is missing; otherwise empty
 * @param refused why whoever asked must not even ask, or empty; then nobody needs to be bothered with an approval
 * @param breakGlass whether whoever asked may go alone
 * @param expiry how long approvals are waited for
 */
public record Approvals(
        int required,
        List<RollbackSpec.Decision> counted,
        boolean granted,
        boolean undecided,
        String missing,
        String refused,
        boolean breakGlass,
        Duration expiry) {

    public Approvals {
        counted = List.copyOf(counted);
    }

    /** Whether it may run without anybody having approved it. */
    boolean unapproved() {
        return granted && counted.isEmpty();
    }

    /** Whether it may run because the requester goes alone. */
    boolean brokeGlass() {
        return counted.stream().anyMatch(d -> d.verdict() == Verdict.BrokeGlass);
    }
}
