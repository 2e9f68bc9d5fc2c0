package dev.stepback.slack.card;

import com.slack.api.model.block.LayoutBlock;
import dev.stepback.command.Reply;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.target.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Who asked for what, who approved it and what came of it. People are named, not mentioned: nobody is called for a list. */
final class AuditMessage {
    private static final int MAX_REASON = 200;

    private AuditMessage() {}

    /** @param whereCard a link to a rollback's card, with a space before it; or empty */
    static Message of(Reply.ShowAudit reply, Function<Rollback, String> whereCard) {
        String what = "Rollbacks"
                + reply.about().map(a -> " of " + Mrkdwn.code(a, 300)).orElse("")
                + reply.since().map(s -> " of the last " + Mrkdwn.line(s, 20)).orElse("");
        if (reply.rollbacks().isEmpty()) {
            return Message.of(what + ": none that you may see.");
        }
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.section("*" + what + "*, newest first"));
        reply.rollbacks().forEach(r -> blocks.add(Kit.section(entry(r) + whereCard.apply(r))));
        if (reply.more()) {
            blocks.add(Kit.context(
                    "There are older ones; name a target or a time, or look with `kubectl get rollbacks`."));
        }
        return new Message(what + ": " + reply.rollbacks().size() + (reply.more() ? " and more" : ""), blocks);
    }

    private static String entry(Rollback rollback) {
        RollbackSpec spec = rollback.getSpec();
        RollbackStatus status = rollback.statusOrInitial();
        StringBuilder text = new StringBuilder(Words.emoji(status.phase()))
                .append(' ')
                .append(Mrkdwn.code(rollback.target().toString(), 300))
                .append(
                        spec.wanted() == Operation.UNDO
                                ? ""
                                : ", " + Speech.of(rollback).lowerCase())
                .append(Speech.after(Words.fromTo(rollback)))
                .append(": *")
                .append(status.phase().apiName())
                .append("*\nasked by ")
                .append(Mrkdwn.quoted(spec.requestedBy().name(), 80));
        String created = rollback.getMetadata().getCreationTimestamp();
        if (created != null) {
            text.append(", ").append(Mrkdwn.time(Instant.parse(created)));
        }
        text.append(people(rollback, Verdict.Approved, ", approved by "));
        if (!spec.reason().isBlank()) {
            text.append("\nbecause ").append(Mrkdwn.quoted(spec.reason(), MAX_REASON));
        }
        for (RollbackSpec.Decision alone : ApprovalLines.Stand.of(rollback).decisions(Verdict.BrokeGlass)) {
            String reason = alone.reason() == null ? "" : ": " + Mrkdwn.quoted(alone.reason(), MAX_REASON);
            text.append("\n🚨 *broke the glass*, without approval").append(reason);
        }
        if (status.phase().terminal()
                && status.phase() != Phase.SUCCEEDED
                && !status.message().isBlank()) {
            text.append('\n').append(Mrkdwn.line(status.message(), MAX_REASON));
        }
        return text.toString();
    }

    private static String people(Rollback rollback, Verdict verdict, String before) {
        String names = ApprovalLines.Stand.of(rollback).decisions(verdict).stream()
                .map(d -> Mrkdwn.quoted(d.by().name(), 80))
                .distinct()
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : before + names;
    }
}
