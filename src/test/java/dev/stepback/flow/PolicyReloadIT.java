package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.ConfigLoader;
import dev.stepback.config.StepbackConfig;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The policy of a running bot follows the configuration file. */
class PolicyReloadIT {
    private static final String MEMBERS = "access: {rules: [{who: [members], may: [view]}]}\n";
    private static final String NOBODY = "access: {rules: []}\nnotifications: {operators: deploys}\n";
    private static final String MISTAKE = "access: {rules: [{who: [membres], may: [view]}]}\n";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    @Test
    void changedFile_decidesTheNextCommand_andOneWithMistakesDoesNot() throws Exception {
        Path file = Files.writeString(directory.resolve("stepback.yaml"), MEMBERS);
        try (Scene scene = Scene.withoutBot(Mode.SOCKET)) {
            scene.startBot(Map.of(ConfigLoader.VARIABLE, file.toString()));
            scene.deployed("checkout", 1, "shop.example/checkout:1.0", "shop.example/checkout:1.1-crash");
            awaitHistory(scene, true);

            Files.writeString(file, NOBODY);
            awaitHistory(scene, false);
            scene.awaitMessage("deploys", "lead", "The configuration file was read again; changed: access");

            Files.writeString(file, MISTAKE);
            scene.awaitMessage("deploys", "lead", "has mistakes: line 1, access.rules[0].who[0]. It is not used");
            awaitReady(scene, "[!]configuration: The configuration file has mistakes: line 1, access.rules[0].who[0].");
            awaitHistory(scene, false);
        }
    }

    @Test
    void rightTakenAwayAfterTheClick_isMissedOnTheCard() throws Exception {
        String two = "approvals: {default: {required: 2}}\n";
        Path file = Files.writeString(
                directory.resolve("stepback.yaml"),
                "access: {rules: [{who: [members, U0GUEST], may: [request, approve]}]}\n" + two);
        try (Scene scene = Scene.withoutBot(Mode.SOCKET)) {
            StepbackConfig read = ConfigLoader.load(file, Map.of()).valid().orElseThrow();
            scene.startBot(
                    Map.of(ConfigLoader.VARIABLE, file.toString()),
                    config -> config.with(c -> c.policy = read.policy()));
            scene.deployed("checkout", 1, "shop.example/checkout:1.0", "shop.example/checkout:1.1-crash");
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            scene.people.action("lead", INCIDENTS, ts(card), "approve");
            scene.awaitCard("1 of 2 approvals");

            Files.writeString(
                    file,
                    "access: {rules: [{who: [members], may: [request]}, {who: [U0GUEST], may: [approve]}]}\n" + two);
            scene.awaitCard("does not count");
            scene.people.action("guest", INCIDENTS, ts(card), "approve");
            await().atMost(PATIENCE)
                    .until(() -> scene.rollbacks().get(0).getSpec().decisions().size() == 2);
            scene.awaitCard("1 of 2 approvals");

            assertThat(scene.patchesOf("checkout")).isZero();
        }
    }

    /** Asks for the history until it is shown, or not any more. */
    private static void awaitHistory(Scene scene, boolean shown) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).until(() -> {
            int before = answers(scene).size();
            scene.people.command("responder", INCIDENTS, "/rollback checkout history");
            List<ObjectNode> now = await().atMost(PATIENCE).until(() -> answers(scene), a -> a.size() > before);
            return shown == now.get(now.size() - 1).toString().contains("shop.example/checkout:1.1-crash");
        });
    }

    private static List<ObjectNode> answers(Scene scene) {
        return scene.people.messages(INCIDENTS, "responder");
    }

    private static void awaitReady(Scene scene, String text) {
        await().atMost(PATIENCE).until(() -> {
            HttpResponse<String> ready = scene.ops("/readyz");
            return ready.statusCode() == 200 && ready.body().contains("\n" + text);
        });
    }
}
