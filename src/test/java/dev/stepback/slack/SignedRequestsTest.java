package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.slack.api.bolt.App;
import com.slack.api.bolt.AppConfig;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.ops.Metrics;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Phase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bot behind signed HTTP. */
class SignedRequestsTest {
    private static final String BODY = "command=%2Frollback&text=help&user_id=U0LEAD&user_name=lead"
            + "&channel_id=C0INCIDENTS&trigger_id=1&response_url=";
    private static BotFixture bot;

    @BeforeAll
    static void start() throws Exception {
        bot = new BotFixture(Mode.HTTP);
        bot.control().rateLimits(false);
    }

    @AfterAll
    static void stop() {
        bot.close();
    }

    private static String sign(String secret, long timestamp, String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return "v0="
                + HexFormat.of()
                        .formatHex(mac.doFinal(("v0:" + timestamp + ":" + body).getBytes(StandardCharsets.UTF_8)));
    }

    private static int post(URI url, String timestamp, String signature, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Slack-Request-Timestamp", timestamp)
                .header("X-Slack-Signature", signature)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
    }

    private static int post(long timestamp, String signature, String body) throws Exception {
        return post(bot.eventsUrl(), Long.toString(timestamp), signature, body);
    }

    @Test
    void challenge_isAnswered() throws Exception {
        assertThat(bot.slack.verify(bot.eventsUrl())).isTrue();
    }

    @Test
    void wholeFlow_worksOverHttpWithEverythingDoubled() {
        bot.control().duplicateDeliveries(true);
        assertThat(bot.control()
                        .command("responder", "incidents", "/rollback checkout")
                        .acknowledged())
                .isTrue();
        JsonNode card = bot.awaitCard("AwaitingApproval");
        bot.click("lead", card, "approve");
        bot.awaitCard("*Running*");
        SlackBotTest.finish(bot.rollbacks, Phase.SUCCEEDED);
        bot.awaitCard("*Succeeded*");
        assertThat(bot.cards()).hasSize(1);
        bot.control().command("responder", "incidents", "@Stepback help");
        bot.awaitMessage("incidents", "responder", "How to roll back");
    }

    @Test
    void goodSignature_isAccepted() throws Exception {
        long now = Instant.now().getEpochSecond();
        assertThat(post(now, sign(bot.slack.signingSecret(), now, BODY), BODY)).isEqualTo(200);
    }

    @Test
    void forgedSignature_is401() throws Exception {
        long now = Instant.now().getEpochSecond();
        String good = sign(bot.slack.signingSecret(), now, BODY);
        assertThat(post(now, sign("another secret", now, BODY), BODY)).isEqualTo(401);
        assertThat(post(now, good, BODY + "x")).isEqualTo(401);
        assertThat(post(now + 1, good, BODY)).isEqualTo(401);
        assertThat(post(now, "", BODY)).isEqualTo(401);
        assertThat(post(bot.eventsUrl(), "soon", good, BODY)).isEqualTo(401);
    }

    @Test
    void replayedSignature_is401() throws Exception {
        long old = Instant.now().getEpochSecond() - 301;
        assertThat(post(old, sign(bot.slack.signingSecret(), old, BODY), BODY)).isEqualTo(401);
        long future = Instant.now().getEpochSecond() + 400;
        assertThat(post(future, sign(bot.slack.signingSecret(), future, BODY), BODY))
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "0, true",
        "-300, true",
        "300, true",
        "-301, false",
        "301, false",
        "-4000000000, false",
        "4000000000, false"
    })
    void timestamp_mayBeFiveMinutesOff(long seconds, boolean expected) throws Exception {
        Instant now = Instant.parse("2026-11-21T03:00:00.999Z");
        SignedRequests requests = new SignedRequests(
                new App(new AppConfig(), List.of()),
                new Outgoing(new Redactor(List.of()), new References("")),
                "secret",
                new Metrics(),
                Clock.fixed(now, ZoneOffset.UTC));
        long timestamp = now.getEpochSecond() + seconds;
        assertThat(requests.isSigned(
                        Long.toString(timestamp),
                        sign("secret", timestamp, BODY),
                        BODY.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "+%d", "%d ", "%d.0", "0x1", "-%d", "99999999999999999999", "%d,%<d"})
    void timestamp_isNothingButDigits(String form) throws Exception {
        long now = Instant.now().getEpochSecond();
        String timestamp = String.format(Locale.ROOT, form, now);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
        String signature = "v0="
                + HexFormat.of()
                        .formatHex(mac.doFinal(("v0:" + timestamp + ":" + BODY).getBytes(StandardCharsets.UTF_8)));
        SignedRequests requests = new SignedRequests(
                new App(new AppConfig(), List.of()),
                new Outgoing(new Redactor(List.of()), new References("")),
                "secret",
                new Metrics(),
                Clock.systemUTC());
        assertThat(requests.isSigned(timestamp, signature, body)).isFalse();
        assertThat(requests.isSigned(null, signature, body)).isFalse();
        assertThat(requests.isSigned(timestamp, null, body)).isFalse();
    }

    @Test
    void challenge_isOnlyAnsweredWhenSigned() throws Exception {
        String challenge = "{\"type\":\"url_verification\",\"token\":\"x\",\"challenge\":\"3eZbrw1a\"}";
        long now = Instant.now().getEpochSecond();
        HttpRequest unsigned = HttpRequest.newBuilder(bot.eventsUrl())
                .header("Content-Type", "application/json")
                .header("X-Slack-Request-Timestamp", Long.toString(now))
                .header("X-Slack-Signature", sign("another secret", now, challenge))
                .POST(HttpRequest.BodyPublishers.ofString(challenge))
                .build();
        var answer = HttpClient.newHttpClient().send(unsigned, BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).doesNotContain("3eZbrw1a");
    }

    @Test
    void certificateCheck_isAnswered_andDoesNothing() throws Exception {
        int before = bot.invocations.size();
        assertThat(post(0, "none", "token=x&ssl_check=1&" + BODY)).isEqualTo(200);
        assertThat(post(0, "none", "token=x&ssl_check=0")).isEqualTo(401);
        assertThat(bot.invocations).hasSize(before);
    }

    @Test
    void otherPathsAndMethods_areRefused() throws Exception {
        long now = Instant.now().getEpochSecond();
        assertThat(post(URI.create(bot.eventsUrl() + "/more"), Long.toString(now), "x", BODY))
                .isEqualTo(404);
        assertThat(HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(bot.eventsUrl()).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(405);
    }
}
