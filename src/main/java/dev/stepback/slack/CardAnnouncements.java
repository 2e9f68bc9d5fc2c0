package dev.stepback.slack;

import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.RollbackSpec.Origin;
import dev.stepback.slack.card.Message;
import java.time.Clock;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what a rollback tells besides its card, each part once. Methods throw {@link SlackFailure}. */
final class CardAnnouncements {
    private static final Logger LOG = LoggerFactory.getLogger(CardAnnouncements.class);
    private static final String ANNOUNCEMENT = "announcement";
    private static final String BROKEN_GLASS = "broken-glass";
    private static final String TO_OPERATORS = BROKEN_GLASS + "-operators";

    private final CardMessages messages;
    private final Workspace workspace;
    private final Supplier<StepbackConfig.Notifications> notifications;
    private final Clock clock;

    CardAnnouncements(
            CardMessages messages,
            Workspace workspace,
            Supplier<StepbackConfig.Notifications> notifications,
            Clock clock) {
        this.messages = messages;
        this.workspace = workspace;
        this.notifications = notifications;
        this.clock = clock;
    }

    /** @param thread the thread that the card is in, or begins */
    void milestones(Topic topic, CardMemory memory, String thread) {
        String channel = topic.origin().channel();
        for (Map.Entry<String, Message> milestone :
                topic.milestones(clock.instant()).entrySet()) {
            once(topic, memory, milestone.getKey(), channel, thread, milestone.getValue());
        }
    }

    /** Whoever goes alone is seen: in the channel, and by the operators, who are called. */
    void brokenGlass(Topic topic, CardMemory memory) {
        if (memory.isSent(BROKEN_GLASS)
                || topic.brokenGlass(false, Optional.empty()).isEmpty()) {
            return;
        }
        String channel = topic.origin().channel();
        Optional<String> operators = notifications.get().operators().map(workspace::channelId);
        Optional<String> link = link(memory);
        if (operators.isPresent() && !operators.get().equals(channel)) {
            topic.brokenGlass(true, link).ifPresent(m -> once(topic, memory, TO_OPERATORS, operators.get(), null, m));
        }
        boolean here = operators.isEmpty() || operators.get().equals(channel) || memory.isSkipped(TO_OPERATORS);
        topic.brokenGlass(here, link).ifPresent(m -> once(topic, memory, BROKEN_GLASS, channel, null, m));
    }

    private Optional<String> link(CardMemory memory) {
        return memory.ts != null && memory.channel != null
                ? workspace.permalink(memory.channel, memory.ts)
                : Optional.empty();
    }

    /** The end, in the channel and in those that are told of every outcome. */
    void outcome(Topic topic, CardMemory memory) {
        Origin origin = topic.origin();
        Optional<String> link = link(memory);
        Message outcome = topic.outcome(clock.instant(), link);
        once(topic, memory, ANNOUNCEMENT, origin.channel(), null, outcome);
        for (String channel : notifications.get().channels()) {
            if (!workspace.isSame(channel, origin.channel())) {
                once(topic, memory, notification(channel), workspace.channelId(channel), null, outcome);
            }
        }
    }

    private void once(
            Topic topic, CardMemory memory, String part, String channel, @Nullable String thread, Message message) {
        if (memory.isSent(part)) {
            return;
        }
        try {
            messages.post(topic, part, channel, thread, message);
            memory.sent(part);
        } catch (SlackFailure.Refused e) {
            LOG.warn("{} was not sent: {}", part, e.getMessage());
            memory.skipped(part);
        }
    }

    /** The parts that Slack has already, in other channels, and in the own one if the card is in a thread of it. */
    Set<String> lookUp(Topic topic) {
        Origin origin = topic.origin();
        boolean alone = topic.brokenGlass(false, Optional.empty()).isPresent();
        boolean ended = topic.phase().terminal();
        Set<String> sent = new HashSet<>();
        if (origin.thread() != null && (alone || ended)) {
            sent.addAll(messages.find(topic, origin.channel(), null).keySet());
        }
        Optional<String> operators = notifications.get().operators().filter(o -> alone);
        if (operators.isPresent()) {
            sent.addAll(messages.find(topic, workspace.channelId(operators.get()), null)
                    .keySet());
        }
        if (ended) {
            for (String channel : notifications.get().channels()) {
                sent.addAll(
                        messages.find(topic, workspace.channelId(channel), null).keySet());
            }
        }
        sent.remove(CardMessages.CARD);
        return sent;
    }

    private static String notification(String channel) {
        return "notification:" + channel;
    }
}
