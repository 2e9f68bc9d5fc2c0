package dev.stepback.sandbox.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.slack.api.app_backend.views.payload.ViewSubmissionPayload;
import com.slack.api.bolt.App;
import com.slack.api.bolt.socket_mode.SocketModeApp;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.response.views.ViewsOpenResponse;
import dev.stepback.stage.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ViewsTest {
    private static final String MODAL = """
        {"type": "modal", "callback_id": "reason", "notify_on_close": true,
         "title": {"type": "plain_text", "text": "Reason"},
         "submit": {"type": "plain_text", "text": "Send"},
         "blocks": [{"type": "input", "block_id": "why", "label": {"type": "plain_text", "text": "Why?"},
           "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20}}]}
        """;

    private final ManualClock clock = new ManualClock("2026-03-01T10:00:00Z");
    private final BlockingQueue<String> triggers = new LinkedBlockingQueue<>();
    private final List<ViewSubmissionPayload> submissions = new CopyOnWriteArrayList<>();
    private final List<String> closed = new CopyOnWriteArrayList<>();
    private SandboxSlack slack;
    private MethodsClient methods;
    private SocketModeApp socketMode;

    @BeforeEach
    void start() throws Exception {
        slack = SandboxSlack.start(0, clock);
        methods = SlackClient.methods(slack);
        App app = SlackClient.app(slack);
        app.command("/rollback", (request, context) -> {
            triggers.add(request.getPayload().getTriggerId());
            return context.ack();
        });
        app.viewSubmission("reason", (request, context) -> {
            submissions.add(request.getPayload());
            String why = typed(request.getPayload());
            return why.equals("no") ? context.ackWithErrors(Map.of("why", "Say more.")) : context.ack();
        });
        app.viewClosed("reason", (request, context) -> {
            closed.add(request.getPayload().getView().getId());
            return context.ack();
        });
        socketMode = SlackClient.connect(slack, app);
        Awaitility.await().until(() -> slack.control().connections() == 1);
    }

    @AfterEach
    void close() throws Exception {
        SlackClient.close(socketMode);
        slack.close();
    }

    private static String typed(ViewSubmissionPayload submission) {
        var block = submission.getView().getState().getValues().getOrDefault("why", Map.of());
        var state = block.get("text");
        return state == null ? "" : state.getValue();
    }

    private String trigger() throws Exception {
        slack.control().command("responder", "incidents", "/rollback x");
        return String.valueOf(triggers.poll(10, TimeUnit.SECONDS));
    }

    private ViewsOpenResponse open(String trigger) throws Exception {
        return methods.viewsOpen(request -> request.triggerId(trigger).viewAsString(MODAL));
    }

    private static JsonNode why(String text) {
        return Json.parse("{\"why\": {\"text\": \"" + text + "\"}}").orElseThrow();
    }

    @Test
    void trigger_opensOneModal_forTheUserWhoMadeIt() throws Exception {
        String trigger = trigger();

        assertThat(open(trigger).isOk()).isTrue();
        assertThat(open(trigger).getError()).isEqualTo("exchanged_trigger_id");
        assertThat(open("1.2.3").getError()).isEqualTo("invalid_trigger_id");
        assertThat(slack.control().views("responder")).hasSize(1);
        assertThat(slack.control().views("lead")).isEmpty();
    }

    @Test
    void trigger_expiresAfterThreeSeconds() throws Exception {
        String inTime = trigger();
        String late = trigger();

        clock.advance(Duration.ofSeconds(3));
        assertThat(open(inTime).isOk()).isTrue();
        clock.advance(Duration.ofMillis(1));
        assertThat(open(late).getError()).isEqualTo("expired_trigger_id");
    }

    @Test
    void modal_thatIsNotValid_isExplained() throws Exception {
        String trigger = trigger();

        var answer = methods.viewsOpen(request -> request.triggerId(trigger)
                .viewAsString("{\"type\": \"modal\", \"blocks\": [{\"type\": \"divider\"}]}"));

        assertThat(answer.getError()).isEqualTo("invalid_arguments");
        assertThat(answer.getResponseMetadata().getMessages())
                .containsExactly("[ERROR] missing required field: title [json-pointer:/view]");
        assertThat(open(trigger).isOk()).isTrue();
    }

    @Test
    void submission_carriesWhatWasTyped_andClosesTheModal() throws Exception {
        String id = open(trigger()).getView().getId();

        Control.Sent sent = slack.control().submit("responder", id, why("it is broken"));

        assertThat(sent.acknowledged()).isTrue();
        assertThat(submissions.get(0).getView().getCallbackId()).isEqualTo("reason");
        assertThat(typed(submissions.get(0))).isEqualTo("it is broken");
        assertThat(slack.control().views("responder")).isEmpty();
    }

    @Test
    void submission_thatTheAppFindsWrong_keepsTheModalOpen() throws Exception {
        String id = open(trigger()).getView().getId();

        Control.Sent sent = slack.control().submit("responder", id, why("no"));

        assertThat(sent.errors()).containsExactly(Map.entry("why", "Say more."));
        assertThat(slack.control().views("responder")).hasSize(1);
    }

    @Test
    void submission_thatTheClientWouldNotSend_isRefused() throws Exception {
        String id = open(trigger()).getView().getId();

        assertThatThrownBy(() -> slack.control().submit("responder", id, Json.object()))
                .hasMessageContaining("required field why");
        assertThatThrownBy(() -> slack.control().submit("responder", id, why("x".repeat(21))))
                .hasMessageContaining("too long");
        assertThatThrownBy(() -> slack.control().submit("lead", id, why("x"))).hasMessageContaining("has no view");
        assertThat(submissions).isEmpty();
    }

    @Test
    void update_needsTheNewestHash() throws Exception {
        var view = open(trigger()).getView();

        assertThat(methods.viewsUpdate(update ->
                                update.viewId(view.getId()).hash("old").viewAsString(MODAL))
                        .getError())
                .isEqualTo("hash_conflict");
        assertThat(methods.viewsUpdate(update ->
                                update.viewId(view.getId()).hash(view.getHash()).viewAsString(MODAL))
                        .isOk())
                .isTrue();
        assertThat(methods.viewsUpdate(update -> update.viewId("V0NONE").viewAsString(MODAL))
                        .getError())
                .isEqualTo("not_found");
    }

    @Test
    void closing_isToldToTheAppThatAsked() throws Exception {
        String id = open(trigger()).getView().getId();

        slack.control().closeView("responder", id);

        assertThat(closed).containsExactly(id);
        assertThat(slack.control().views("responder")).isEmpty();
    }
}
