package dev.stepback.slack.card;

import dev.stepback.command.Reply;
import dev.stepback.rollback.lock.Locks.Lock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is said about locks. */
final class LockMessages {
    private static final int MAX_SHOWN = 5;

    private LockMessages() {}

    static Message locked(Reply.Locked reply, String command) {
        Lock lock = reply.lock();
        String unlock = command + " unlock" + lock.namespace().map(n -> " " + n).orElse("");
        return Message.of("🔒 " + Mrkdwn.mention(lock.by()) + " has *locked rollbacks* " + where(lock) + ": "
                + Mrkdwn.quoted(lock.reason(), 600) + "\nNone may start until "
                + Mrkdwn.code(unlock, 150) + "; what runs may finish."
                + (reply.known()
                        ? ""
                        : "\n⚠️ I know nothing in that namespace that I could roll back: is its name right?"));
    }

    static Message unlocked(Reply.Unlocked reply) {
        Lock lock = reply.lock();
        return Message.of("🔓 " + Mrkdwn.mention(reply.by()) + " has *unlocked rollbacks* " + where(lock)
                + ". What waits may start."
                + (lock.reason().isBlank() ? "" : " They were locked: " + Mrkdwn.quoted(lock.reason(), 600)));
    }

    /** Empty when nothing is locked. */
    static Optional<String> lines(List<String> locks) {
        return locks.isEmpty()
                ? Optional.empty()
                : Optional.of(locks.stream()
                                .limit(MAX_SHOWN)
                                .map(lock -> "🔒 " + Mrkdwn.line(lock, 500))
                                .collect(Collectors.joining("\n"))
                        + Words.more(locks.size() - MAX_SHOWN, "lock"));
    }

    private static String where(Lock lock) {
        return lock.namespace().map(n -> "in " + Mrkdwn.code(n, 100)).orElse("everywhere");
    }
}
