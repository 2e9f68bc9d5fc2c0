package dev.stepback.slack.card;

import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How phases, targets and people are spoken of, the same in every message. */
final class Words {
    private static final Pattern CLUSTER = Pattern.compile("[^\\s\\p{C}\\p{Z}<>&`]{1,253}");

    private Words() {}

    static String emoji(Phase phase) {
        return switch (phase) {
            case PLANNING -> "🧭";
            case AWAITING_APPROVAL -> "✋";
            case RUNNING -> "🔄";
            case VERIFYING -> "🔍";
            case SUCCEEDED -> "✅";
            case FAILED -> "❌";
            case REJECTED -> "⛔";
            case EXPIRED -> "⏰";
            case CANCELLED -> "⏹️";
            case SUPERSEDED -> "🔀";
        };
    }

    static String meaning(Phase phase) {
        return switch (phase) {
            case PLANNING -> "looking at the history and checking what would happen";
            case AWAITING_APPROVAL -> "a colleague has to approve this plan";
            case RUNNING -> "the rollout is on its way";
            case VERIFYING -> "checking that it helped";
            case SUCCEEDED -> "the earlier revision is live";
            case FAILED -> "it did not work";
            case REJECTED -> "nothing was changed";
            case EXPIRED -> "nobody approved in time; nothing was changed";
            case CANCELLED -> "stopped on request";
            case SUPERSEDED -> "the target has changed since the plan was made; Stepback changed nothing";
        };
    }

    /** {@code from revision 5 to revision 4}, as far as it is known; empty where none is left. */
    static String fromTo(Rollback rollback) {
        Plan plan = rollback.statusOrInitial().plan();
        if (rollback.getSpec().wanted() != Operation.UNDO
                && (plan == null || plan.from().number() == plan.to().number())) {
            return "";
        }
        if (plan != null) {
            return "from revision " + plan.from().number() + " to revision "
                    + plan.to().number();
        }
        Long wanted = rollback.getSpec().toRevision();
        Instant then = rollback.getSpec().toTime();
        if (then != null) {
            return "to what ran at " + Mrkdwn.utc(then);
        }
        return wanted == null ? "to an earlier revision" : "to revision " + wanted;
    }

    /** The time that was asked for, in the reader's time zone and in UTC; empty for none. */
    static String then(@Nullable Instant time) {
        return time == null ? "" : " for what ran " + Mrkdwn.time(time) + " (" + Mrkdwn.utc(time) + ")";
    }

    /** Cluster, if it is known, namespace, kind and name. */
    static String target(Rollback rollback) {
        return cluster(rollback).map(c -> c + "/").orElse("") + rollback.target();
    }

    /** The cluster's name, if it is known and one that may be shown in plain text too. */
    static Optional<String> cluster(Rollback rollback) {
        return cluster(rollback.statusOrInitial().cluster());
    }

    static Optional<String> cluster(@Nullable String name) {
        return Optional.ofNullable(name).filter(n -> CLUSTER.matcher(n).matches());
    }

    /** Whether it has ended, or was stopped, before anything was changed. */
    static boolean untouched(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        return status.phase().terminal() && status.patchedAt() == null;
    }

    /** What an approval answers, in mrkdwn. */
    static String question(Rollback rollback) {
        return Speech.of(rollback).question(Mrkdwn.code(target(rollback), 500), fromTo(rollback)) + "? "
                + start(rollback);
    }

    /** What an approval answers, in plain text. */
    static String plainQuestion(Rollback rollback) {
        return Speech.of(rollback).question(target(rollback), fromTo(rollback)) + "? " + start(rollback);
    }

    private static String start(Rollback rollback) {
        int left = ApprovalLines.left(rollback);
        return left == 0
                ? "It starts at once."
                : "It starts when " + left + " more " + (left == 1 ? "has" : "have") + " approved.";
    }

    static List<RollbackSpec.Decision> decisions(Rollback rollback, RollbackSpec.Decision.Verdict verdict) {
        return rollback.getSpec().decisions().stream()
                .filter(d -> d.verdict() == verdict)
                .toList();
    }

    /** {@code <@U1> and <@U2>}. */
    static String people(List<Person> people) {
        return people.stream()
                .distinct()
                .limit(10)
                .map(Mrkdwn::mention)
                .reduce((a, b) -> a + " and " + b)
                .orElse("");
    }

    /** From the approval (else the request) to the end, or to now. */
    static Duration elapsed(Rollback rollback, Instant now) {
        RollbackStatus status = rollback.statusOrInitial();
        Instant end = status.finishedAt() == null ? now : status.finishedAt();
        Instant begin = status.approvedAt() == null ? end : status.approvedAt();
        return Duration.between(begin, end);
    }

    /** Image by container, those that differ from {@code other} first; bounded. */
    static String images(Map<String, String> images, Map<String, String> other) {
        List<Map.Entry<String, String>> ordered = images.entrySet().stream()
                .sorted((a, b) -> Boolean.compare(same(a, other), same(b, other)))
                .toList();
        StringBuilder out = new StringBuilder();
        int shown = 0;
        for (Map.Entry<String, String> image : ordered) {
            if (shown == 6) {
                break;
            }
            out.append(shown == 0 ? "" : "\n");
            out.append(images.size() == 1 ? "" : Mrkdwn.line(image.getKey(), 64) + " ");
            out.append(Mrkdwn.code(image.getValue(), 160));
            shown++;
        }
        return out + more(images.size() - shown, "container");
    }

    /** Such as {@code rolled back from by ana, today 14:02}. */
    static String why(BadRevision bad) {
        return switch (bad.why()) {
            case ROLLED_BACK -> "rolled back from by " + Mrkdwn.quoted(bad.detail(), 80) + ", " + Mrkdwn.time(bad.at());
            case ROLLOUT_FAILED ->
                "its rollout failed, " + Mrkdwn.time(bad.at())
                        + (bad.detail().isBlank() ? "" : ": " + Mrkdwn.quoted(bad.detail(), 160));
        };
    }

    static String changeCause(String changeCause) {
        return Mrkdwn.quoted(changeCause.isBlank() ? "<none>" : changeCause, 250);
    }

    /** A line {@code … and 3 more pods}; empty when there are none. */
    static String more(int left, String noun) {
        return left <= 0 ? "" : "\n… and " + left + " more " + noun + (left == 1 ? "" : "s");
    }

    private static boolean same(Map.Entry<String, String> image, Map<String, String> other) {
        return image.getValue().equals(other.get(image.getKey()));
    }
}
