package dev.stepback.slack.card;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;

/** How things stand, in one line: what happened, since when or by whom, and whether anything was changed. */
final class StateLine {
    private static final String UNCHANGED = "Nothing was changed.";

    private StateLine() {}

    /** On the card, beside the figures. */
    static String of(Rollback rollback, Instant now) {
        RollbackStatus status = rollback.statusOrInitial();
        if (status.phase() == Phase.AWAITING_APPROVAL && rollback.choicePending()) {
            return LastApplied.plannedAgain(rollback.getSpec().choices(), status.startsAt() != null);
        }
        Optional<Long> countdown = ApprovalLines.countdown(rollback, now);
        if (countdown.isPresent()) {
            return "⏳ *Starts in " + countdown.get()
                    + " s*: no approval is needed here. Press *Stop* if it must not run.";
        }
        return Words.emoji(status.phase()) + " *" + status.phase().apiName() + "*" + rest(rollback, now);
    }

    /** What follows the phase's name, with what separates the two. */
    static String rest(Rollback rollback, Instant now) {
        return rest(rollback, now, false);
    }

    /** @param brief whether the card, which says more, is elsewhere */
    private static String rest(Rollback rollback, Instant now, boolean brief) {
        RollbackStatus status = rollback.statusOrInitial();
        if (status.phase() != Phase.FAILED && status.changedAfterTheEnd()) {
            return at(status) + ": " + sentence(status.message(), "The target was changed all the same.");
        }
        return switch (status.phase()) {
            case PLANNING -> ": " + words(status, Words.meaning(status.phase()));
            case AWAITING_APPROVAL -> ": " + words(status, awaited(status));
            case RUNNING, VERIFYING -> time(rollback, now, " for ", true) + ": " + words(status, onItsWay(status));
            case SUCCEEDED -> time(rollback, now, " after ", false) + ": " + succeeded(rollback, status);
            case FAILED -> failed(rollback, now);
            case REJECTED ->
                Words.decisions(rollback, Verdict.Rejected).stream()
                                .findFirst()
                                .map(d -> " by " + Mrkdwn.mention(d.by()) + ", " + Mrkdwn.time(d.at()))
                                .orElse("")
                        + ". " + UNCHANGED;
            case EXPIRED -> at(status) + ": " + expired(status) + " " + UNCHANGED;
            case CANCELLED -> cancelled(rollback, status, brief);
            case SUPERSEDED ->
                at(status) + ": " + sentence(status.message(), "the target has changed since the plan was made")
                        + " Stepback changed nothing.";
        };
    }

    /** As {@link #rest}, for a message without figures and warnings beside it. */
    static String inFull(Rollback rollback, Instant now) {
        RollbackStatus status = rollback.statusOrInitial();
        if (status.phase() != Phase.FAILED) {
            return rest(rollback, now, true);
        }
        String why = sentence(status.message(), Words.meaning(status.phase()));
        return status.patchedAt() == null
                ? ": not started: " + why + " " + UNCHANGED
                : time(rollback, now, " after ", false) + ": " + why + heldBack(status);
    }

    private static String onItsWay(RollbackStatus status) {
        return status.phase() == Phase.RUNNING && status.patchedAt() == null
                ? "it begins; nothing is changed yet"
                : Words.meaning(status.phase());
    }

    private static String awaited(RollbackStatus status) {
        var approvals = status.approvals();
        return approvals == null || approvals.from().isEmpty()
                ? Words.meaning(Phase.AWAITING_APPROVAL)
                : "somebody of " + ApprovalLines.who(approvals.from()) + " has to approve this plan";
    }

    private static String failed(Rollback rollback, Instant now) {
        RollbackStatus status = rollback.statusOrInitial();
        Plan plan = status.plan();
        if (status.patchedAt() != null) {
            return time(rollback, now, " after ", false) + ": "
                    + sentence(status.message(), Words.meaning(status.phase()))
                    + heldBack(status);
        }
        if (status.approvedAt() == null && plan != null && plan.blocked()) {
            long blocks = plan.findings().stream()
                    .filter(f -> f.verdict() == Finding.Verdict.BLOCK)
                    .count();
            return ": not started, because " + (blocks == 1 ? "a check blocks it. " : blocks + " checks block it. ")
                    + UNCHANGED + " Put right what is named below and press *Retry*, or choose another revision.";
        }
        return ": not started: " + sentence(status.message(), Words.meaning(status.phase())) + " " + UNCHANGED
                + (Checks.stopped(rollback) ? Checks.past(rollback) : "");
    }

    private static String cancelled(Rollback rollback, RollbackStatus status, boolean brief) {
        RollbackSpec.Cancellation cancellation = rollback.getSpec().cancellation();
        String by = cancellation == null
                ? ""
                : " by " + Mrkdwn.mention(cancellation.by()) + ", " + Mrkdwn.time(cancellation.at());
        if (cancellation != null && cancellation.midway() != null) {
            return by + ". " + stopped(cancellation.midway(), rollback, brief) + besides(status);
        }
        if (status.patchedAt() == null) {
            return by + ". " + UNCHANGED + (Checks.cancelled(status) ? besides(status.message()) : "");
        }
        Plan plan = status.plan();
        boolean inParts = plan != null && plan.steps().stream().anyMatch(step -> step.inParts());
        return by + ". "
                + (inParts
                        ? sentence(why(status), "It stopped.") + heldBack(status)
                        : "It stopped between two steps; those that are done stay done.")
                + besides(status);
    }

    private static String stopped(RollbackSpec.Midway midway, Rollback rollback, boolean brief) {
        RollbackStatus status = rollback.statusOrInitial();
        if (status.standstill() == null) {
            return midway(midway, status);
        }
        String how = brief ? status.standstill().brief() : status.standstill().message();
        return sentence(how, "It stopped.") + onwards(rollback, status.standstill());
    }

    /** What became of a rollout that was ended in the middle, in a sentence. */
    static String midway(RollbackSpec.Midway midway, RollbackStatus status) {
        if (midway == RollbackSpec.Midway.GoOn) {
            return "The rollout goes on, but is followed no longer: something else was asked for in its place.";
        }
        return why(status).isBlank()
                ? "It is paused where it is: pods of both revisions serve until somebody goes on."
                : "The rollout goes on, for " + sentence(why(status), "");
    }

    /** How somebody lets it go on, or back. */
    private static String onwards(Rollback rollback, RollbackStatus.Standstill standstill) {
        boolean retries = rollback.statusOrInitial().replacesPods();
        String on = retries ? " Press *Retry* to go on." : "";
        if (standstill.resumable()) {
            on = retries
                    ? " *Retry* goes on one by one; *Resume* lets the rest go at once."
                    : " *Resume* lets it go on.";
        }
        Plan plan = rollback.statusOrInitial().plan();
        return rollback.endedHalfway() && plan != null
                ? on + " *Go forward again* asks to return to revision "
                        + plan.from().number() + "."
                : on;
    }

    /** What the message says beyond the status sentence, which stands beside the figures. */
    private static String words(RollbackStatus status, String otherwise) {
        String message = status.message();
        Rollout rollout = status.rollout();
        if (rollout != null && message.startsWith(rollout.sentence())) {
            message = message.substring(rollout.sentence().length());
        }
        return message.isBlank() ? otherwise : Mrkdwn.text(message.strip(), 1500);
    }

    /** Where some of the pods were replaced, and the others wait for somebody to go on. */
    private static String heldBack(RollbackStatus status) {
        Plan plan = status.plan();
        boolean stands = plan != null
                && IntStream.range(
                                0, Math.min(plan.steps().size(), status.steps().size()))
                        .anyMatch(i -> plan.steps().get(i).inParts()
                                && status.steps().get(i).state() == StepStatus.State.Interrupted);
        return stands ? " The other pods stay as they are: press *Retry* to go on." : "";
    }

    /** Why it ended, without what was done at the very end. */
    private static String why(RollbackStatus status) {
        return status.why();
    }

    /** What was done at the very end, whatever became of the rest; with a blank before it, or empty. */
    private static String besides(RollbackStatus status) {
        String message = status.message();
        String why = why(status);
        return message.length() > why.length() && message.startsWith(why)
                ? " " + sentence(message.substring(why.length()).replaceFirst("^[. …]+", ""), "")
                : "";
    }

    private static String besides(String message) {
        return message.isBlank() ? "" : " " + sentence(message, "");
    }

    private static String succeeded(Rollback rollback, RollbackStatus status) {
        String besides = besides(status);
        return besides.isEmpty() ? words(status, live(rollback)) : sentence(live(rollback), "") + besides;
    }

    private static String live(Rollback rollback) {
        Plan plan = rollback.statusOrInitial().plan();
        Rollout rollout = rollback.statusOrInitial().rollout();
        // Scaled to 0, held back by a partition, or only replaced when somebody deletes them.
        boolean pods = rollout != null && rollout.desired() > 0;
        return plan == null
                ? Words.meaning(Phase.SUCCEEDED)
                : Speech.of(rollback).done(plan, pods);
    }

    private static String sentence(String message, String otherwise) {
        String words = message.isBlank() ? otherwise : Mrkdwn.text(message.strip(), 1500);
        return words.endsWith(".") || words.endsWith("…") ? words : words + ".";
    }

    private static String expired(RollbackStatus status) {
        var approvals = status.approvals();
        boolean some = approvals != null && approvals.required() > 1;
        return some && !status.message().isBlank()
                ? Mrkdwn.text(status.message(), 1500)
                : "nobody approved " + inTime(status) + ".";
    }

    private static String inTime(RollbackStatus status) {
        Instant planned = status.plannedAt();
        Instant expired = status.expiresAt();
        return planned == null || expired == null
                ? "in time"
                : "within " + Mrkdwn.duration(Duration.between(planned, expired));
    }

    private static String at(RollbackStatus status) {
        Instant finished = status.finishedAt();
        return finished == null ? "" : ", " + Mrkdwn.time(finished);
    }

    private static String time(Rollback rollback, Instant now, String preposition, boolean roughly) {
        if (rollback.statusOrInitial().approvedAt() == null) {
            return "";
        }
        Duration elapsed = Words.elapsed(rollback, now);
        return preposition + Mrkdwn.duration(roughly ? coarse(elapsed) : elapsed);
    }

    // An elapsed time that is exact to the second would cost an edit every second.
    private static Duration coarse(Duration elapsed) {
        long step = elapsed.toSeconds() < 60 ? 5 : 15;
        return Duration.ofSeconds(elapsed.toSeconds() / step * step);
    }
}
