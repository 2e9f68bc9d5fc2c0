package dev.stepback.slack.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.slack.api.model.block.SectionBlock;
import dev.stepback.command.Reply;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditMessageTest {
    @Test
    void rollback_saysWhoAskedWhoApprovedAndWhatCameOfIt() {
        assertThat(entry(Samples.finished(Phase.SUCCEEDED, "successfully rolled out")))
                .isEqualTo("""
                    ✅ `production/deployment/checkout` from revision 5 to revision 4: *Succeeded*
                    asked by responder, <!date^1795273140^{date_short_pretty} {time}|2026-11-21 14:59 UTC>, approved by lead
                    because errors since 14:50 <https://example.com/card|The card>\
                    """);
    }

    @Test
    void failure_saysWhy() {
        assertThat(entry(Samples.finished(Phase.FAILED, "the deadline passed")))
                .contains("*Failed*", "\nthe deadline passed");
    }

    @Test
    void brokenGlass_standsOut() {
        Rollback rollback = Samples.finished(Phase.SUCCEEDED, "");
        rollback.setSpec(rollback.getSpec()
                .withDecisions(List.of(new Decision(
                        Decision.Verdict.BrokeGlass,
                        Samples.RESPONDER,
                        Samples.NOW,
                        Samples.HASH,
                        "C1",
                        "nobody <!here> is up"))));

        assertThat(entry(rollback))
                .contains("🚨 *broke the glass*, without approval: nobody &lt;!here&gt; is up")
                .doesNotContain("approved by");
    }

    @Test
    void nothing_isSaidInOneLine() {
        assertThat(draw(Optional.of("checkout"), List.of(), false).text())
                .isEqualTo("Rollbacks of `checkout` of the last 7d: none that you may see.");
    }

    @Test
    void olderOnes_areMentioned() {
        Message message = draw(Optional.empty(), List.of(Samples.awaitingApproval()), true);
        assertThat(message.text()).isEqualTo("Rollbacks of the last 7d: 1 and more");
        assertThat(message.blocks()).hasSize(3);
    }

    private static String entry(Rollback rollback) {
        SectionBlock block = (SectionBlock)
                draw(Optional.empty(), List.of(rollback), false).blocks().get(1);
        return block.getText().getText();
    }

    private static Message draw(Optional<String> about, List<Rollback> rollbacks, boolean more) {
        return AuditMessage.of(
                new Reply.ShowAudit(about, Optional.of("7d"), rollbacks, more),
                r -> " <https://example.com/card|The card>");
    }
}
