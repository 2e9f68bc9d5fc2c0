package dev.stepback.slack.card;

import com.slack.api.model.block.LayoutBlock;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.rollback.group.RollbackGroupSpec;
import dev.stepback.rollback.group.RollbackGroupStatus;
import dev.stepback.slack.card.ApprovalLines.Stand;
import dev.stepback.target.PlanOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one message that shows several rollbacks that are decided on together: a function of them and the time. */
public final class GroupCard {
    private GroupCard() {}

    /** Valid whatever the group contains; 25 blocks at most. */
    public static Message of(GroupView view, Instant now) {
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.header(title(view)));
        blocks.add(Kit.section(state(view, now)));
        blocks.add(Kit.section(request(view)));
        for (int i = 0; i < view.size(); i++) {
            blocks.add(Kit.section(GroupLines.target(view, i)));
        }
        blocks.add(Kit.context(footer(view)));
        GroupButtons.of(view).ifPresent(blocks::add);
        return new Message(fallback(view), blocks);
    }

    /** The least that the card can be, for when Slack refuses the full one. */
    public static Message minimal(GroupView view, Instant now) {
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.section(fallback(view) + "\n" + state(view, now)));
        GroupButtons.of(view).ifPresent(blocks::add);
        return new Message(fallback(view), blocks);
    }

    private static String title(GroupView view) {
        boolean alone = ApprovalLines.brokenGlass(Stand.of(view.group())).isPresent();
        return (alone ? "🚨" : "⏪") + " Rollback of "
                + (view.size() == 1 ? view.target(0).name() : view.size()) + " in "
                + view.group().getMetadata().getNamespace()
                + cluster(view).map(c -> " · " + c).orElse("")
                + (alone ? ", without an approval" : "");
    }

    static Optional<String> cluster(GroupView view) {
        return Words.cluster(view.group().statusOrInitial().cluster());
    }

    /** For when the RollbackGroup is there no more. */
    public static Message deleted(GroupView view) {
        return DeletedCard.of(what(view), view.group().statusOrInitial().phase());
    }

    private static String what(GroupView view) {
        return "Rollback of " + names(view) + " in "
                + Mrkdwn.line(view.group().getMetadata().getNamespace(), 100);
    }

    static String fallback(GroupView view) {
        Phase phase = view.group().statusOrInitial().phase();
        boolean counting = phase == Phase.AWAITING_APPROVAL
                && view.group().statusOrInitial().startsAt() != null;
        return Words.emoji(phase) + " " + what(view) + ": "
                + (view.plannedAgain()
                        ? "planning again"
                        : counting ? "starts by itself unless somebody presses Stop" : phase.apiName())
                + (phase == Phase.AWAITING_APPROVAL
                        ? ", asked for by "
                                + Mrkdwn.line(
                                        view.group().getSpec().requestedBy().name(), 80)
                        : "");
    }

    /** The first few targets by name. */
    static String names(GroupView view) {
        return named(
                view.group().getSpec().targets().stream()
                        .map(RollbackGroupSpec.Target::name)
                        .toList(),
                5);
    }

    private static String named(List<String> names, int most) {
        int shown = Math.min(most, names.size());
        return Mrkdwn.line(String.join(", ", names.subList(0, shown)), 400)
                + (names.size() > shown ? " and " + (names.size() - shown) + " more" : "");
    }

    private static String state(GroupView view, Instant now) {
        if (view.plannedAgain()) {
            boolean countsDown = view.group().statusOrInitial().startsAt() != null;
            return LastApplied.plannedAgain(view.group().getSpec().choices(), countsDown);
        }
        Optional<Long> countdown = ApprovalLines.countdown(Stand.of(view.group()), now);
        if (countdown.isPresent()) {
            return "⏳ *Starts in " + countdown.get()
                    + " s*: no approval is needed here. Press *Stop* if it must not run.";
        }
        Phase phase = view.group().statusOrInitial().phase();
        return Words.emoji(phase) + " *" + phase.apiName() + "*" + rest(view, now);
    }

    /** What follows the phase's name. */
    static String rest(GroupView view, Instant now) {
        RollbackGroup group = view.group();
        RollbackGroupStatus status = group.statusOrInitial();
        String message = Mrkdwn.text(status.message(), 1500);
        if (status.ending() != null && !status.phase().terminal()) {
            return ": " + message + ". Nothing more is begun; "
                    + running(group.getSpec().stop());
        }
        return switch (status.phase()) {
            case PLANNING -> ": looking at each history and checking what would happen";
            case AWAITING_APPROVAL -> ": " + (message.isBlank() ? "a colleague has to approve all of it" : message);
            case RUNNING, VERIFYING -> since(status, now, " for ") + ": " + done(view);
            case SUCCEEDED -> since(status, now, " after ") + ": " + message;
            case FAILED, CANCELLED, REJECTED, EXPIRED, SUPERSEDED -> {
                // What was refused says itself that nothing was begun.
                boolean said = GroupButtons.refused(view) || status.late() > 0;
                String unchanged = said ? "" : " Nothing was changed.";
                yield status.approvedAt() == null
                        ? ": " + message + "." + unchanged
                        : since(status, now, " after ") + ": " + message + ".";
            }
        };
    }

    /** What becomes of what runs. */
    private static String running(@Nullable Cancellation stop) {
        if (stop == null || stop.midway() == null) {
            return "what runs is seen through.";
        }
        return switch (stop.midway()) {
            case Pause -> "what runs is stopped where it is, or seen through where it cannot be.";
            case GoOn -> "the rollouts go on, but are followed no longer.";
        };
    }

    private static String done(GroupView view) {
        long done = view.members().stream()
                .filter(r -> r.statusOrInitial().phase() == Phase.SUCCEEDED)
                .count();
        return done + " of " + view.size() + " done";
    }

    private static String since(RollbackGroupStatus status, Instant now, String word) {
        Instant begin = status.approvedAt();
        Instant end = status.finishedAt() == null ? now : status.finishedAt();
        return begin == null ? "" : word + Mrkdwn.duration(Duration.between(begin, end));
    }

    private static String request(GroupView view) {
        RollbackGroupSpec spec = view.group().getSpec();
        StringBuilder out = new StringBuilder("*Asked by* " + Mrkdwn.mention(spec.requestedBy()));
        out.append(Words.then(spec.toTime()));
        if (!spec.reason().isBlank()) {
            out.append(" because ").append(Mrkdwn.quoted(spec.reason(), 700));
        }
        if (view.size() > 1) {
            out.append(
                    spec.inOrder()
                            ? "\n*In order*: each begins when the one before it has succeeded"
                            : "\n*Together*: all begin at once");
        }
        out.append(pace(spec.options()));
        out.append(alsoUpdates(view));
        out.append(ApprovalLines.of(Stand.of(view.group())));
        Cancellation cancellation = spec.cancellation();
        Cancellation stop = spec.stop();
        if (cancellation != null && (stop == null || !stop.at().equals(cancellation.at()))) {
            out.append("\n*Stopped by* " + Mrkdwn.mention(cancellation.by()) + ", " + Mrkdwn.time(cancellation.at()));
        }
        if (stop != null) {
            out.append((stop.midway() == Midway.Pause ? "\n*Stopped here by* " : "\n*Taken forward again by* ")
                    + Mrkdwn.mention(stop.by()) + ", " + Mrkdwn.time(stop.at()));
        }
        return out.toString();
    }

    private static String pace(@Nullable PlanOptions options) {
        if (options == null) {
            return "";
        }
        return (options.fast() ? "\n*Fast*: maxSurge is raised for this rollout, and put back whatever happens" : "")
                + (options.byPartition() ? "\n*By partition*: pods are replaced one by one, with a look between" : "");
    }

    private static String alsoUpdates(GroupView view) {
        List<Rollback> updated = view.members().stream()
                .filter(r -> r.getSpec().wantedOptions().updateLastApplied())
                .toList();
        if (updated.isEmpty() || view.plannedAgain()) {
            return "";
        }
        List<Choice> choices = view.group().getSpec().choices();
        return "\n*Also* rolls back what `kubectl apply` remembers"
                + (updated.size() == view.size() ? "" : " of " + names(updated))
                + (choices.isEmpty()
                        ? ""
                        : ", chosen by "
                                + Mrkdwn.mention(choices.get(choices.size() - 1).by()));
    }

    static String names(List<Rollback> rollbacks) {
        return names(rollbacks, 5);
    }

    /** The first few of them by name. */
    static String names(List<Rollback> rollbacks, int most) {
        return named(rollbacks.stream().map(r -> r.target().name()).toList(), most);
    }

    private static String footer(GroupView view) {
        RollbackGroupStatus status = view.group().statusOrInitial();
        List<String> parts = new ArrayList<>();
        if (status.hash() != null) {
            parts.add("plans " + Mrkdwn.code(Ref.shortHash(status.hash()), 20));
        }
        if (status.phase() == Phase.AWAITING_APPROVAL) {
            List<Rollback> planned = view.members();
            long warnings = planned.stream().mapToLong(GroupLines::warnings).sum();
            parts.add(warnings == 0 ? "no warnings" : warnings + (warnings == 1 ? " warning" : " warnings"));
            if (status.expiresAt() != null) {
                parts.add("expires " + Mrkdwn.time(status.expiresAt()));
            }
        }
        parts.add("group " + Mrkdwn.code(view.group().getMetadata().getName(), 260));
        return String.join("  ·  ", parts);
    }
}
