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
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.sandbox.slack.Control.Sent;
import dev.stepback.slack.Signed;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the policy asks of people, from the command to the record. */
class ApprovalFlowIT {
    private static final String GOOD = "shop.example/checkout:1.0";
    private static final String BAD = "shop.example/checkout:1.1-crash";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String EVERYBODY = """
        access:
          rules:
            - {who: [members, U0GUEST], may: [view, request, approve]}
        """;

    private static Scene scene(String policy) throws Exception {
        Scene scene = Scene.withoutBot(Mode.SOCKET);
        start(scene, policy);
        scene.deployed("checkout", 1, GOOD, BAD);
        return scene;
    }

    static void start(Scene scene, String policy) throws Exception {
        StepbackConfig read =
                ConfigLoader.load(policy, "policy", Map.of()).valid().orElseThrow();
        scene.startBot(
                Map.of(),
                config -> config.with(c -> {
                    c.policy = read.policy();
                    c.notifications = read.notifications();
                }));
    }

    static ObjectNode modal(Scene scene, String user, ObjectNode card, String action) {
        scene.people.action(user, INCIDENTS, ts(card), action);
        await().atMost(PATIENCE).until(() -> !scene.people.views(user).isEmpty());
        return scene.people.views(user).get(0);
    }

    static Sent submit(Scene scene, String user, ObjectNode view, Map<String, String> inputs) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        inputs.forEach((id, text) -> values.putObject(id)
                .putObject(id)
                .put("type", "plain_text_input")
                .put("value", text));
        return scene.people.submit(user, view.path("id").asText(), values);
    }

    /** What the modal asks to type. */
    static String wanted(ObjectNode view) {
        for (var block : view.path("blocks")) {
            if (block.path("block_id").asText().equals("typed")) {
                return block.path("label").path("text").asText().replaceFirst("Type ", "");
            }
        }
        throw new AssertionError(view.toString());
    }

    @Test
    void twoApprovals_eachTyped() throws Exception {
        try (Scene scene = scene(EVERYBODY + "approvals: {default: {required: 2, typeToConfirm: true}}")) {
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("*Approvals* 0 of 2");

            ObjectNode first = modal(scene, "lead", card, "approve");
            String name = wanted(first);
            assertThat(name).endsWith("/" + scene.namespace + "/checkout");
            assertThat(submit(scene, "lead", first, Map.of("typed", "checkout")).errors())
                    .containsOnlyKeys("typed");
            submit(scene, "lead", first, Map.of("typed", name));
            scene.awaitCard("*Approvals* 1 of 2: <@U0LEAD>");
            assertThat(scene.patchesOf("checkout")).isZero();

            submit(scene, "guest", modal(scene, "guest", card, "approve"), Map.of("typed", name));
            scene.awaitCard("Succeeded");
            assertThat(scene.awaitPhase(Phase.SUCCEEDED).getSpec().decisions())
                    .extracting(d -> d.by().id())
                    .containsExactly("U0LEAD", "U0GUEST");
            assertThat(scene.people.violations()).isEmpty();
        }
    }

    @Test
    void noApproval_countsDownAndCanBeStopped() throws Exception {
        try (Scene scene = scene(EVERYBODY + "approvals: {default: {required: 0}}")) {
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("*Starts in ");
            assertThat(card.toString()).contains("\"Stop\"").doesNotContain("\"Approve\"");

            scene.people.action("guest", INCIDENTS, ts(card), "cancel");
            scene.awaitCard("*Cancelled* by <@U0GUEST>");
            assertThat(scene.patchesOf("checkout")).isZero();
        }
    }

    @Test
    void brokenGlass_runsAtOnceAndIsAnnounced() throws Exception {
        String policy =
                EVERYBODY + "    - {who: [U0RESPONDER], may: [breakGlass]}\n" + "notifications: {operators: deploys}\n";
        try (Scene scene = scene(policy)) {
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("Break glass…");

            ObjectNode view = modal(scene, "responder", card, "break_glass");
            assertThat(wanted(view)).isEqualTo("checkout");
            submit(scene, "responder", view, Map.of("typed", "checkout", "reason", "nobody awake"));
            scene.awaitCard("Succeeded");
            scene.awaitCard("without an approval");
            scene.awaitMessage("deploys", "lead", m -> m.toString().contains("<!here> 🚨 <@U0RESPONDER>"));

            Rollback done = scene.awaitPhase(Phase.SUCCEEDED);
            assertThat(done.getSpec().decisions()).singleElement().satisfies(d -> {
                assertThat(d.verdict()).isEqualTo(Verdict.BrokeGlass);
                assertThat(d.reason()).isEqualTo("nobody awake");
            });
            assertThat(scene.people.violations()).isEmpty();
        }
    }

    @Test
    void glass_isNotForThoseWhomNoRuleNames() throws Exception {
        try (Scene scene = scene(EVERYBODY)) {
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            assertThat(card.toString()).doesNotContain("Break glass");

            Rollback rollback = scene.rollbacks().get(0);
            var plan = Objects.requireNonNull(rollback.statusOrInitial().plan());
            String ref = scene.namespace + "/" + rollback.getMetadata().getName() + "#" + plan.hash();
            scene.people.action(
                    "responder",
                    INCIDENTS,
                    ts(card),
                    "break_glass",
                    null,
                    Signed.by(scene.slack, "break_glass", ref),
                    true);
            scene.awaitMessage(INCIDENTS, "responder", "You may not roll back");
            assertThat(scene.people.views("responder")).isEmpty();
            assertThat(scene.rollbacks().get(0).getSpec().decisions()).isEmpty();
        }
    }

    @Test
    void lock_refusesNewOnesAndStopsWaitingOnesAcrossARestart() throws Exception {
        String policy =
                EVERYBODY + "    - {who: [U0LEAD], may: [configure]}\n" + "notifications: {operators: deploys}\n";
        try (Scene scene = scene(policy)) {
            scene.deployed("cart", 1, "shop.example/cart:1.0", "shop.example/cart:1.1");
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");

            scene.people.command("responder", INCIDENTS, "/rollback lock because I want to");
            scene.awaitMessage(INCIDENTS, "responder", "You may not lock");
            scene.people.command(
                    "lead", INCIDENTS, "/rollback lock " + scene.namespace + " because the database moves");
            scene.awaitMessage("deploys", "guest", "has *locked rollbacks*");
            scene.stopBot();
            start(scene, policy);

            scene.people.action("guest", INCIDENTS, ts(card), "approve");
            scene.awaitMessage(
                    INCIDENTS, "guest", m -> m.toString().contains("lead has locked rollbacks") && !Scene.isCard(m));
            scene.people.command("responder", INCIDENTS, "/rollback cart");
            scene.awaitMessage(INCIDENTS, "responder", m -> m.toString().contains("the database moves. Nothing may"));
            scene.people.command("lead", INCIDENTS, "/rollback unlock " + scene.namespace);
            scene.awaitMessage("deploys", "guest", "has *unlocked rollbacks*");

            scene.people.action("guest", INCIDENTS, ts(card), "approve");
            scene.awaitCard("Succeeded");
            assertThat(scene.rollbacks()).hasSize(1);
        }
    }

    @Test
    void boundChannel_reachesWhatItIsBoundTo() throws Exception {
        String policy = EVERYBODY + "  channels: [{channel: C0DEPLOYS, namespaces: [elsewhere]}]\n";
        try (Scene scene = scene(policy)) {
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            scene.people.command("lead", "deploys", "/rollback " + scene.namespace + "/checkout");
            scene.awaitMessage("deploys", "lead", "This channel is for elsewhere only");

            scene.people.command("lead", "deploys", "/rollback list");
            ObjectNode list = scene.awaitMessage("deploys", "lead", "No rollbacks yet");
            Rollback rollback = scene.rollbacks().get(0);
            var plan = Objects.requireNonNull(rollback.statusOrInitial().plan());
            String ref = scene.namespace + "/" + rollback.getMetadata().getName() + "#" + plan.hash();
            for (String action : new String[] {"approve", "full_diff", "cancel", "reject", "undo"}) {
                scene.people.action(
                        "lead", "deploys", ts(list), action, null, Signed.by(scene.slack, action, ref), true);
            }
            await().atMost(PATIENCE)
                    .until(() -> scene.people.messages("deploys", "lead").stream()
                                    .filter(m -> m.toString().contains("cannot be reached from here"))
                                    .count()
                            == 6);

            assertThat(scene.rollbacks()).singleElement().satisfies(r -> {
                assertThat(r.getSpec().decisions()).isEmpty();
                assertThat(r.getSpec().cancellation()).isNull();
            });
            scene.people.action("lead", INCIDENTS, ts(card), "approve");
            scene.awaitCard("Succeeded");
            assertThat(scene.rollbacks().get(0).getSpec().decisions())
                    .extracting(Decision::channel)
                    .containsExactly("C0INCIDENTS");
        }
    }
}
