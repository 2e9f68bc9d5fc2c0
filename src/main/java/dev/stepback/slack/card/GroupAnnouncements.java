package dev.stepback.slack.card;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroupStatus;
import dev.stepback.slack.card.ApprovalLines.Stand;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The new messages that a group sends besides its card. */
public final class GroupAnnouncements {
    private GroupAnnouncements() {}

    /** What the card's thread is told, by the milestone's key, in order; each is worth telling once. */
    public static Map<String, Message> milestones(GroupView view, Instant now) {
        RollbackGroupStatus status = view.group().statusOrInitial();
        Map<String, Message> out = new LinkedHashMap<>();
        if (status.approvedAt() != null) {
            out.put("approved", Message.of(letGo(view)));
        }
        for (int i = 0; i < view.size(); i++) {
            String key = "target-" + i;
            view.member(i).ifPresent(member -> of(member, key, out));
        }
        if (status.phase().terminal() && status.approvedAt() != null) {
            out.put("finished", Message.of(outcome(view, now)));
        }
        return out;
    }

    private static void of(Rollback member, String key, Map<String, Message> out) {
        RollbackStatus status = member.statusOrInitial();
        String name = Mrkdwn.code(member.target().name(), 300);
        if (status.patchedAt() != null) {
            out.put(key + "-patched", Message.of("🩹 Patched " + name + Speech.comma(Words.fromTo(member))));
        }
        if (status.phase().terminal() && status.patchedAt() != null) {
            String why = switch (status.phase()) {
                case SUCCEEDED -> "";
                case CANCELLED -> GroupLines.cancelled(member);
                default -> ": " + Mrkdwn.line(status.message(), 400);
            };
            out.put(
                    key + "-ended",
                    Message.of(Words.emoji(status.phase()) + " " + name + " *"
                            + status.phase().apiName() + "*" + why));
        }
    }

    /**
     * What the channel is told at the end; mentions who asked and who approved.
     *
     * @param cardLink permalink of the card
     */
    public static Message outcome(GroupView view, Instant now, Optional<String> cardLink) {
        Stand stand = Stand.of(view.group());
        StringBuilder out = new StringBuilder(outcome(view, now));
        out.append("\nAsked by ").append(Mrkdwn.mention(view.group().getSpec().requestedBy()));
        ApprovalLines.brokenGlass(stand)
                .ifPresent(d -> out.append(", who broke the glass: ").append(reason(d)));
        String approvers = approvers(stand);
        if (!approvers.isEmpty()) {
            out.append(", approved by ").append(approvers);
        }
        cardLink.ifPresent(link -> out.append("  ·  ").append(Announcements.link("The card", link)));
        return Message.of(out.toString());
    }

    private static String outcome(GroupView view, Instant now) {
        Phase phase = view.group().statusOrInitial().phase();
        return Words.emoji(phase) + " Rollback of " + GroupCard.names(view) + " in " + place(view) + ": *"
                + phase.apiName() + "*" + GroupCard.rest(view, now);
    }

    /** What the channel and the operators are told when somebody goes alone; empty while nobody does. */
    public static Optional<Message> brokenGlass(GroupView view, boolean here, Optional<String> cardLink) {
        return ApprovalLines.brokenGlass(Stand.of(view.group()))
                .map(d -> Message.of((here ? "<!here> " : "") + "🚨 " + Mrkdwn.mention(d.by())
                        + " *broke the glass*: " + GroupCard.names(view) + " in " + place(view)
                        + " are rolled back without an approval. Reason: " + reason(d)
                        + cardLink.map(link -> "  ·  " + Announcements.link("The card", link))
                                .orElse("")));
    }

    private static String letGo(GroupView view) {
        Stand stand = Stand.of(view.group());
        String by = approvers(stand);
        return ApprovalLines.brokenGlass(stand)
                .map(d -> "🚨 " + Mrkdwn.mention(d.by()) + " broke the glass: " + reason(d))
                .orElseGet(() -> by.isEmpty() ? "▶️ Started: no approval is needed here" : "✅ Approved by " + by);
    }

    private static String approvers(Stand stand) {
        return Words.people(
                ApprovalLines.approvals(stand).stream().map(Decision::by).toList());
    }

    private static String place(GroupView view) {
        String namespace = view.group().getMetadata().getNamespace();
        return Mrkdwn.code(GroupCard.cluster(view).map(c -> c + "/").orElse("") + namespace, 400);
    }

    private static String reason(Decision decision) {
        return Mrkdwn.quoted(String.valueOf(decision.reason()), 500);
    }
}
