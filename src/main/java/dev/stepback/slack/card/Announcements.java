package dev.stepback.slack.card;

import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.Rollout;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The new messages that a rollback sends besides its card. */
public final class Announcements {
    private Announcements() {}

    /** What the card's thread is told, by the milestone's key, in order; each is worth telling once. */
    public static Map<String, Message> milestones(Rollback rollback, Instant now) {
        RollbackStatus status = rollback.statusOrInitial();
        Map<String, Message> out = new LinkedHashMap<>();
        if (status.approvedAt() != null) {
            out.put("approved", Message.of(letGo(rollback)));
        }
        Checks.overridden(status)
                .ifPresent(why -> out.put(
                        "overridden", Message.of("⚠️ Overridden by who broke the glass: " + Mrkdwn.line(why, 500))));
        if (status.patchedAt() != null) {
            Plan plan = status.plan();
            String what = plan == null ? "" : ": " + Speech.of(rollback).changed(plan);
            out.put("patched", Message.of("🩹 Patched " + target(rollback) + what));
        }
        Rollout rollout = status.rollout();
        boolean replaces = rollback.getSpec().wanted() != Operation.RESUME; // the pods may have been there all the time
        if (replaces && status.patchedAt() != null && rollout != null && rollout.available() > 0) {
            out.put("first-pod-ready", Message.of("🌱 The first new pod is ready"));
        }
        if (status.phase().terminal() && status.approvedAt() != null) {
            out.put("finished", Message.of(outcome(rollback, now)));
        }
        return out;
    }

    /**
     * What the channel is told at the end; mentions who asked and who approved.
     *
     * @param cardLink permalink of the card
     */
    public static Message outcome(Rollback rollback, Instant now, Optional<String> cardLink) {
        StringBuilder out = new StringBuilder(outcome(rollback, now));
        out.append(Progress.why(rollback.statusOrInitial()));
        out.append("\nAsked by ").append(Mrkdwn.mention(rollback.getSpec().requestedBy()));
        ApprovalLines.brokenGlass(rollback)
                .ifPresent(d -> out.append(", who broke the glass: ").append(reason(d)));
        String approvers = Words.people(approvers(rollback));
        if (!approvers.isEmpty()) {
            out.append(", approved by ").append(approvers);
        }
        cardLink.ifPresent(link -> out.append("  ·  ").append(link("The card", link)));
        return Message.of(out.toString());
    }

    /** A link; empty text when the address is not one. */
    public static String link(String words, String address) {
        return address.length() <= 500 && address.matches("https?://[!-~&&[^<>|`]]+")
                ? "<" + address + "|" + Mrkdwn.line(words, 100) + ">"
                : "";
    }

    private static String outcome(Rollback rollback, Instant now) {
        Phase phase = rollback.statusOrInitial().phase();
        return Words.emoji(phase) + " " + Speech.of(rollback).noun() + " of " + target(rollback)
                + Speech.after(Words.fromTo(rollback)) + ": *"
                + phase.apiName() + "*" + StateLine.inFull(rollback, now);
    }

    private static String target(Rollback rollback) {
        return Mrkdwn.code(Words.target(rollback), 500);
    }

    /**
     * What the channel and the operators are told when somebody goes alone; empty while nobody does.
     *
     * @param here whether everybody who is present shall look at once
     * @param cardLink permalink of the card
     */
    public static Optional<Message> brokenGlass(Rollback rollback, boolean here, Optional<String> cardLink) {
        return ApprovalLines.brokenGlass(rollback)
                .map(d -> Message.of((here ? "<!here> " : "") + "🚨 " + Mrkdwn.mention(d.by())
                        + " *broke the glass*: " + target(rollback) + " "
                        + Speech.of(rollback).happens() + Speech.after(Words.fromTo(rollback))
                        + " without an approval. Reason: " + reason(d)
                        + cardLink.map(link -> "  ·  " + link("The card", link)).orElse("")));
    }

    private static String letGo(Rollback rollback) {
        String by = Words.people(approvers(rollback));
        return ApprovalLines.brokenGlass(rollback)
                .map(d -> "🚨 " + Mrkdwn.mention(d.by()) + " broke the glass: " + reason(d))
                .orElseGet(() -> by.isEmpty() ? "▶️ Started: no approval is needed here" : "✅ Approved by " + by);
    }

    private static String reason(RollbackSpec.Decision decision) {
        return Mrkdwn.quoted(String.valueOf(decision.reason()), 500);
    }

    private static List<Person> approvers(Rollback rollback) {
        return ApprovalLines.approvals(rollback).stream()
                .map(RollbackSpec.Decision::by)
                .toList();
    }
}
