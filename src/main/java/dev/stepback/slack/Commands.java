package dev.stepback.slack;

import dev.stepback.command.Invocation;
import dev.stepback.command.Reply;
import dev.stepback.slack.card.Message;
import dev.stepback.slack.card.Replies;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/** Carries typed commands to the dispatcher and its answers back. */
final class Commands {
    /** Commands that need nothing but an answer to the person who asked. */
    private static final Set<String> READING =
            Set.of("help", "list", "status", "history", "diff", "cancel", "lock", "unlock");

    private final Function<Invocation, Reply> dispatcher;
    private final Workspace workspace;
    private final Replies replies;
    private final Operators operators;
    private final Clock clock;

    Commands(
            Function<Invocation, Reply> dispatcher,
            Workspace workspace,
            Replies replies,
            Operators operators,
            Clock clock) {
        this.dispatcher = dispatcher;
        this.workspace = workspace;
        this.replies = replies;
        this.operators = operators;
        this.clock = clock;
    }

    void run(Invocation invocation, Answers answers) {
        if (mayOpen(invocation.text()) && !workspace.isMember(invocation.channel())) {
            // A rollback opened here would wait for an approval on a card that nobody can see.
            answers.toPerson(invite());
            return;
        }
        answer(dispatcher.apply(invocation), answers);
    }

    Reply ask(Invocation invocation) {
        return dispatcher.apply(invocation);
    }

    void answer(Reply reply, Answers answers) {
        Message message = replies.draw(reply, clock.instant());
        if (reply instanceof Reply.Locked || reply instanceof Reply.Unlocked) {
            operators.tell(message);
        }
        if (!Replies.isPublic(reply)) {
            answers.toPerson(message);
            return;
        }
        try {
            answers.toChannel(message);
        } catch (SlackFailure.Refused e) {
            answers.toPerson(message);
            if (e.error().equals("not_in_channel") || e.error().equals("channel_not_found")) {
                answers.toPerson(invite());
            }
        }
    }

    Message invite() {
        return Message.of("I am not in this channel, so I cannot show a card here. Type `" + workspace.inviteCommand()
                + "` and ask again.");
    }

    private static boolean mayOpen(String text) {
        String beforeReason = text.toLowerCase(Locale.ROOT).split("\\bbecause\\b", 2)[0];
        List<String> words = List.of(beforeReason.strip().split("\\s+"));
        return !beforeReason.isBlank() && words.stream().noneMatch(READING::contains);
    }
}
