package dev.stepback.slack.card;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.rollback.group.RollbackGroupStatus;
import dev.stepback.target.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What cards say about who decided what, and about whose approvals are still missing. */
final class ApprovalLines {
    private static final int MAX_SHOWN = 5;
    private static final Pattern USER = Pattern.compile("[UW][A-Z0-9]{5,20}");
    private static final Pattern GROUP = Pattern.compile("S[A-Z0-9]{5,20}");

    private ApprovalLines() {}

    /** As much of a rollback, or of a group, as says who decided what. */
    record Stand(
            List<Decision> decisions,
            @Nullable ApprovalStatus approvals,
            Phase phase,
            @Nullable Instant approvedAt,
            @Nullable Instant startsAt) {

        static Stand of(Rollback rollback) {
            RollbackStatus s = rollback.statusOrInitial();
            Plan plan = s.plan();
            List<Decision> all = rollback.getSpec().decisions();
            List<Decision> decisions = plan == null ? all : about(all, plan.hash());
            return new Stand(decisions, s.approvals(), s.phase(), s.approvedAt(), s.startsAt());
        }

        static Stand of(RollbackGroup group) {
            RollbackGroupStatus s = group.statusOrInitial();
            String hash = s.hash();
            List<Decision> all = group.getSpec().decisions();
            List<Decision> decisions = hash == null ? all : about(all, hash);
            return new Stand(decisions, s.approvals(), s.phase(), s.approvedAt(), s.startsAt());
        }

        /** What was decided about an earlier plan is history, and of what somebody had to say again the last counts. */
        private static List<Decision> about(List<Decision> decisions, String hash) {
            Map<String, Decision> last = new LinkedHashMap<>();
            decisions.stream()
                    .filter(d -> d.planHash().equals(hash))
                    .forEach(d -> last.put(d.verdict() + " " + d.by().id(), d));
            return List.copyOf(last.values());
        }

        List<Decision> decisions(Verdict verdict) {
            return decisions.stream().filter(d -> d.verdict() == verdict).toList();
        }
    }

    /** The approvals that count; all of them in a Rollback that does not say which. */
    static List<Decision> approvals(Rollback rollback) {
        return approvals(Stand.of(rollback));
    }

    static List<Decision> approvals(Stand stand) {
        return counted(stand, Verdict.Approved);
    }

    /** By which the rollback was let go without an approval. */
    static Optional<Decision> brokenGlass(Rollback rollback) {
        return brokenGlass(Stand.of(rollback));
    }

    static Optional<Decision> brokenGlass(Stand stand) {
        return stand.approvedAt() == null
                ? Optional.empty()
                : counted(stand, Verdict.BrokeGlass).stream().findFirst();
    }

    private static List<Decision> counted(Stand stand, Verdict verdict) {
        ApprovalStatus approvals = stand.approvals();
        return stand.decisions(verdict).stream()
                .filter(d -> approvals == null || approvals.by().contains(d.by().id()))
                .toList();
    }

    /** How many more people have to approve, apart from somebody who does so now. */
    static int left(Rollback rollback) {
        return left(Stand.of(rollback));
    }

    static int left(Stand stand) {
        ApprovalStatus approvals = stand.approvals();
        return approvals == null
                ? 0
                : Math.max(0, approvals.required() - approvals.by().size() - 1);
    }

    /** Seconds until it starts by itself; empty when it does not. */
    static Optional<Long> countdown(Rollback rollback, Instant now) {
        return countdown(Stand.of(rollback), now);
    }

    static Optional<Long> countdown(Stand stand, Instant now) {
        Instant startsAt = stand.startsAt();
        return startsAt == null || stand.phase() != Phase.AWAITING_APPROVAL
                ? Optional.empty()
                : Optional.of(Math.max(
                        0, Duration.between(now, startsAt).plusMillis(999).toSeconds()));
    }

    /** The lines below the request, each with a line break before it. */
    static String of(Rollback rollback) {
        return of(Stand.of(rollback));
    }

    static String of(Stand stand) {
        StringBuilder out = new StringBuilder();
        stand.decisions(Verdict.BrokeGlass).stream()
                .limit(1)
                .forEach(d -> out.append("\n🚨 *Glass broken by* " + Mrkdwn.mention(d.by()) + ", " + Mrkdwn.time(d.at())
                        + ": " + Mrkdwn.quoted(String.valueOf(d.reason()), 500) + ". No approval was waited for."));
        ApprovalStatus approvals = stand.approvals();
        if (approvals != null
                && (approvals.required() > 1 || !approvals.from().isEmpty())
                && stand.phase() == Phase.AWAITING_APPROVAL) {
            out.append(tally(stand, approvals));
        } else {
            approvals(stand).stream()
                    .limit(MAX_SHOWN)
                    .forEach(d -> out.append("\n*Approved by* " + Mrkdwn.mention(d.by()) + ", " + Mrkdwn.time(d.at())));
        }
        if (stand.phase() != Phase.REJECTED) {
            stand.decisions(Verdict.Rejected).stream()
                    .limit(MAX_SHOWN)
                    .forEach(d -> out.append("\n*Rejected by* " + Mrkdwn.mention(d.by()) + ", " + Mrkdwn.time(d.at())));
        }
        return out.toString();
    }

    /** Such as {@code Approvals 1 of 2, from @oncall: @lead (14:03)}. */
    private static String tally(Stand stand, ApprovalStatus approvals) {
        List<String> by = new ArrayList<>();
        approvals(stand).stream()
                .limit(MAX_SHOWN)
                .forEach(d -> by.add(Mrkdwn.mention(d.by()) + " (" + Mrkdwn.time(d.at()) + ")"));
        return "\n*Approvals* " + approvals(stand).size() + " of " + approvals.required()
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
