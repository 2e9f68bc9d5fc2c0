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
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A data check from Slack, with the permissions of the manifests. */
class DataCheckFlowIT {
    private static final String CONFIGURATION = """
        access:
          rules:
            - {who: [members], may: [request, approve]}
            - {who: [U0RESPONDER], may: [breakGlass]}
        checks:
          - name: orders
            names: [checkout]
            jobTemplate:
              spec:
                template:
                  metadata:
                    annotations:
                      sandbox.stepback.dev/log: "revision $(STEPBACK_TO_REVISION) cannot read the orders, token=hunter2"
                  spec:
                    containers:
                      - {name: check, image: "shop.example/check:1-crash"}
        """;

    @Test
    void failedCheck_isShown_andOnlyBrokenGlassGetsPastIt() throws Exception {
        try (Scene scene = Scene.withoutBot(Mode.SOCKET)) {
            StepbackConfig read =
                    ConfigLoader.load(CONFIGURATION, "checks", Map.of()).valid().orElseThrow();
            scene.startBot(
                    Map.of(),
                    config -> config.with(c -> {
                        c.policy = read.policy();
                        c.checks = read.checks();
                    }));
            scene.deployed("checkout", 2, "shop.example/checkout:1", "shop.example/checkout:2");

            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            assertThat(card.toString()).contains("*First*: Run the data check orders");
            scene.people.action("lead", INCIDENTS, ts(card), "approve");

            ObjectNode failed = scene.awaitCard("The data check orders failed: exit code 1.");
            assertThat(failed.toString())
                    .contains("Nothing was changed", "Only breaking the glass gets past it")
                    .doesNotContain("hunter2");
            assertThat(scene.patchesOf("checkout")).isZero();

            // The button is there for all who see the card.
            scene.people.action("developer", INCIDENTS, ts(failed), "override");
            scene.awaitMessage(
                    INCIDENTS,
                    "developer",
                    "You may not roll back " + scene.namespace + "/deployment/checkout without");
            assertThat(scene.rollbacks()).hasSize(1);

            scene.people.action("responder", INCIDENTS, ts(failed), "override");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !scene.people.views("responder").isEmpty());
            ObjectNode view = scene.people.views("responder").get(0);
            assertThat(view.toString()).contains("Data checks run first all the same, but do not stop it");
            scene.people.submit("responder", view.path("id").asText(), typed("checkout", "the orders are lost anyway"));

            scene.awaitCard("*Overridden.*");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> scene.rollbacks().stream()
                            .anyMatch(r -> r.statusOrInitial().phase() == Phase.SUCCEEDED));
            assertThat(scene.image("checkout")).isEqualTo("shop.example/checkout:1");
            assertThat(scene.rollbacks())
                    .anySatisfy(r -> assertThat(r.getSpec().follows()).isNotNull());
            scene.awaitMessage(INCIDENTS, "lead", "Rollback of");
            assertThat(scene.people.violations()).isEmpty();
        }
    }

    private static ObjectNode typed(String name, String reason) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        Map.of("typed", name, "reason", reason)
                .forEach((id, text) -> values.putObject(id)
                        .putObject(id)
                        .put("type", "plain_text_input")
                        .put("value", text));
        return values;
    }
}
