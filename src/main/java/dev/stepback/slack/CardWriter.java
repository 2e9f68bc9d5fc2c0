package dev.stepback.slack;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Origin;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.slack.card.Card;
import dev.stepback.slack.card.DiffMessages;
import dev.stepback.slack.card.DiffText;
import dev.stepback.slack.card.Message;
import dev.stepback.target.Plan;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings Slack up to one state of a rollback: the card, its thread, and at the end the announcements.
 *
 * <p>The status names the channel before the card is posted and the timestamp after it: a process that finds a channel
 * without a timestamp, or does not know what was sent, looks for the messages by their metadata first.
 */
final class CardWriter {
    private static final Logger LOG = LoggerFactory.getLogger(CardWriter.class);
    private static final String DIFF_FILE = "diff-file";
    private static final int MAX_LOOKUPS = 3;

    /** How often a running rollback is drawn when nothing changes: its elapsed time does. */
    private static final Duration REFRESH = Duration.ofSeconds(5);

    /** How often a countdown is drawn: every second would use up what Slack allows for other cards. */
    private static final Duration COUNT = Duration.ofSeconds(2);

    private final CardMessages messages;
    private final CardAnnouncements announcements;
    private final Rollbacks rollbacks;
    private final Clock clock;

    CardWriter(CardMessages messages, CardAnnouncements announcements, Rollbacks rollbacks, Clock clock) {
        this.messages = messages;
        this.announcements = announcements;
        this.rollbacks = rollbacks;
        this.clock = clock;
    }

    /**
     * Sends what is missing. What Slack refuses for good is skipped; what may succeed later is thrown, and what was sent
     * until then is remembered.
     *
     * @return when to write again even if nothing changes
     */
    Optional<Duration> write(Rollback rollback, CardMemory memory) {
        memory.learn(rollback.statusOrInitial().card());
        try {
            send(rollback, memory);
        } catch (SlackFailure e) {
            if (e instanceof SlackFailure.Unreachable) {
                memory.unsure = true; // it may have been sent all the same
            }
            record(rollback, memory);
            throw e;
        }
        record(rollback, memory);
        Phase phase = rollback.statusOrInitial().phase();
        if (phase == Phase.AWAITING_APPROVAL && rollback.statusOrInitial().startsAt() != null) {
            return Optional.of(COUNT);
        }
        return phase == Phase.RUNNING || phase == Phase.VERIFYING ? Optional.of(REFRESH) : Optional.empty();
    }

    private void send(Rollback rollback, CardMemory memory) {
        Origin origin = rollback.getSpec().origin();
        if (Boolean.TRUE.equals(memory.unsure)) {
            lookUp(rollback, memory);
        }
        if (!memory.isSkipped(CardMessages.CARD)) {
            card(rollback, memory);
        }
        String card = memory.ts;
        if (card != null) {
            String thread = origin.thread() == null ? card : origin.thread();
            diffFile(rollback, memory, thread);
            announcements.milestones(rollback, memory, thread);
        }
        announcements.brokenGlass(rollback, memory);
        if (rollback.statusOrInitial().phase().terminal()) {
            announcements.outcome(rollback, memory);
            memory.finish();
        }
    }

    private void card(Rollback rollback, CardMemory memory) {
        Message message = Card.of(rollback, clock.instant());
        if (memory.ts == null) {
            memory.channel = rollback.getSpec().origin().channel();
            record(rollback, memory);
            post(rollback, memory, message);
        } else if (!message.equals(memory.lastDrawn)) {
            update(rollback, memory, memory.ts, message);
        }
    }

    private void post(Rollback rollback, CardMemory memory, Message message) {
        Origin origin = rollback.getSpec().origin();
        try {
            memory.ts = messages.post(rollback, CardMessages.CARD, origin.channel(), origin.thread(), message);
        } catch (SlackFailure.Refused e) {
            LOG.warn("the card was refused: {}", e.getMessage());
            if (!CardMessages.refusesBlocks(e)) {
                memory.skipped(CardMessages.CARD);
                return;
            }
            Message minimal = Card.minimal(rollback, clock.instant());
            try {
                memory.ts = messages.post(rollback, CardMessages.CARD, origin.channel(), origin.thread(), minimal);
            } catch (SlackFailure.Refused again) {
                memory.skipped(CardMessages.CARD);
                return;
            }
        }
        memory.lastDrawn = message;
        record(rollback, memory);
    }

    private void update(Rollback rollback, CardMemory memory, String ts, Message message) {
        String channel = memory.channel == null ? rollback.getSpec().origin().channel() : memory.channel;
        try {
            messages.update(channel, ts, message);
        } catch (SlackFailure.Refused e) {
            LOG.warn("an edit of the card was refused: {}", e.getMessage());
            if (e.error().equals("message_not_found") && !memory.reposted) {
                memory.reposted = true; // somebody deleted it, and people have to see what happens
                memory.ts = null;
                post(rollback, memory, message);
                return;
            }
            if (CardMessages.refusesBlocks(e)) {
                try {
                    messages.update(channel, ts, Card.minimal(rollback, clock.instant()));
                } catch (SlackFailure.Refused again) {
                    LOG.warn("so was a plain one: {}", again.getMessage());
                }
            }
        }
        memory.lastDrawn = message;
    }

    private void diffFile(Rollback rollback, CardMemory memory, String thread) {
        Plan plan = rollback.statusOrInitial().plan();
        if (plan == null || memory.isSent(DIFF_FILE) || DiffMessages.fitsModal(plan.changes())) {
            return;
        }
        try {
            String name = rollback.target().name() + "-" + plan.from().number() + "-to-"
                    + plan.to().number() + ".diff";
            messages.upload(rollback.getSpec().origin().channel(), thread, name, DiffText.file(plan.changes()));
            memory.sent(DIFF_FILE);
        } catch (SlackFailure.RateLimited e) {
            throw e;
        } catch (SlackFailure e) {
            LOG.warn("the diff's file was not sent: {}", e.getMessage());
            memory.skipped(DIFF_FILE);
        }
    }

    // Its failure costs a message sent twice at worst, so it may not hold anything up for long.
    private void lookUp(Rollback rollback, CardMemory memory) {
        Origin origin = rollback.getSpec().origin();
        memory.lookups++;
        try {
            note(memory, messages.find(rollback, origin.channel(), origin.thread()));
            if (memory.ts != null && origin.thread() == null) {
                note(memory, messages.find(rollback, origin.channel(), memory.ts));
            }
            announcements.lookUp(rollback).forEach(memory::sent);
        } catch (SlackFailure e) {
            if (!(e instanceof SlackFailure.Refused) && memory.lookups < MAX_LOOKUPS) {
                throw e;
            }
            LOG.warn("what was sent before could not be looked up: {}", e.getMessage());
        }
        memory.unsure = false;
        memory.lookups = 0;
    }

    private static void note(CardMemory memory, Map<String, String> found) {
        found.forEach((part, ts) -> {
            if (!part.equals(CardMessages.CARD)) {
                memory.sent(part);
            } else if (memory.ts == null) {
                memory.ts = ts;
            }
        });
    }

    private void record(Rollback rollback, CardMemory memory) {
        if (memory.isRecorded()) {
            return;
        }
        CardStatus wanted = memory.toRecord();
        Optional<Rollback> written = rollbacks.updateCard(
                rollback.getMetadata().getNamespace(), rollback.getMetadata().getName(), ignored -> wanted);
        memory.recorded(wanted);
        if (written.isEmpty()) {
            memory.finish(); // somebody deleted it
        }
    }
}
