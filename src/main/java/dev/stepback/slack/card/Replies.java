package dev.stepback.slack.card;

import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.element.ButtonElement;
import dev.stepback.command.Reply;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.target.Operation;
import dev.stepback.target.Rollout;
import dev.stepback.target.TargetRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Draws what commands are answered with. */
public final class Replies {
    private static final int MAX_CHOICES = 20;
    private static final int MAX_LISTED = 20;
    /** Slack allows 2,000 characters; the reference is signed on its way out. */
    private static final int VALUE_LIMIT = 1900;

    private final String command;

    /** Finds a card's permalink. */
    private final Function<RollbackStatus.CardStatus, Optional<String>> cardLink;

    public Replies(String command, Function<RollbackStatus.CardStatus, Optional<String>> cardLink) {
        this.command = command;
        this.cardLink = cardLink;
    }

    /** Whether everybody in the channel shall see the answer. */
    public static boolean isPublic(Reply reply) {
        return reply instanceof Reply.ShowHistory || reply instanceof Reply.Locked || reply instanceof Reply.Unlocked;
    }

    public Message draw(Reply reply, Instant now) {
        if (reply instanceof Reply.Opened r) {
            return Message.of(Speech.of(r.rollback()).emoji() + " On it: the card for the "
                    + Speech.of(r.rollback()).lowerCase() + " of " + target(r.rollback()) + " is on its way."
                    + (r.understood().isEmpty() ? "" : " " + Mrkdwn.line(r.understood(), 300))
                    + masked(r.rollback().getSpec().reason()));
        } else if (reply instanceof Reply.OpenedTogether r) {
            return Message.of("⏪ On it: one card for the rollback of " + GroupCard.names(r.view()) + " is on its way."
                    + (r.understood().isEmpty() ? "" : " " + Mrkdwn.line(r.understood(), 300))
                    + masked(r.view().group().getSpec().reason()));
        } else if (reply instanceof Reply.AlreadyOpen r) {
            return Message.of("✋ A " + Speech.of(r.open()).lowerCase() + " of " + target(r.open()) + " is open already"
                    + Speech.comma(Words.fromTo(r.open())) + ": *" + phase(r.open()) + "*, asked for by "
                    + Mrkdwn.mention(r.open().getSpec().requestedBy()) + "." + whereCard(r.open()));
        } else if (reply instanceof Reply.ShowHistory r) {
            return HistoryMessage.of(r, now, command);
        } else if (reply instanceof Reply.ShowDiff r) {
            return DiffMessages.message(r.target(), r.from(), r.to(), r.changes());
        } else if (reply instanceof Reply.ShowStatus r) {
            return status(r, now);
        } else if (reply instanceof Reply.ShowList r) {
            return list(r, now);
        } else if (reply instanceof Reply.ShowAudit r) {
            return AuditMessage.of(r, this::whereCard);
        } else if (reply instanceof Reply.CancelRequested r) {
            return Message.of("⏹️ The " + Speech.of(r.rollback()).lowerCase() + " of " + target(r.rollback())
                    + " is asked to stop; its card says what came of it." + whereCard(r.rollback()));
        } else if (reply instanceof Reply.PartOfSeveral r) {
            return Message.of("✋ " + target(r.rollback()) + " is rolled back together with others, and nothing was"
                    + " stopped: press *Stop* or *Cancel* on their card." + whereCard(r.rollback()));
        } else if (reply instanceof Reply.Help r) {
            return HelpMessage.of(command, r.locks());
        } else if (reply instanceof Reply.Choose r) {
            return choices("Which one do you mean?", r.matches(), r.remaining());
        } else if (reply instanceof Reply.NotFound r) {
            String found = "There is no " + Mrkdwn.code(r.wanted(), 300) + " in the namespaces that I serve.";
            return r.suggestions().isEmpty()
                    ? Message.of(found + " " + Mrkdwn.code(command + " help", 100) + " shows how to name a target.")
                    : choices(found + " Did you mean", r.suggestions(), r.remaining());
        } else if (reply instanceof Reply.NotUnderstood r) {
            return Message.of(
                    (r.understood().isBlank() ? "" : "I understood " + Mrkdwn.line(r.understood(), 500) + ". ")
                            + Mrkdwn.line(r.problem(), 800) + "\nTry " + Mrkdwn.code(command + " " + r.instead(), 500));
        } else if (reply instanceof Reply.Locked r) {
            return LockMessages.locked(r, command);
        } else if (reply instanceof Reply.Unlocked r) {
            return LockMessages.unlocked(r);
        } else if (reply instanceof Reply.Paused r) {
            return paused(r);
        } else if (reply instanceof Reply.Refused r) {
            return Message.of("⛔ " + Mrkdwn.text(r.why(), 2000));
        }
        throw new IllegalStateException("an answer without a drawing: " + reply.getClass());
    }

    private static String masked(String reason) {
        return reason.contains(Redactor.MASK) ? " Part of the reason looked like a secret and was masked." : "";
    }

    private static Message paused(Reply.Paused reply) {
        String why = "⏸️ " + Mrkdwn.text(reply.why(), 2000);
        return new Message(
                why,
                List.of(
                        Kit.section(why),
                        Kit.actions(List.of(Kit.button(Actions.RUN + ":0", "Resume", reply.target() + " resume")))));
    }

    private Message choices(String question, List<TargetRef> targets, String remaining) {
        List<ButtonElement> buttons = new ArrayList<>();
        for (TargetRef target : targets) {
            String text = (target + " " + remaining).strip();
            if (buttons.size() < MAX_CHOICES && text.length() <= VALUE_LIMIT) {
                buttons.add(Kit.button(Actions.RUN + ":" + buttons.size(), target.toString(), text));
            }
        }
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.section(
                question + Words.more(targets.size() - buttons.size(), "match").replace("matchs", "matches")));
        if (!buttons.isEmpty()) {
            blocks.add(Kit.actions(buttons));
        }
        return new Message(question, blocks);
    }

    private Message status(Reply.ShowStatus reply, Instant now) {
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.section("*Status* of " + Mrkdwn.code(reply.target().toString(), 300)));
        reply.rollout().ifPresent(observation -> {
            Rollout rollout = observation.rollout();
            blocks.add(Kit.section(
                    rollout == null ? Mrkdwn.text(observation.message(), 2000) : Progress.rollout(rollout)));
        });
        blocks.add(Kit.section(
                reply.latest().map(r -> "Last rollback: " + listed(r, now)).orElse("I have not rolled it back yet.")));
        return new Message("Status of " + Mrkdwn.line(reply.target().toString(), 300), blocks);
    }

    private Message list(Reply.ShowList reply, Instant now) {
        int shown = reply.groups().size() + reply.rollbacks().size();
        if (shown == 0 && reply.locks().isEmpty()) {
            return Message.of("No rollbacks yet. " + Mrkdwn.code(command + " help", 100) + " shows how to begin one.");
        }
        List<LayoutBlock> blocks = new ArrayList<>();
        LockMessages.lines(reply.locks()).ifPresent(lines -> blocks.add(Kit.section(lines)));
        blocks.add(Kit.section("*Open and recent rollbacks*" + (shown == 0 ? ": none" : "")));
        reply.groups().stream().limit(MAX_LISTED).forEach(v -> blocks.add(Kit.section(listed(v, now))));
        reply.rollbacks().stream().limit(MAX_LISTED).forEach(r -> blocks.add(Kit.section(listed(r, now))));
        int left = reply.rollbacks().size() - MAX_LISTED;
        if (left > 0) {
            blocks.add(Kit.context(Words.more(left, "rollback").strip()));
        }
        return new Message("Open and recent rollbacks: " + shown, blocks);
    }

    /** In one line, with what became of each target that the reader may see. */
    private String listed(GroupView view, Instant now) {
        RollbackGroup group = view.group();
        Duration age = Duration.between(Instant.parse(group.getMetadata().getCreationTimestamp()), now);
        String targets = view.members().stream()
                .map(r -> Words.emoji(r.statusOrInitial().phase()) + " "
                        + Mrkdwn.code(r.target().name(), 100))
                .collect(Collectors.joining(", "));
        Phase phase = group.statusOrInitial().phase();
        return Words.emoji(phase) + " " + (group.getSpec().inOrder() ? "in order" : "together") + " in "
                + Mrkdwn.code(group.getMetadata().getNamespace(), 100) + ": " + targets + ": *" + phase.apiName()
                + "*, asked for by " + Mrkdwn.mention(group.getSpec().requestedBy()) + " " + Mrkdwn.duration(age)
                + " ago"
                + whereCard(group.statusOrInitial().card());
    }

    private String listed(Rollback rollback, Instant now) {
        Duration age = Duration.between(Instant.parse(rollback.getMetadata().getCreationTimestamp()), now);
        return Words.emoji(rollback.statusOrInitial().phase()) + " " + target(rollback)
                + (rollback.getSpec().wanted() == Operation.UNDO
                        ? ""
                        : ", " + Speech.of(rollback).lowerCase())
                + Speech.after(Words.fromTo(rollback))
                + ": *" + phase(rollback) + "*, asked for by "
                + Mrkdwn.mention(rollback.getSpec().requestedBy()) + " " + Mrkdwn.duration(age) + " ago"
                + whereCard(rollback);
    }

    private String whereCard(Rollback rollback) {
        return whereCard(rollback.statusOrInitial().card());
    }

    private String whereCard(RollbackStatus.CardStatus card) {
        return card.ts() == null
                ? ""
                : cardLink.apply(card)
                        .map(link -> " " + Announcements.link("The card", link))
                        .orElse("");
    }

    private static String phase(Rollback rollback) {
        return rollback.statusOrInitial().phase().apiName();
    }

    private static String target(Rollback rollback) {
        return Mrkdwn.code(rollback.target().toString(), 300);
    }
}
