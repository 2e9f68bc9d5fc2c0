package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.sandbox.slack.SandboxSlack;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlackCheckTest {
    private SandboxSlack slack;
    private final Map<String, String> env = new HashMap<>();

    @BeforeEach
    void start() throws Exception {
        slack = SandboxSlack.start(0, Clock.systemUTC());
        env.put("SLACK_API_URL", slack.apiUrl().toString());
        env.put("SLACK_BOT_TOKEN", slack.botToken());
        env.put("SLACK_APP_TOKEN", slack.appToken());
    }

    @AfterEach
    void stop() {
        slack.close();
    }

    private List<SlackCheck.Row> check(String... channels) {
        return SlackCheck.run(
                StepbackConfig.defaults().with(new StepbackConfig.Notifications(List.of(channels))),
                env,
                new Metrics());
    }

    private static List<String> failed(List<SlackCheck.Row> rows) {
        return rows.stream().filter(r -> !r.ok()).map(SlackCheck.Row::item).toList();
    }

    @Test
    void everythingInPlace_isOk() {
        assertThat(failed(check("#deploys", "C0INCIDENTS"))).isEmpty();
    }

    @Test
    void missingScopesAndChannels_areNamed() {
        slack.control().revokeScope("files:write");
        assertThat(failed(check("#random", "#nowhere")))
                .containsExactlyInAnyOrder("scope files:write", "channel #random", "channel #nowhere");
    }

    @Test
    void wrongTokens_areNamed() {
        env.put("SLACK_BOT_TOKEN", "xoxb-wrong");
        env.put("SLACK_APP_TOKEN", "");
        assertThat(failed(check())).containsExactly("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN");
    }
}
