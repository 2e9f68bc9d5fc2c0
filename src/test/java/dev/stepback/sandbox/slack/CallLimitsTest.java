package dev.stepback.sandbox.slack;

import static dev.stepback.sandbox.slack.Bot.INCIDENTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.slack.api.methods.SlackApiException;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Calls that come too often, and calls that are made to fail. */
class CallLimitsTest {
    @AutoClose
    private final Bot bot = new Bot();

    @Test
    void postMessage_moreOftenThanOnceASecond_isRateLimitedPerChannel() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(bot.post(INCIDENTS, "burst").isOk()).isTrue();
        }

        SlackApiException refused =
                Assertions.catchThrowableOfType(SlackApiException.class, () -> bot.post(INCIDENTS, "too many"));

        assertThat(refused.getResponse().code()).isEqualTo(429);
        assertThat(refused.getResponse().header("Retry-After")).isEqualTo("1");
        assertThat(bot.post("C0DEPLOYS", "elsewhere").isOk()).isTrue();
        bot.clock.advance(Duration.ofSeconds(1));
        assertThat(bot.post(INCIDENTS, "later").isOk()).isTrue();
    }

    @Test
    void faults_areUsedUpByTheCallsTheyHit() throws Exception {
        bot.slack.control().fail("chat.postMessage", "fatal_error", 1);
        bot.slack.control().rateLimit("chat.postMessage", 1, 7);

        assertThat(bot.post(INCIDENTS, "x").getError()).isEqualTo("fatal_error");
        SlackApiException refused =
                Assertions.catchThrowableOfType(SlackApiException.class, () -> bot.post(INCIDENTS, "x"));
        assertThat(refused.getResponse().header("Retry-After")).isEqualTo("7");
        assertThat(bot.post(INCIDENTS, "x").isOk()).isTrue();
        assertThat(bot.slack.control().calls("chat.postMessage")).isEqualTo(3);
    }

    @Test
    void update_moreOftenThanItsTierAllows_isRateLimited() throws Exception {
        String ts = bot.post(INCIDENTS, "x").getTs();
        for (int i = 0; i < 50; i++) {
            bot.methods.chatUpdate(update -> update.channel(INCIDENTS).ts(ts).text("y"));
        }

        assertThatThrownBy(() -> bot.methods.chatUpdate(
                        update -> update.channel(INCIDENTS).ts(ts).text("z")))
                .isInstanceOf(SlackApiException.class);
        bot.clock.advance(Duration.ofSeconds(2));
        assertThat(bot.methods
                        .chatUpdate(update -> update.channel(INCIDENTS).ts(ts).text("z"))
                        .isOk())
                .isTrue();
        bot.slack.control().rateLimits(false);
        assertThat(bot.methods
                        .chatUpdate(update -> update.channel(INCIDENTS).ts(ts).text("z"))
                        .isOk())
                .isTrue();
    }
}
