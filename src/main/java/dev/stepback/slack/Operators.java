package dev.stepback.slack;

import dev.stepback.slack.card.Message;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operators' channel what they must know. What Slack does not take in the end is in the log. */
final class Operators implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Operators.class);

    private final SlackApi api;
    private final Workspace workspace;
    private final Supplier<Optional<String>> configured;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Threads.named("slack-operators"));

    /** @param configured name or id of the channel; empty when there is none */
    Operators(SlackApi api, Workspace workspace, Supplier<Optional<String>> configured) {
        this.api = api;
        this.workspace = workspace;
        this.configured = configured;
    }

    /** The channel's id, or what is configured when Slack does not know it. */
    Optional<String> channel() {
        return configured.get().map(workspace::channelId);
    }

    /** Returns at once. */
    void tell(Message message) {
        try {
            thread.execute(() -> post(message));
        } catch (RejectedExecutionException e) {
            LOG.info("closed; the operators were not told: {}", message.text());
        }
    }

    private void post(Message message) {
        Optional<String> channel = channel();
        if (channel.isEmpty()) {
            return;
        }
        try {
            // Not for anybody in particular; waits out a rate limit.
            new SlackAnswers(api, null, channel.get(), null, "").toChannel(message);
        } catch (SlackFailure e) {
            LOG.warn("the operators were not told, {}: {}", e.getMessage(), message.text());
        }
    }

    @Override
    public void close() {
        Threads.end(thread);
    }
}
