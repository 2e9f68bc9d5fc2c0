package dev.stepback.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.config.StepbackConfig.Slack.Mode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretsTest {

    @Test
    void socketMode_needsBothTokens() {
        assertThat(Secrets.read(Map.of("SLACK_BOT_TOKEN", "xoxb-1", "SLACK_APP_TOKEN", "xapp-1\n"), Mode.SOCKET))
                .isEqualTo(new Checked.Valid<>(new Secrets("xoxb-1", "xapp-1", null, Secrets.SLACK_API)));
    }

    @Test
    void httpMode_needsTheSigningSecret() {
        assertThat(Secrets.read(
                        Map.of(
                                "SLACK_BOT_TOKEN", "xoxb-1",
                                "SLACK_SIGNING_SECRET", "abc",
                                "SLACK_API_URL", "http://127.0.0.1:8085/api"),
                        Mode.HTTP))
                .isEqualTo(new Checked.Valid<>(new Secrets("xoxb-1", null, "abc", "http://127.0.0.1:8085/api/")));
    }

    @Test
    void whatIsMissing_isReportedAtOnce() {
        assertThat(Secrets.read(Map.of(), Mode.SOCKET))
                .hasToString(
                        "environment: SLACK_BOT_TOKEN: is not set: the bot user's OAuth token; it begins with xoxb-\n"
                                + "environment: SLACK_APP_TOKEN: is not set: the app-level token that Socket Mode needs;"
                                + " it begins with xapp-");
        assertThat(Secrets.read(Map.of("SLACK_BOT_TOKEN", "xoxb-1"), Mode.HTTP))
                .hasToString("environment: SLACK_SIGNING_SECRET: is not set: the signing secret that HTTP mode needs");
    }

    @Test
    void values_areNeverShown() {
        Checked<Secrets> wrong = Secrets.read(
                Map.of(
                        "SLACK_BOT_TOKEN", "xapp-hidden",
                        "SLACK_APP_TOKEN", "xapp-hid den",
                        "SLACK_API_URL", "ftp://u:hidden@h"),
                Mode.SOCKET);
        assertThat(wrong).isInstanceOf(Checked.Invalid.class);
        assertThat(((Checked.Invalid<Secrets>) wrong).problems()).hasSize(3);
        assertThat(wrong.toString()).doesNotContain("hid");
        assertThat(Secrets.read(Map.of("SLACK_BOT_TOKEN", "xoxb-hidden", "SLACK_APP_TOKEN", "xapp-hidden"), Mode.SOCKET)
                        .toString())
                .doesNotContain("hidden");
    }
}
