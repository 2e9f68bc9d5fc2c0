package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.audit.CapturedRecord;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import dev.stepback.stage.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a rollback leaves behind, for those who ask later. */
class AuditIT {
    private static final String GOOD = "shop.example/checkout:1.0";
    private static final String BAD = "shop.example/checkout:1.1-crash";

    @Test
    void rollback_isOneLineAnEventAndToldByKubectl() throws Exception {
        try (Scene scene = Scene.start(Mode.SOCKET);
                CapturedRecord record = new CapturedRecord()) {
            scene.deployed("checkout", 1, GOOD, BAD);
            scene.people.duplicateDeliveries(true);

            scene.people.command(
                    "responder",
                    INCIDENTS,
                    "/rollback checkout because password=hunter2 {\"event\":\"approval\"} <!channel>");
            String card = ts(scene.awaitCard("AwaitingApproval"));
            scene.people.action("responder", INCIDENTS, card, "approve");
            await().atMost(Duration.ofSeconds(20)).until(() -> record.events().contains("denial"));
            scene.people.action("lead", INCIDENTS, card, "approve");
            assertThat(scene.rollbacks().get(0).getSpec().reason())
                    .startsWith("password=••••••")
                    .doesNotContain("hunter2");
            scene.awaitMessage(INCIDENTS, "responder", "looked like a secret and was masked");
            String name = scene.awaitPhase(Phase.SUCCEEDED).getMetadata().getName();
            scene.awaitCard("Succeeded");
            await().atMost(Duration.ofSeconds(20)).until(() -> record.events().contains("outcome"));

            assertThat(record.events()).containsExactly("request", "denial", "approval", "mutation", "outcome");
            assertThat(record.text()).noneMatch(line -> line.contains("hunter2"));
            JsonNode approval = record.only("approval");
            assertThat(approval.path("rollback").asText()).isEqualTo(name);
            assertThat(approval.path("target").path("namespace").asText()).isEqualTo(scene.namespace);
            assertThat(approval.path("planHash").asText()).hasSize(64);
            assertThat(record.only("outcome").path("verdict").asText()).isEqualTo("Succeeded");

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(describe(scene, "deployment/checkout"))
                            .contains("RollbackRequested", "RollbackApproved", "RollbackPatched", "RollbackSucceeded")
                            .doesNotContain("hunter2"));
            assertThat(describe(scene, "rollback/" + name))
                    .contains("RollbackRequested", "RollbackApproved", "RollbackPatched", "RollbackSucceeded");

            scene.people.command("lead", INCIDENTS, "/rollback audit checkout since 7d");
            scene.awaitMessage(
                    INCIDENTS,
                    "lead",
                    m -> m.toString().contains("newest first")
                            && m.toString().contains("asked by responder")
                            && m.toString().contains("approved by lead"));
            assertThat(scene.people.messages(INCIDENTS, "lead").toString()).doesNotContain("hunter2");
            assertThat(scene.people.violations()).isEmpty();
        }
    }

    /** Its events, as {@code kubectl describe} shows them. */
    private static String describe(Scene scene, String object) throws IOException, InterruptedException {
        Path kubeconfig = Stage.written(scene.cluster.kubeconfig());
        Process kubectl;
        try {
            kubectl = new ProcessBuilder(
                            "kubectl",
                            "--kubeconfig",
                            kubeconfig.toString(),
                            "--cache-dir",
                            System.getProperty("java.io.tmpdir") + "/stepback-kubectl-audit",
                            "-n",
                            scene.namespace,
                            "describe",
                            object)
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "no kubectl here");
            throw e;
        }
        String text = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(kubectl.waitFor()).as(text).isZero();
        int events = text.lastIndexOf("\nEvents:");
        assertThat(events).as(text).isNotNegative();
        return text.substring(events);
    }
}
