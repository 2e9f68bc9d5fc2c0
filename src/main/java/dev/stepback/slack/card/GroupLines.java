package dev.stepback.slack.card;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroupStatus;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.Rollout;
import dev.stepback.target.TargetRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a group's card says about each of its targets. */
final class GroupLines {
    private static final int MAX_IMAGES = 3;
    private static final int MAX_WARNINGS = 3;
    private static final int MAX_PROBLEMS = 2;
    private static final int STANDSTILL = 260;

    private GroupLines() {}

    static String target(GroupView view, int i) {
        TargetRef target = view.target(i);
        Optional<Rollback> member = view.member(i);
        String number = view.group().getSpec().inOrder() && view.size() > 1 ? (i + 1) + ". " : "";
        String kind =
                target.kind() == Kind.DEPLOYMENT ? "" : " (" + target.kind().apiName() + ")";
        String head = "*" + Mrkdwn.line(target.name(), 260) + "*" + kind;
        if (member.isEmpty()) {
            boolean gone = view.group().statusOrInitial().plannedAt() != null;
            return (gone ? "❔ " : "🧭 ") + number + head + (gone ? ": its Rollback has been deleted" : "");
        }
        RollbackStatus status = member.get().statusOrInitial();
        StringBuilder out = new StringBuilder(sign(member.get()) + " " + number + head);
        Plan plan = status.plan();
        if (plan != null) {
            out.append(" ").append(Words.fromTo(member.get()));
        }
        out.append(words(member.get()));
        if (plan != null && !Words.untouched(member.get())) {
            out.append(images(plan));
        }
        if (plan != null && status.phase() == Phase.AWAITING_APPROVAL) {
            out.append(Checks.first(plan).map(first -> "\n" + first).orElse(""));
            plan.findings().stream()
                    .filter(f -> f.check().equals(Plan.PASSED_OVER))
                    .limit(1)
                    .forEach(f -> out.append("\n⏭️ ").append(Mrkdwn.line(f.message(), 250)));
            out.append(warnings(plan, waits(view)));
        }
        out.append(Checks.news(member.get()));
        boolean halfway =
                status.patchedAt() != null && (status.phase() == Phase.CANCELLED || status.phase() == Phase.FAILED);
        if (status.phase() == Phase.RUNNING || status.phase() == Phase.VERIFYING || halfway) {
            out.append(progress(status));
        }
        return out.toString();
    }

    private static String sign(Rollback member) {
        if (member.statusOrInitial().changedAfterTheEnd()) {
            return "⚠️";
        }
        Phase phase = member.statusOrInitial().phase();
        return phase == Phase.AWAITING_APPROVAL ? "▫️" : Words.emoji(phase);
    }

    private static String words(Rollback member) {
        RollbackStatus status = member.statusOrInitial();
        String message = Mrkdwn.line(status.message(), 400);
        String with = message.isBlank() ? "" : ": " + message;
        return switch (status.phase()) {
            case PLANNING, RUNNING, VERIFYING -> "";
            case AWAITING_APPROVAL -> member.getSpec().released() == null ? "" : with;
            case SUCCEEDED -> status.patchedAt() == null ? with : "";
            case FAILED -> with;
            case CANCELLED -> cancelled(member);
            case REJECTED, EXPIRED, SUPERSEDED -> ", " + status.phase().apiName() + with;
        };
    }

    /** What follows the word, with what separates the two. */
    static String cancelled(Rollback member) {
        if (Words.untouched(member)) {
            return ": not begun";
        }
        if (member.statusOrInitial().changedAfterTheEnd()) {
            return ": " + Mrkdwn.line(member.statusOrInitial().message(), 400);
        }
        var cancellation = member.getSpec().cancellation();
        return cancellation == null || cancellation.midway() == null
                ? ": stopped between two steps"
                : ". " + midway(cancellation.midway(), member.statusOrInitial());
    }

    /** How it goes on is said once, by the buttons. */
    private static String midway(RollbackSpec.Midway midway, RollbackStatus status) {
        return status.standstill() == null
                ? StateLine.midway(midway, status)
                : Mrkdwn.line(status.standstill().brief(), STANDSTILL);
    }

    /** The images that change, by container. */
    private static String images(Plan plan) {
        Map<String, String> to = plan.to().images();
        List<String> lines = plan.from().images().entrySet().stream()
                .filter(image -> !image.getValue().equals(to.get(image.getKey())))
                .map(image -> "\n" + Mrkdwn.code(image.getValue(), 160) + " → "
                        + Mrkdwn.code(String.valueOf(to.getOrDefault(image.getKey(), "-")), 160))
                .toList();
        int shown = Math.min(MAX_IMAGES, lines.size());
        return String.join("", lines.subList(0, shown)) + Words.more(lines.size() - shown, "image");
    }

    static long warnings(Rollback member) {
        Plan plan = member.statusOrInitial().plan();
        return plan == null
                ? 0
                : plan.findings().stream()
                        .filter(f -> f.verdict() == Finding.Verdict.WARN)
                        .count();
    }

    private static boolean waits(GroupView view) {
        RollbackGroupStatus status = view.group().statusOrInitial();
        return status.phase() == Phase.AWAITING_APPROVAL && status.ending() == null && !view.plannedAgain();
    }

    private static String warnings(Plan plan, boolean choosable) {
        List<String> lines = Warnings.of(plan, Finding.Verdict.WARN)
                .map(f -> "\n⚠️ " + Mrkdwn.line(f.message(), 250) + LastApplied.prevented(f, choosable))
                .toList();
        int shown = Math.min(MAX_WARNINGS, lines.size());
        return String.join("", lines.subList(0, shown)) + Words.more(lines.size() - shown, "warning");
    }

    private static String progress(RollbackStatus status) {
        Rollout rollout = status.rollout();
        if (rollout == null) {
            return "";
        }
        // What failed has its sentence in the first line.
        String sentence = status.phase() == Phase.FAILED ? "" : "  " + Mrkdwn.line(rollout.sentence(), 200);
        StringBuilder out = new StringBuilder("\n" + Progress.bar(rollout.available(), rollout.desired()) + sentence);
        rollout.problems().stream().limit(MAX_PROBLEMS).forEach(p -> out.append(Progress.problem(p)));
        return out.toString();
    }
}
