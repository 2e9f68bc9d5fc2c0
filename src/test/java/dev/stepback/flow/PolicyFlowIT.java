package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.Checked;
import dev.stepback.config.ConfigLoader;
import dev.stepback.config.StepbackConfig;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From what the configuration says to what is changed in the cluster. */
class PolicyFlowIT {
    private static final String GOOD = "shop.example/checkout:1.0";
    private static final String BAD = "shop.example/checkout:1.1-crash";
    private static final String RULES = """
        access:
          rules:
            - {who: [members], may: [request]}
            - {who: [U0LEAD, U0GUEST], may: [approve]}
            - {who: [U0RESPONDER], may: [breakGlass]}
            - {who: [U0LEAD], may: [configure]}
        """;

    @TempDir
    private Path directory;

    @Test
    void twoApprovals_areTypedByTwoPeople() throws Exception {
        try (Scene scene = scene("approvals: {default: {required: 2, typeToConfirm: true, requireReason: true}}")) {
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            scene.awaitMessage(INCIDENTS, "responder", "because …");
            assertThat(scene.rollbacks()).isEmpty();
            scene.people.command("responder", INCIDENTS, "/rollback checkout because customers cannot pay");
            ObjectNode card = scene.awaitCard("AwaitingApproval");

            approve(scene, "lead", card);
            Rollback one = scene.awaitPhase(Phase.AWAITING_APPROVAL);
            assertThat(one.getSpec().decisions()).hasSize(1);
            assertThat(scene.patchesOf("checkout")).isZero();
            approve(scene, "guest", card);

            scene.awaitCard("Succeeded");
            scene.awaitRolledOut("checkout", GOOD);
            assertThat(scene.rollbacks().get(0).getSpec().decisions())
                    .extracting(d -> d.by().id())
                    .containsExactly("U0LEAD", "U0GUEST");
            assertThat(scene.patchesOf("checkout")).isEqualTo(1);
            assertThat(changeCause(scene)).contains("approved by").contains(" and ");
        }
    }

    @Test
    void noApproval_startsAfterACountdownThatCanBeStopped() throws Exception {
        try (Scene scene = scene("approvals: {default: {required: 0}}")) {
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            scene.people.action("lead", INCIDENTS, ts(scene.awaitCard("Stop")), "cancel");
            scene.awaitPhase(Phase.CANCELLED);
            assertThat(scene.patchesOf("checkout")).isZero();

            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            scene.awaitCard("Succeeded");
            Rollback ran = scene.rollbacks().stream()
                    .filter(r -> r.statusOrInitial().phase() == Phase.SUCCEEDED)
                    .findFirst()
                    .orElseThrow();
            assertThat(ran.getSpec().decisions()).isEmpty();
            assertThat(Duration.between(
                            ran.statusOrInitial().plannedAt(),
                            ran.statusOrInitial().patchedAt()))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(10));
        }
    }

    @Test
    void brokenGlass_isTypedGivenAReasonAndTold() throws Exception {
        try (Scene scene = scene("approvals: {default: {required: 2}}")) {
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            scene.people.action("lead", INCIDENTS, ts(card), "break_glass");
            scene.awaitMessage(INCIDENTS, "lead", "Only who asked");

            scene.people.action("responder", INCIDENTS, ts(card), "break_glass");
            submit(scene, "responder", Map.of("typed", "checkout", "reason", "nobody answers"));

            scene.awaitCard("Succeeded");
            assertThat(scene.rollbacks().get(0).getSpec().decisions())
                    .singleElement()
                    .satisfies(d -> assertThat(d.verdict()).isEqualTo(Verdict.BrokeGlass));
            assertThat(changeCause(scene))
                    .contains("without approval (break glass)")
                    .contains("nobody answers");
        }
    }

    @Test
    void lock_outlastsTheBot() throws Exception {
        try (Scene scene = scene("")) {
            scene.people.command("responder", INCIDENTS, "/rollback lock production because I can");
            scene.awaitMessage(INCIDENTS, "responder", "You may not lock");
            scene.people.command("lead", INCIDENTS, "/rollback lock production because migrations run");
            scene.awaitMessage(INCIDENTS, "guest", "locked rollbacks");

            scene.stopBot();
            start(scene, "");
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            scene.awaitMessage(INCIDENTS, "responder", "migrations run");
            assertThat(scene.rollbacks()).isEmpty();

            scene.people.command("lead", INCIDENTS, "/rollback unlock production");
            scene.awaitMessage(INCIDENTS, "guest", "unlocked rollbacks");
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            scene.awaitCard("AwaitingApproval");
        }
    }

    @Test
    void approverWhoLosesTheRight_isMissedOnTheCard() throws Exception {
        try (Scene scene = scene("approvals: {default: {required: 2}}")) {
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            scene.people.action("lead", INCIDENTS, ts(card), "approve");
            scene.awaitCard("1 of 2 approvals");

            write("access: {rules: [{who: [members], may: [request]}, {who: [U0GUEST], may: [approve]}]}\n");
            scene.awaitCard("does not count");
            assertThat(scene.patchesOf("checkout")).isZero();
            scene.people.action("guest", INCIDENTS, ts(card), "approve");

            scene.awaitCard("Succeeded");
            assertThat(changeCause(scene)).contains("approved by").doesNotContain(" and ");
        }
    }

    /** Everything is up, with a bad release to roll back. */
    private Scene scene(String more) throws Exception {
        Scene scene = Scene.withoutBot(Mode.SOCKET);
        start(scene, more);
        scene.deployed("checkout", 1, GOOD, BAD);
        return scene;
    }

    private void start(Scene scene, String more) throws Exception {
        Path file = write(RULES + more + "\n");
        var read = (Checked.Valid<StepbackConfig>) ConfigLoader.load(file, Map.of());
        scene.startBot(
                Map.of(ConfigLoader.VARIABLE, file.toString()),
                config -> config.with(read.value().policy()));
    }

    private Path write(String yaml) throws Exception {
        return Files.writeString(directory.resolve("stepback.yaml"), yaml);
    }

    private static void approve(Scene scene, String user, ObjectNode card) {
        scene.people.action(user, INCIDENTS, ts(card), "approve");
        List<ObjectNode> views =
                await().atMost(Duration.ofSeconds(30)).until(() -> scene.people.views(user), v -> !v.isEmpty());
        String label = views.get(0).toString();
        String expected = label.substring(label.indexOf("Type ") + 5).split("\"", 2)[0];
        assertThat(expected).endsWith("/production/checkout");
        submit(scene, user, Map.of("typed", expected));
    }

    private static void submit(Scene scene, String user, Map<String, String> values) {
        List<ObjectNode> views =
                await().atMost(Duration.ofSeconds(30)).until(() -> scene.people.views(user), v -> !v.isEmpty());
        ObjectNode filled = JsonNodeFactory.instance.objectNode();
        values.forEach((id, value) -> filled.putObject(id).put(id, value));
        var sent = scene.people.submit(user, views.get(0).path("id").asText(), filled);
        assertThat(sent.errors()).isEmpty();
    }

    private static String changeCause(Scene scene) {
        return scene.deployment("checkout")
                .getMetadata()
                .getAnnotations()
                .getOrDefault("kubernetes.io/change-cause", "");
    }
}
