package dev.stepback.slack;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.RollbackSpec.Origin;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.slack.card.Message;
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
    static final Duration REFRESH = Duration.ofSeconds(5);

    /** How often a countdown is drawn: every second would use up what Slack allows for other cards. */
    private static final Duration COUNT = Duration.ofSeconds(2);

    private final CardMessages messages;
    private final CardAnnouncements announcements;
    private final Clock clock;
    private final Duration refresh;

    CardWriter(CardMessages messages, CardAnnouncements announcements, Clock clock, Duration refresh) {
        this.messages = messages;
        this.announcements = announcements;
        this.clock = clock;
        this.refresh = refresh;
    }

    /**
     * Sends what is missing. What Slack refuses for good is skipped; what may succeed later is thrown, and what was sent
     * until then is remembered.
     *
     * @return when to write again even if nothing changes
     */
    Optional<Duration> write(Topic topic, CardMemory memory) {
        memory.learn(topic.card());
        try {
            send(topic, memory);
        } catch (SlackFailure e) {
            if (e instanceof SlackFailure.Unreachable) {
                memory.unsure = true; // it may have been sent all the same
            }
            record(topic, memory);
            throw e;
        }
        record(topic, memory);
        Phase phase = topic.phase();
        if (topic.countsDown()) {
            return Optional.of(COUNT);
        }
        return phase == Phase.RUNNING || phase == Phase.VERIFYING ? Optional.of(refresh) : Optional.empty();
    }

    /** Says on the card that what it is about has been deleted, which is the last that is said there. */
    void bury(Topic topic, CardMemory memory) {
        if (memory.ts != null) {
            update(topic, memory, memory.ts, topic.deleted());
        }
        memory.finish();
    }

    private void send(Topic topic, CardMemory memory) {
        Origin origin = topic.origin();
        if (Boolean.TRUE.equals(memory.unsure)) {
            lookUp(topic, memory);
        }
        if (!memory.isSkipped(CardMessages.CARD)) {
            card(topic, memory);
        }
        String card = memory.ts;
        if (card != null) {
            String thread = origin.thread() == null ? card : origin.thread();
            diffFile(topic, memory, thread);
            announcements.milestones(topic, memory, thread);
        }
        announcements.brokenGlass(topic, memory);
        if (topic.phase().terminal()) {
            announcements.outcome(topic, memory);
            memory.finish();
        }
    }

    private void card(Topic topic, CardMemory memory) {
        Message message = topic.draw(clock.instant());
        if (memory.ts == null) {
            memory.channel = topic.origin().channel();
            record(topic, memory);
            post(topic, memory, message);
        } else if (!message.equals(memory.lastDrawn)) {
            update(topic, memory, memory.ts, message);
        }
    }

    private void post(Topic topic, CardMemory memory, Message message) {
        Origin origin = topic.origin();
        try {
            memory.ts = messages.post(topic, CardMessages.CARD, origin.channel(), origin.thread(), message);
        } catch (SlackFailure.Refused e) {
            LOG.warn("the card was refused: {}", e.getMessage());
            if (!CardMessages.refusesBlocks(e)) {
                memory.skipped(CardMessages.CARD);
                return;
            }
            Message minimal = topic.minimal(clock.instant());
            try {
                memory.ts = messages.post(topic, CardMessages.CARD, origin.channel(), origin.thread(), minimal);
            } catch (SlackFailure.Refused again) {
                memory.skipped(CardMessages.CARD);
                return;
            }
        }
        memory.lastDrawn = message;
        record(topic, memory);
    }

    private void update(Topic topic, CardMemory memory, String ts, Message message) {
        String channel = memory.channel == null ? topic.origin().channel() : memory.channel;
        try {
            messages.update(channel, ts, message);
        } catch (SlackFailure.Refused e) {
            LOG.warn("an edit of the card was refused: {}", e.getMessage());
            if (e.error().equals("message_not_found") && !memory.reposted) {
                memory.reposted = true; // somebody deleted it, and people have to see what happens
                memory.ts = null;
                post(topic, memory, message);
                return;
            }
            if (CardMessages.refusesBlocks(e)) {
                try {
                    messages.update(channel, ts, topic.minimal(clock.instant()));
                } catch (SlackFailure.Refused again) {
                    LOG.warn("so was a plain one: {}", again.getMessage());
                }
            }
        }
        memory.lastDrawn = message;
    }

    private void diffFile(Topic topic, CardMemory memory, String thread) {
        Optional<Topic.DiffFile> file = topic.diffFile();
        if (file.isEmpty() || memory.isSent(DIFF_FILE)) {
            return;
        }
        try {
            messages.upload(
                    topic.origin().channel(),
                    thread,
                    file.get().name(),
                    file.get().content());
            memory.sent(DIFF_FILE);
        } catch (SlackFailure.RateLimited e) {
            throw e;
        } catch (SlackFailure e) {
            LOG.warn("the diff's file was not sent: {}", e.getMessage());
            memory.skipped(DIFF_FILE);
        }
    }

    // Its failure costs a message sent twice at worst, so it may not hold anything up for long.
    private void lookUp(Topic topic, CardMemory memory) {
        Origin origin = topic.origin();
        memory.lookups++;
        try {
            note(memory, messages.find(topic, origin.channel(), origin.thread()));
            if (memory.ts != null && origin.thread() == null) {
                note(memory, messages.find(topic, origin.channel(), memory.ts));
            }
            announcements.lookUp(topic).forEach(memory::sent);
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

    private void record(Topic topic, CardMemory memory) {
        if (memory.isRecorded()) {
            return;
        }
        CardStatus wanted = memory.toRecord();
        boolean there = topic.record(wanted);
        memory.recorded(wanted);
        if (!there) {
            memory.finish(); // somebody deleted it
        }
    }
}
