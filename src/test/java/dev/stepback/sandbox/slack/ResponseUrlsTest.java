package dev.stepback.sandbox.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.slack.api.Slack;
import com.slack.api.bolt.App;
import com.slack.api.bolt.socket_mode.SocketModeApp;
import com.slack.api.webhook.WebhookResponse;
import dev.stepback.stage.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResponseUrlsTest {
    private static final String BUTTON = """
        [{"type": "actions", "elements": [{"type": "button", "action_id": "go",
          "text": {"type": "plain_text", "text": "Go"}}]}]
        """;

    private final ManualClock clock = new ManualClock("2026-03-01T10:00:00Z");
    private final BlockingQueue<String> urls = new LinkedBlockingQueue<>();
    private SandboxSlack slack;
    private SocketModeApp socketMode;

    @BeforeEach
    void start() throws Exception {
        slack = SandboxSlack.start(0, clock);
        App app = SlackClient.app(slack);
        app.command("/rollback", (request, context) -> {
            urls.add(request.getPayload().getResponseUrl());
            return context.ack();
        });
        app.blockAction("go", (request, context) -> {
            urls.add(request.getPayload().getResponseUrl());
            return context.ack();
        });
        socketMode = SlackClient.connect(slack, app);
        org.awaitility.Awaitility.await().until(() -> slack.control().connections() == 1);
    }

    @AfterEach
    void close() throws Exception {
        SlackClient.close(socketMode);
        slack.close();
    }

    private String urlOfACommand() throws Exception {
        slack.control().command("responder", "random", "/rollback x");
        return String.valueOf(urls.poll(10, TimeUnit.SECONDS));
    }

    private static WebhookResponse send(String url, String json) throws Exception {
        return Slack.getInstance().send(url, json);
    }

    private List<String> seenBy(String user, String channel) {
        return slack.control().messages(channel, user).stream()
                .map(message -> message.path("text").asText())
                .toList();
    }

    @Test
    void response_isEphemeralUnlessInChannel_evenWhereTheBotIsNot() throws Exception {
        String url = urlOfACommand();

        send(url, "{\"text\": \"for you\"}");
        send(url, "{\"text\": \"for all\", \"response_type\": \"in_channel\"}");

        assertThat(seenBy("responder", "random")).containsExactly("for you", "for all");
        assertThat(seenBy("lead", "random")).containsExactly("for all");
    }

    @Test
    void url_worksFiveTimes() throws Exception {
        String url = urlOfACommand();
        for (int i = 0; i < 5; i++) {
            assertThat(send(url, "{\"text\": \"x\"}").getCode()).isEqualTo(200);
        }

        WebhookResponse sixth = send(url, "{\"text\": \"x\"}");

        assertThat(sixth.getCode()).isEqualTo(404);
        assertThat(sixth.getBody()).contains("used_url");
        assertThat(seenBy("responder", "random")).hasSize(5);
    }

    @Test
    void url_worksForThirtyMinutes() throws Exception {
        String url = urlOfACommand();
        clock.advance(Duration.ofMinutes(30));
        assertThat(send(url, "{\"text\": \"x\"}").getCode()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1));

        WebhookResponse late = send(url, "{\"text\": \"x\"}");

        assertThat(late.getCode()).isEqualTo(404);
        assertThat(late.getBody()).contains("expired_url");
    }

    @Test
    void clickedEphemeralMessage_isReplacedAndDeleted() throws Exception {
        String ts = SlackClient.methods(slack)
                .chatPostEphemeral(message -> message.channel("C0INCIDENTS")
                        .user("U0RESPONDER")
                        .text("Which one?")
                        .blocksAsString(BUTTON))
                .getMessageTs();
        slack.control().action("responder", "incidents", ts, "go");
        String url = String.valueOf(urls.poll(10, TimeUnit.SECONDS));

        send(url, "{\"text\": \"That one.\", \"replace_original\": true}");
        assertThat(seenBy("responder", "incidents")).containsExactly("That one.");
        assertThat(slack.control().messages("incidents", "responder").get(0).has("blocks"))
                .isFalse();

        send(url, "{\"delete_original\": true}");
        assertThat(seenBy("responder", "incidents")).isEmpty();
    }

    @Test
    void response_withInvalidBlocks_isRefused() throws Exception {
        WebhookResponse answer = send(urlOfACommand(), "{\"text\": \"x\", \"blocks\": [{\"type\": \"fancy\"}]}");

        assertThat(answer.getCode()).isEqualTo(400);
        assertThat(answer.getBody()).contains("invalid_blocks").contains("unsupported type: fancy");
    }
}
