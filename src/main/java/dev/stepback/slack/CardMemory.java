package dev.stepback.slack;

import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.slack.card.Message;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the writer of one card knows that the state it was told may not know yet. All of it can be lost: the Rollback's
 * status and the messages' metadata tell it again.
 */
final class CardMemory {
    private static final String SKIPPED = ":skipped";

    @Nullable
    String channel;

    @Nullable
    String ts;

    @Nullable
    Message lastDrawn;

    /** Whether Slack may hold messages that nobody recorded; null before the first look at the status. */
    @Nullable
    Boolean unsure;

    int lookups;
    boolean reposted;
    private boolean complete;
    private final Set<String> sent = new LinkedHashSet<>();
    private CardStatus recorded = CardStatus.NONE;

    void learn(CardStatus told) {
        channel = channel == null ? told.channel() : channel;
        if (ts == null && !reposted) {
            ts = told.ts();
        }
        sent.addAll(told.sent());
        if (unsure == null) {
            // Whoever set the channel began to post; without that nothing was posted yet.
            unsure = told.channel() != null;
            recorded = told;
        }
    }

    boolean isSent(String part) {
        return sent.contains(part) || sent.contains(part + SKIPPED);
    }

    boolean isSkipped(String part) {
        return sent.contains(part + SKIPPED);
    }

    void sent(String part) {
        sent.add(part);
    }

    void skipped(String part) {
        sent.add(part + SKIPPED);
    }

    boolean complete() {
        return complete;
    }

    void finish() {
        complete = true;
    }

    CardStatus toRecord() {
        return new CardStatus(channel, ts, new ArrayList<>(sent), complete);
    }

    boolean isRecorded() {
        return recorded.equals(toRecord());
    }

    void recorded(CardStatus status) {
        recorded = status;
    }
}
