package dev.stepback.slack.card;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What cards say about who decided what, and about whose approvals are still missing. */
final class ApprovalLines {
    private static final int MAX_SHOWN = 5;
    private static final Pattern USER = Pattern.compile("[UW][A-Z0-9]{5,20}");
    private static final Pattern GROUP = Pattern.compile("S[A-Z0-9]{5,20}");

    private ApprovalLines() {}

    /** The approvals that count; all of them in a Rollback that does not say which. */
    static List<Decision> approvals(Rollback rollback) {
        return counted(rollback, Verdict.Approved);
    }

    /** By which the rollback was let go without an approval. */
    static Optional<Decision> brokenGlass(Rollback rollback) {
        return rollback.statusOrInitial().approvedAt() == null
                ? Optional.empty()
                : counted(rollback, Verdict.BrokeGlass).stream().findFirst();
    }

    private static List<Decision> counted(Rollback rollback, Verdict verdict) {
        ApprovalStatus approvals = rollback.statusOrInitial().approvals();
        return Words.decisions(rollback, verdict).stream()
                .filter(d -> approvals == null || approvals.by().contains(d.by().id()))
                .toList();
    }

    /** How many more people have to approve, apart from somebody who does so now. */
    static int left(Rollback rollback) {
        ApprovalStatus approvals = rollback.statusOrInitial().approvals();
        return approvals == null
                ? 0
                : Math.max(0, approvals.required() - approvals.by().size() - 1);
    }

    /** Seconds until it starts by itself; empty when it does not. */
    static Optional<Long> countdown(Rollback rollback, Instant now) {
        RollbackStatus status = rollback.statusOrInitial();
        Instant startsAt = status.startsAt();
        return startsAt == null || status.phase() != Phase.AWAITING_APPROVAL
                ? Optional.empty()
                : Optional.of(Math.max(
                        0, Duration.between(now, startsAt).plusMillis(999).toSeconds()));
    }

    /** The lines below the request, each with a line break before it. */
    static String of(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        StringBuilder out = new StringBuilder();
        Words.decisions(rollback, Verdict.BrokeGlass).stream()
                .limit(1)
                .forEach(d -> out.append("\n🚨 *Glass broken by* " + Mrkdwn.mention(d.by()) + ", " + Mrkdwn.time(d.at())
                        + ": " + Mrkdwn.line(String.valueOf(d.reason()), 500) + ". No approval was waited for."));
        ApprovalStatus approvals = status.approvals();
        if (approvals != null
                && (approvals.required() > 1 || !approvals.from().isEmpty())
                && status.phase() == Phase.AWAITING_APPROVAL) {
            out.append(tally(rollback, approvals));
        } else {
            approvals(rollback).stream()
                    .limit(MAX_SHOWN)
                    .forEach(d -> out.append("\n*Approved by* " + Mrkdwn.mention(d.by()) + ", " + Mrkdwn.time(d.at())));
        }
        if (status.phase() != Phase.REJECTED) {
            Words.decisions(rollback, Verdict.Rejected).stream()
                    .limit(MAX_SHOWN)
                    .forEach(d -> out.append("\n*Rejected by* " + Mrkdwn.mention(d.by()) + ", " + Mrkdwn.time(d.at())));
        }
        return out.toString();
    }

    /** Such as {@code Approvals 1 of 2, from @oncall: @lead (14:03)}. */
    private static String tally(Rollback rollback, ApprovalStatus approvals) {
        List<String> by = new ArrayList<>();
        approvals(rollback).stream()
                .limit(MAX_SHOWN)
                .forEach(d -> by.add(Mrkdwn.mention(d.by()) + " (" + Mrkdwn.time(d.at()) + ")"));
        return "\n*Approvals* " + approvals(rollback).size() + " of " + approvals.required()
                + (approvals.from().isEmpty() ? "" : ", from " + who(approvals.from()))
                + (by.isEmpty() ? "" : ": " + String.join(", ", by));
    }

    /** Whom the configuration names, as people read it. */
    static String who(List<String> names) {
        String shown = names.stream().limit(MAX_SHOWN).map(ApprovalLines::who).collect(Collectors.joining(", "));
        int more = names.size() - MAX_SHOWN;
        return more > 0 ? shown + " and " + more + " more" : shown;
    }

    private static String who(String name) {
        if (USER.matcher(name).matches()) {
            return "<@" + name + ">";
        }
        if (GROUP.matcher(name).matches()) {
            return "<!subteam^" + name + ">";
        }
        return name.equals("members") ? "any member" : Mrkdwn.line(name, 80);
    }
}
