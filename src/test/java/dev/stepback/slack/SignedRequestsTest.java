package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    @Test
    void otherPathsMethodsAndSizes_areRefused() throws Exception {
        long now = Instant.now().getEpochSecond();
        assertThat(post(URI.create(bot.eventsUrl() + "/more"), Long.toString(now), "x", BODY))
                .isEqualTo(404);
        assertThat(HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(bot.eventsUrl()).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(405);
        String huge = "x".repeat(SignedRequests.BODY_LIMIT + 1);
        assertThat(post(now, sign(bot.slack.signingSecret(), now, huge), huge)).isEqualTo(413);
    }
}
