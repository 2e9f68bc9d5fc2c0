package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKER;
import static dev.stepback.rollback.Examples.EXPIRES;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.SECOND;
import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.approved;
import static dev.stepback.rollback.Examples.awaiting;
import static dev.stepback.rollback.Examples.decided;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApprovalTest {
    private static final Instant LATER = T0.plusSeconds(100);

    @Test
    void onePersonTwice_letsItGoOnce() {
        Rollback rollback = Examples.with(
                awaiting(approved(LATER), approved(LATER.plusSeconds(1))),
                s -> s.approvals = new RollbackStatus.ApprovalStatus(1, List.of(LEAD.id()), false));
        assertThat(Approval.granting(rollback)).containsExactly(approved(LATER));
    }

    @Test
    void twoPeople_countBoth() {
        var second = decided(Verdict.Approved, SECOND, LATER);
        assertThat(Approval.recorded(awaiting(approved(LATER), second))).containsExactly(approved(LATER), second);
    }

    @Test
    void approvalAtExpiry_isTooLate() {
        assertThat(Approval.recorded(awaiting(approved(EXPIRES.minusNanos(1))))).hasSize(1);
        assertThat(Approval.recorded(awaiting(approved(EXPIRES)))).isEmpty();
    }

    @Test
    void approvalOfAnotherPlan_isNoApproval() {
        var other = new RollbackSpec.Decision(
                Verdict.Approved, LEAD, LATER, Examples.plan("8").hash());
        assertThat(Approval.recorded(awaiting(other))).isEmpty();
    }

    @Test
    void verdicts_areNotTakenForOneAnother() {
        var rejected = decided(Verdict.Rejected, LEAD, LATER);
        var alone = decided(Verdict.BrokeGlass, ASKER, LATER);
        var ownApproval = decided(Verdict.Approved, ASKER, LATER);
        assertThat(Approval.recorded(awaiting(rejected, alone, approved(LATER))))
                .containsExactly(approved(LATER));
        assertThat(Approval.brokeGlass(awaiting(rejected, ownApproval, alone))).containsExactly(alone);
    }

    @Test
    void glass_isBrokenByTheRequesterWithAReasonAlone() {
        assertThat(Approval.brokeGlass(awaiting(decided(Verdict.BrokeGlass, ASKER, LATER))))
                .hasSize(1);
        assertThat(Approval.brokeGlass(awaiting(decided(Verdict.BrokeGlass, LEAD, LATER))))
                .isEmpty();
        var silent = new RollbackSpec.Decision(Verdict.BrokeGlass, ASKER, LATER, Examples.PLAN.hash());
        assertThat(Approval.brokeGlass(awaiting(silent))).isEmpty();
    }
}
