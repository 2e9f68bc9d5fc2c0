package dev.stepback.sandbox.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.app_backend.interactive_components.payload.BlockActionPayload;
import com.slack.api.bolt.App;
import com.slack.api.bolt.socket_mode.SocketModeApp;
import com.slack.api.model.event.AppMentionEvent;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delivery to Slack's own Socket Mode client. */
class SocketModeTest {
    private static final String CARD = """
        [{"type": "section", "text": {"type": "mrkdwn", "text": "Roll back?"}},
         {"type": "actions", "block_id": "decide", "elements": [
           {"type": "button", "action_id": "approve", "value": "r1", "style": "primary",
            "text": {"type": "plain_text", "text": "Approve"},
            "confirm": {"title": {"type": "plain_text", "text": "Sure?"},
                        "text": {"type": "plain_text", "text": "It starts at once."},
                        "confirm": {"type": "plain_text", "text": "Yes"},
                        "deny": {"type": "plain_text", "text": "No"}}},
           {"type": "static_select", "action_id": "revision", "options": [
             {"text": {"type": "plain_text", "text": "Revision 3"}, "value": "3"}]}]}]
        """;

    private SandboxSlack slack;
    private final List<SocketModeApp> connected = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        slack = SandboxSlack.start(0, Clock.systemUTC());
    }

    @AfterEach
    void close() throws Exception {
        for (SocketModeApp app : connected) {
            SlackClient.close(app);
        }
        slack.close();
    }

    private void restart(Duration acknowledgement) throws Exception {
        slack.close();
        slack = SandboxSlack.start(
                SandboxSlack.Options.realistic(0, Clock.systemUTC()).withAcknowledgement(acknowledgement));
    }

    private void connect(App app) throws Exception {
        int before = slack.control().connections();
        connected.add(SlackClient.connect(slack, app));
        await().until(() -> slack.control().connections() > before);
    }

    private List<ObjectNode> seenBy(String user) {
        return slack.control().messages("incidents", user);
    }

    @Test
    void command_isDeliveredWithWhoAndWhere_andItsAnswerIsSeenByThatUser() throws Exception {
        App app = SlackClient.app(slack);
        app.command(
                "/rollback",
                (request, context) ->
                        context.ack("Hello " + request.getPayload().getUserName() + " in "
                                + request.getPayload().getChannelName() + ": "
                                + request.getPayload().getText()));
        connect(app);

        Control.Sent sent = slack.control().command("responder", "incidents", "/rollback checkout to 3");

        assertThat(sent.acknowledged()).isTrue();
        assertThat(seenBy("responder"))
                .extracting(message -> message.path("text").asText())
                .containsExactly("Hello responder in incidents: checkout to 3");
        assertThat(seenBy("lead")).isEmpty();
    }

    @Test
    void command_withoutAnyConnection_failsAtOnce() {
        Control.Sent sent = slack.control().command("responder", "incidents", "/rollback checkout");

        assertThat(sent.error()).isEqualTo("dispatch_failed");
        assertThat(seenBy("responder").get(0).path("text").asText()).contains("dispatch_failed");
    }

    @Test
    void command_thatIsNotAcknowledgedInTime_tellsTheUser() throws Exception {
        restart(Duration.ofMillis(200));
        CountDownLatch tooLate = new CountDownLatch(1);
        App app = SlackClient.app(slack);
        app.command("/rollback", (request, context) -> {
            await().forever().until(() -> tooLate.getCount() == 0);
            return context.ack();
        });
        connect(app);

        Control.Sent sent = slack.control().command("responder", "incidents", "/rollback checkout");
        tooLate.countDown();

        assertThat(sent.error()).isEqualTo("operation_timeout");
        assertThat(seenBy("responder").get(0).path("text").asText())
                .contains("the app did not respond")
                .contains("operation_timeout");
    }

    @Test
    void command_thatIsNotRegistered_isNotDelivered() {
        assertThat(slack.control()
                        .command("responder", "incidents", "/deploy x")
                        .error())
                .isEqualTo("unknown_command");
        assertThatThrownBy(() -> slack.control().command("responder", "incidents", "/rollback x", "1.000001"))
                .hasMessageContaining("do not work in threads");
    }

    @Test
    void click_carriesTheMessageAndItsState() throws Exception {
        List<BlockActionPayload> clicks = new CopyOnWriteArrayList<>();
        App app = SlackClient.app(slack);
        app.blockAction("approve", (request, context) -> {
            clicks.add(request.getPayload());
            return context.ack();
        });
        connect(app);
        String ts = postCard();

        Control.Sent sent = slack.control().action("lead", "incidents", ts, "approve");

        assertThat(sent.acknowledged()).isTrue();
        BlockActionPayload click = clicks.get(0);
        assertThat(click.getUser().getId()).isEqualTo("U0LEAD");
        assertThat(click.getChannel().getName()).isEqualTo("incidents");
        assertThat(click.getMessage().getTs()).isEqualTo(ts);
        assertThat(click.getContainer().getMessageTs()).isEqualTo(ts);
        assertThat(click.getResponseUrl()).startsWith("http://127.0.0.1:");
        assertThat(click.getTriggerId()).isNotEmpty();
        assertThat(click.getActions().get(0).getValue()).isEqualTo("r1");
        assertThat(click.getActions().get(0).getBlockId()).isEqualTo("decide");
        assertThat(click.getState().getValues().get("decide")).containsKey("revision");
    }

    private String postCard() throws Exception {
        return SlackClient.methods(slack)
                .chatPostMessage(message ->
                        message.channel("C0INCIDENTS").text("Roll back?").blocksAsString(CARD))
                .getTs();
    }

    @Test
    void menu_sendsTheChosenOption() throws Exception {
        List<String> chosen = new CopyOnWriteArrayList<>();
        App app = SlackClient.app(slack);
        app.blockAction("revision", (request, context) -> {
            chosen.add(
                    request.getPayload().getActions().get(0).getSelectedOption().getValue());
            return context.ack();
        });
        connect(app);
        String ts = postCard();

        slack.control().action("lead", "incidents", ts, "revision", null, "3", false);

        assertThat(chosen).containsExactly("3");
        assertThatThrownBy(() -> slack.control().action("lead", "incidents", ts, "revision", null, "4", false))
                .hasMessageContaining("no option has the value 4");
    }

    @Test
    void button_thatIsNotInTheMessage_canOnlyBeForged() throws Exception {
        List<String> values = new CopyOnWriteArrayList<>();
        App app = SlackClient.app(slack);
        app.blockAction("delete_everything", (request, context) -> {
            values.add(request.getPayload().getActions().get(0).getValue());
            return context.ack();
        });
        connect(app);
        String ts = postCard();

        assertThatThrownBy(() -> slack.control().action("guest", "incidents", ts, "delete_everything"))
                .hasMessageContaining("nothing to click");
        slack.control().action("guest", "incidents", ts, "delete_everything", null, "now", true);

        assertThat(values).containsExactly("now");
    }

    @Test
    void mention_isAnEventInItsThread() throws Exception {
        List<AppMentionEvent> mentions = new CopyOnWriteArrayList<>();
        App app = SlackClient.app(slack);
        app.event(AppMentionEvent.class, (event, context) -> {
            mentions.add(event.getEvent());
            return context.ack();
        });
        connect(app);
        String head =
                slack.control().command("lead", "incidents", "what happened?").ts();

        slack.control().command("responder", "incidents", "@Stepback rollback checkout because <x> & y", head);

        assertThat(mentions.get(0).getText()).isEqualTo("<@U0STEPBACK> rollback checkout because &lt;x&gt; &amp; y");
        assertThat(mentions.get(0).getThreadTs()).isEqualTo(head);
        assertThat(mentions.get(0).getUser()).isEqualTo("U0RESPONDER");
    }

    @Test
    void mention_whereTheBotIsNot_isNotDelivered() {
        slack.control().command("responder", "random", "@Stepback rollback checkout");

        assertThat(slack.control()
                        .messages("random", "responder")
                        .get(1)
                        .path("text")
                        .asText())
                .contains("not in this channel");
    }

    @Test
    void envelope_goesToExactlyOneOfSeveralConnections() throws Exception {
        List<String> received = new CopyOnWriteArrayList<>();
        for (String replica : List.of("a", "b")) {
            App app = SlackClient.app(slack);
            app.command("/rollback", (request, context) -> {
                received.add(replica);
                return context.ack();
            });
            connect(app);
        }

        for (int i = 0; i < 4; i++) {
            assertThat(slack.control()
                            .command("responder", "incidents", "/rollback list")
                            .acknowledged())
                    .isTrue();
        }

        assertThat(received).hasSize(4).contains("a", "b");
    }

    @Test
    void connections_areAtMostTen() throws Exception {
        for (int i = 0; i < 10; i++) {
            connect(SlackClient.app(slack));
        }
        String url = SlackClient.slack(slack).issueSocketModeUrl(slack.appToken());
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        WebSocketClient eleventh = new WebSocketClient(URI.create(url)) {
            @Override
            public void onOpen(ServerHandshake handshake) {}

            @Override
            public void onMessage(String message) {
                received.add(message);
            }

            @Override
            public void onClose(int code, String reason, boolean remote) {}

            @Override
            public void onError(Exception problem) {}
        };

        eleventh.connectBlocking();

        assertThat(received.poll(10, TimeUnit.SECONDS)).contains("too_many_websockets");
        await().until(eleventh::isClosed);
        assertThat(slack.control().connections()).isEqualTo(10);
    }

    @Test
    void duplicateDeliveries_bringTheSameCommandTwice() throws Exception {
        List<String> triggers = new CopyOnWriteArrayList<>();
        App app = SlackClient.app(slack);
        app.command("/rollback", (request, context) -> {
            triggers.add(request.getPayload().getTriggerId());
            return context.ack();
        });
        connect(app);
        slack.control().duplicateDeliveries(true);

        slack.control().command("responder", "incidents", "/rollback list");

        assertThat(triggers).hasSize(2);
        assertThat(triggers.get(0)).isEqualTo(triggers.get(1));
        slack.control().duplicateDeliveries(false);
        assertThat(slack.control().redeliver().acknowledged()).isTrue();
        assertThat(triggers).hasSize(3);
    }

    @Test
    void droppedConnection_comesBack() throws Exception {
        App app = SlackClient.app(slack);
        app.command("/rollback", (request, context) -> context.ack());
        connect(app);

        slack.control().dropConnections();

        await().until(() -> slack.control().connections() == 1);
        assertThat(slack.control()
                        .command("responder", "incidents", "/rollback list")
                        .acknowledged())
                .isTrue();
    }

    @Test
    void refreshRequest_makesTheClientConnectAnew() throws Exception {
        App app = SlackClient.app(slack);
        app.command("/rollback", (request, context) -> context.ack());
        connect(app);
        int before = slack.control().calls("apps.connections.open");

        slack.control().requestDisconnect("refresh_requested");

        await().until(() ->
                slack.control().connections() >= 1 && slack.control().calls("apps.connections.open") > before);
        assertThat(slack.control()
                        .command("responder", "incidents", "/rollback list")
                        .acknowledged())
                .isTrue();
    }

    @Test
    void silentConnection_swallowsWhatItIsGiven() throws Exception {
        restart(Duration.ofMillis(200));
        App app = SlackClient.app(slack);
        app.command("/rollback", (request, context) -> context.ack());
        connect(app);

        slack.control().silenceConnections();

        assertThat(slack.control()
                        .command("responder", "incidents", "/rollback list")
                        .error())
                .isEqualTo("operation_timeout");
    }

    @Test
    void event_thatIsNotAcknowledged_isDeliveredAgain() throws Exception {
        slack.close();
        slack = SandboxSlack.start(new SandboxSlack.Options(
                0, Clock.systemUTC(), Duration.ofMillis(500), List.of(Duration.ZERO), java.util.Set.of("/rollback")));
        List<String> received = new CopyOnWriteArrayList<>();
        App app = SlackClient.app(slack);
        app.event(AppMentionEvent.class, (event, context) -> {
            received.add(event.getEventId());
            if (received.size() == 1) {
                throw new IllegalStateException("the first attempt fails");
            }
            return context.ack();
        });
        connect(app);

        slack.control().command("responder", "incidents", "@Stepback rollback checkout");

        await().until(() -> received.size() == 2);
        assertThat(received.get(0)).isEqualTo(received.get(1));
    }

    @Test
    void events_tellThoseWhoWatch() throws Exception {
        JsonNode before = slack.control().events(0, Duration.ZERO);
        postCard();

        JsonNode after = slack.control().events(before.path("next").asLong(), Duration.ofSeconds(5));

        assertThat(after.path("events")).hasSize(1);
        assertThat(after.path("events").get(0).path("type").asText()).isEqualTo("message");
        assertThat(after.path("next").asLong()).isEqualTo(before.path("next").asLong() + 1);
    }
}
