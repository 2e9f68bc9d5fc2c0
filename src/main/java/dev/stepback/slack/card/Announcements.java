package dev.stepback.slack.card;

import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus;
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
            String by = Words.people(approvers(rollback));
            out.put("approved", Message.of("✅ Approved by " + (by.isEmpty() ? "policy" : by)));
        }
        if (status.patchedAt() != null) {
            Plan plan = status.plan();
            String what = plan == null
                    ? ""
                    : ": the template of revision " + plan.to().number() + " is restored";
            out.put("patched", Message.of("🩹 Patched " + target(rollback) + what + ", the rollout begins"));
        }
        Rollout rollout = status.rollout();
        if (status.patchedAt() != null && rollout != null && rollout.available() > 0) {
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
        out.append("\nAsked by ").append(Mrkdwn.mention(rollback.getSpec().requestedBy()));
        String approvers = Words.people(approvers(rollback));
        if (!approvers.isEmpty()) {
            out.append(", approved by ").append(approvers);
        }
        cardLink.ifPresent(link -> out.append("  ·  ").append(link("The card", link)));
        return Message.of(out.toString());
    }

    /** A link; empty text when the address is not one. */
    public static String link(String words, String address) {
        return address.startsWith("http") && address.matches("[^\\s<>|]+")
                ? "<" + address + "|" + Mrkdwn.line(words, 100) + ">"
                : "";
    }

    private static String outcome(Rollback rollback, Instant now) {
        Phase phase = rollback.statusOrInitial().phase();
        return Words.emoji(phase) + " Rollback of " + target(rollback) + " " + Words.fromTo(rollback) + ": *"
                + phase.apiName() + "*" + StateLine.inFull(rollback, now);
    }

    private static String target(Rollback rollback) {
        return Mrkdwn.code(rollback.target().toString(), 300);
    }

    private static List<Person> approvers(Rollback rollback) {
        return Words.decisions(rollback, Verdict.Approved).stream()
                .map(RollbackSpec.Decision::by)
                .toList();
    }
}
