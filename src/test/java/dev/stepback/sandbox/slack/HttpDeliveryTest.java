package dev.stepback.sandbox.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.slack.api.bolt.App;
import com.slack.api.bolt.request.RequestHeaders;
import com.slack.api.bolt.response.Response;
import com.slack.api.bolt.util.SlackRequestParser;
import com.slack.api.model.event.AppMentionEvent;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signed delivery to a bolt app behind the JDK's server: bolt itself checks the signature. */
class HttpDeliveryTest {
    private SandboxSlack slack;
    private HttpServer server;
    private URI events;
    private App app;
    private final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        slack = SandboxSlack.start(new SandboxSlack.Options(
                0, Clock.systemUTC(), Duration.ofSeconds(3), List.of(Duration.ZERO), Set.of("/rollback")));
        app = SlackClient.app(slack);
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/slack/events", this::handle);
        server.start();
        events = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/slack/events");
        slack.deliverTo(events);
    }

    @AfterEach
    void close() {
        server.stop(0);
        slack.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        headers.add(Map.copyOf(exchange.getRequestHeaders()));
        var request = new SlackRequestParser(app.config())
                .parse(SlackRequestParser.HttpRequest.builder()
                        .requestUri("/slack/events")
                        .requestBody(Http.body(exchange))
                        .headers(new RequestHeaders(exchange.getRequestHeaders()))
                        .remoteAddress("127.0.0.1")
                        .build());
        try {
            Response response = app.run(request);
            exchange.getResponseHeaders().set("Content-Type", response.getContentType());
            Http.answer(exchange, response.getStatusCode(), response.getBody() == null ? "" : response.getBody());
        } catch (Exception e) {
            Http.answer(exchange, 500, "");
        }
    }

    private String lastSeenBy(String user) {
        var messages = slack.control().messages("incidents", user);
        return messages.get(messages.size() - 1).path("text").asText();
    }

    @Test
    void challenge_isAnswered() throws Exception {
        app.start();

        assertThat(slack.verify(events)).isTrue();
        assertThat(slack.verify(URI.create("http://127.0.0.1:1/"))).isFalse();
    }

    @Test
    void command_isSignedAndAnswered() {
        app.command(
                "/rollback",
                (request, context) -> context.ack("got " + request.getPayload().getText()));

        Control.Sent sent = slack.control().command("responder", "incidents", "/rollback checkout because ü & co");

        assertThat(sent.acknowledged()).isTrue();
        assertThat(lastSeenBy("responder")).isEqualTo("got checkout because ü & co");
    }

    @Test
    void click_isDelivered() throws Exception {
        List<String> clicks = new CopyOnWriteArrayList<>();
        app.blockAction("approve", (request, context) -> {
            clicks.add(request.getPayload().getActions().get(0).getValue());
            return context.ack();
        });
        String ts = SlackClient.methods(slack)
                .chatPostMessage(message ->
                        message.channel("C0INCIDENTS").text("Roll back?").blocksAsString("""
                                [{"type": "actions", "elements": [{"type": "button", "action_id": "approve",
                                  "value": "r1", "text": {"type": "plain_text", "text": "Approve"}}]}]
                                """))
                .getTs();

        assertThat(slack.control().action("lead", "incidents", ts, "approve").acknowledged())
                .isTrue();
        assertThat(clicks).containsExactly("r1");
    }

    @Test
    void event_thatFails_isRetriedWithItsNumber() {
        List<String> received = new CopyOnWriteArrayList<>();
        app.event(AppMentionEvent.class, (event, context) -> {
            received.add(event.getEventId());
            if (received.size() == 1) {
                throw new IllegalStateException("the first attempt fails");
            }
            return context.ack();
        });

        slack.control().command("responder", "incidents", "@Stepback rollback checkout");

        await().until(() -> received.size() == 2);
        assertThat(received.get(0)).isEqualTo(received.get(1));
        assertThat(headers.get(0)).doesNotContainKey("X-slack-retry-num");
        assertThat(headers.get(1)).containsEntry("X-slack-retry-num", List.of("1"));
        assertThat(headers.get(1)).containsEntry("X-slack-retry-reason", List.of("http_error"));
    }

    @Test
    void app_thatIsNotThere_isToldToTheUser() {
        server.stop(0);

        assertThat(slack.control()
                        .command("responder", "incidents", "/rollback x")
                        .error())
                .isEqualTo("dispatch_failed");
        assertThat(lastSeenBy("responder")).contains("dispatch_failed");
    }

    @Test
    void forgedSignature_isRefusedByTheApp() throws Exception {
        app.command("/rollback", (request, context) -> context.ack());
        String timestamp = Long.toString(Clock.systemUTC().instant().getEpochSecond());
        String body = "command=%2Frollback&text=x&token=t&team_id=T&user_id=U&trigger_id=1";

        assertThat(status(timestamp, body, slack.signingSecret())).isEqualTo(200);
        assertThat(status(timestamp, body, "guessed")).isEqualTo(401);
        assertThat(status("1500000000", body, slack.signingSecret())).isEqualTo(401);
    }

    private int status(String timestamp, String body, String secret) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(events)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Slack-Request-Timestamp", timestamp)
                .header("X-Slack-Signature", HttpDelivery.signature(secret, timestamp, body))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
