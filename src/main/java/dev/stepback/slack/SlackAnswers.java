package dev.stepback.slack;

import com.slack.api.app_backend.interactive_components.response.ActionResponse;
import com.slack.api.util.json.GsonFactory;
import com.slack.api.webhook.WebhookResponse;
import dev.stepback.slack.card.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Answers through the delivery's {@code response_url} while it may be used, and as an ephemeral message after that or
 * when there is none. Waits out a short rate limit: the answer is the last thing that its thread has to do.
 */
final class SlackAnswers implements Answers {
    /** Slack accepts five uses of a {@code response_url}. */
    private static final int MAX_USES = 5;

    private static final int ATTEMPTS = 4;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final SlackApi api;
    private final @Nullable String responseUrl;
    private final String channel;
    private final @Nullable String thread;
    private final String user;
    private final AtomicInteger uses = new AtomicInteger();

    SlackAnswers(SlackApi api, @Nullable String responseUrl, String channel, @Nullable String thread, String user) {
        this.api = api;
        this.responseUrl = responseUrl;
        this.channel = channel;
        this.thread = thread;
        this.user = user;
    }

    @Override
    public void toPerson(Message message) {
        if (responseUrl != null && !responseUrl.isEmpty() && uses.incrementAndGet() <= MAX_USES) {
            if (respond(responseUrl, message)) {
                return;
            }
        }
        patiently(() -> api.call(
                "chat.postEphemeral",
                m -> m.chatPostEphemeral(r -> r.channel(channel)
                        .threadTs(thread)
                        .user(user)
                        .text(message.text())
                        .blocks(message.blocks()))));
    }

    @Override
    public void toChannel(Message message) {
        patiently(() -> api.call(
                "chat.postMessage",
                m -> m.chatPostMessage(r -> r.channel(channel)
                        .threadTs(thread)
                        .text(message.text())
                        .blocks(message.blocks())
                        .unfurlLinks(false)
                        .unfurlMedia(false))));
    }

    /** For bots, to whom nothing can be shown alone: all of it is for the channel. */
    Answers aloud() {
        return new Answers() {
            @Override
            public void toPerson(Message message) {
                SlackAnswers.this.toChannel(message);
            }

            @Override
            public void toChannel(Message message) {
                SlackAnswers.this.toChannel(message);
            }
        };
    }

    private boolean respond(String url, Message message) {
        ActionResponse body = ActionResponse.builder()
                .responseType("ephemeral")
                .replaceOriginal(false)
                .threadTs(thread)
                .text(message.text())
                .blocks(message.blocks())
                .build();
        try {
            WebhookResponse response = api.slack()
                    .send(
                            url,
                            GsonFactory.createSnakeCase(api.slack().getConfig()).toJson(body));
            return response.getCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static void patiently(Runnable call) {
        for (int attempt = 1; ; attempt++) {
            try {
                call.run();
                return;
            } catch (SlackFailure.RateLimited e) {
                if (attempt == ATTEMPTS || e.retryAfter().compareTo(LONGEST_WAIT) > 0) {
                    throw e;
                }
                try {
                    Thread.sleep(e.retryAfter().toMillis());
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw e;
                }
            }
        }
    }
}
