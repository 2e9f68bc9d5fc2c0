package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.ConfigLoader;
import dev.stepback.config.StepbackConfig;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.slack.Signed;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes back from a modal decides nothing that a click of the same person could not. */
class ForgedSubmissionIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String POLICY = """
        access:
          rules:
            - {who: [members, U0GUEST], may: [view, request]}
            - {who: [U0LEAD], may: [approve]}
            - {who: [U0RESPONDER], may: [breakGlass]}
          channels: [{channel: C0DEPLOYS, namespaces: [elsewhere]}]
        approvals: {default: {typeToConfirm: true}}
        """;

    private Scene scene;
    private ObjectNode card;
    private String ref;
    private String name;

    @BeforeEach
    void ask() throws Exception {
        scene = Scene.withoutBot(Mode.SOCKET);
        StepbackConfig read =
                ConfigLoader.load(POLICY, "policy", Map.of()).valid().orElseThrow();
        scene.startBot(Map.of(), config -> config.with(c -> c.policy = read.policy()));
        scene.deployed("checkout", 1, "shop.example/checkout:1.0", "shop.example/checkout:1.1-crash");
        scene.people.command("responder", INCIDENTS, "/rollback checkout");
        card = scene.awaitCard("AwaitingApproval");
        Rollback rollback = scene.rollbacks().get(0);
        var plan = Objects.requireNonNull(rollback.statusOrInitial().plan());
        ref = scene.namespace + "/" + rollback.getMetadata().getName() + "#"
                + plan.hash().substring(0, 12);
        name = rollback.statusOrInitial().cluster() + "/" + scene.namespace + "/checkout";
    }

    @AfterEach
    void stop() throws Exception {
        scene.close();
    }

    private ObjectNode opened(String user, String action) {
        scene.people.action(user, INCIDENTS, ts(card), action);
        await().atMost(PATIENCE).until(() -> !scene.people.views(user).isEmpty());
        return scene.people.views(user).get(0);
    }

    /** Changes an open modal behind the bot's back. */
    private void forge(ObjectNode view, String callbackId, String reference) throws Exception {
        ObjectNode forged = JsonNodeFactory.instance.objectNode();
        for (String field : List.of("type", "title", "submit", "close", "blocks")) {
            forged.set(field, view.path(field));
        }
        forged.put("callback_id", callbackId).put("private_metadata", reference);
        forge(view, forged);
    }

    private void forge(ObjectNode view, ObjectNode forged) throws Exception {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("view_id", view.path("id").asText()).set("view", forged);
        HttpRequest request = HttpRequest.newBuilder(URI.create(scene.slack.apiUrl() + "views.update"))
                .header("Authorization", "Bearer " + scene.slack.botToken())
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .body())
                .contains("\"ok\":true");
    }

    private void submit(String user, ObjectNode view, String typed) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        for (String id : List.of("typed", "reason")) {
            if (view.toString().contains("\"block_id\":\"" + id + "\"")) {
                values.putObject(id)
                        .putObject(id)
                        .put("type", "plain_text_input")
                        .put("value", id.equals("typed") ? typed : "because");
            }
        }
        assertThat(scene.people.submit(user, view.path("id").asText(), values).acknowledged())
                .isTrue();
    }

    private void nothingDecided() {
        assertThat(scene.rollbacks()).singleElement().satisfies(r -> {
            assertThat(r.getSpec().decisions()).isEmpty();
            assertThat(r.getSpec().cancellation()).isNull();
        });
        assertThat(scene.patchesOf("checkout")).isZero();
    }

    @Test
    void references_thatAreNotTheCards_decideNothing() throws Exception {
        String here = " C0INCIDENTS";
        for (String reference : List.of(
                "",
                "x",
                ref,
                ref + here + here,
                ref.substring(0, ref.length() - 1) + here,
                ref.replaceFirst("#.*", "#") + here,
                ref.replaceFirst("#.*", "#ffffffffffff") + here,
                ref.replaceFirst("/[^#]*", "/other") + here,
                ref.replaceFirst("^[^/]*", "kube-system") + here,
                "../" + ref + here,
                ref + " C0DEPLOYS")) {
            ObjectNode view = opened("lead", "approve");
            forge(view, "confirm_approve", Signed.by(scene.slack, "confirm_approve", reference));
            submit("lead", view, name);
            scene.people
                    .views("lead")
                    .forEach(v -> scene.people.closeView("lead", v.path("id").asText()));
        }
        nothingDecided();
    }

    @Test
    void references_thatTheBotDidNotMake_areAnsweredAndDecideNothing() throws Exception {
        String reference = ref + " C0INCIDENTS";
        for (String forged : List.of(reference, Signed.by(scene.slack, "confirm_break_glass", reference))) {
            ObjectNode view = opened("lead", "approve");
            forge(view, "confirm_approve", forged);
            submit("lead", view, name);
            assertThat(scene.people.views("lead").toString()).contains("of an older kind");
            scene.people
                    .views("lead")
                    .forEach(v -> scene.people.closeView("lead", v.path("id").asText()));
        }
        nothingDecided();
    }

    @Test
    void modalOfOneDecision_doesNotGrantAnother() throws Exception {
        ObjectNode own = opened("responder", "break_glass");
        forge(own, "confirm_approve", Signed.by(scene.slack, "confirm_approve", ref + " C0INCIDENTS"));
        submit("responder", own, name);
        assertThat(scene.people.views("responder").toString()).contains("somebody else has to approve");

        ObjectNode colleagues = opened("lead", "approve");
        forge(colleagues, "confirm_break_glass", Signed.by(scene.slack, "confirm_break_glass", ref + " C0INCIDENTS"));
        submit("lead", colleagues, "checkout");
        assertThat(scene.people.views("lead").toString()).contains("Only who asked");
        nothingDecided();
    }

    @Test
    void text_thatIsAlmostRight_decidesNothing() {
        ObjectNode view = opened("lead", "approve");
        for (String typed : List.of("checkout", name + "x", name.replace("/", "\\"), "…/" + name, name + " " + name)) {
            submit("lead", view, typed);
        }
        nothingDecided();
        assertThat(scene.people.views("lead")).hasSize(1);
    }

    @Test
    void replayedSubmission_decidesOnce() {
        ObjectNode view = opened("lead", "approve");
        submit("lead", view, " " + name.toUpperCase(java.util.Locale.ROOT) + " ");
        scene.people.redeliver();
        scene.awaitPhase(Phase.SUCCEEDED);
        scene.people.redeliver();
        assertThat(scene.rollbacks())
                .singleElement()
                .satisfies(r -> assertThat(r.getSpec().decisions()).hasSize(1));
        assertThat(scene.patchesOf("checkout")).isEqualTo(1);
    }
}
