package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackStatus;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A choice on the card: what {@code kubectl apply} remembers is rolled back with the template. */
class LastAppliedFlowIT {
    private static final String FIRST = "shop.example/checkout:1.0";
    private static final String SECOND = "shop.example/checkout:1.1";
    static final String APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start(Mode.SOCKET);
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(scene.people.violations()).isEmpty();
        scene.close();
    }

    @Test
    void choiceOnTheCard_isAnotherPlan_andDoneWithTheUndo() {
        scene.deployed("checkout", 1, FIRST, SECOND);
        scene.awaitRolledOut("checkout", SECOND);
        remembered(scene, "checkout", SECOND);

        scene.people.command("responder", INCIDENTS, "/rollback checkout");
        ObjectNode card = scene.awaitCard("Update last-applied");
        String hash = hash(scene.awaitPhase(Phase.AWAITING_APPROVAL));
        scene.people.action("responder", INCIDENTS, ts(card), "last_applied_too");
        scene.awaitCard("rolls back what `kubectl apply` remembers, chosen by");
        scene.awaitCard("Leave last-applied");
        String again = await().atMost(Duration.ofSeconds(30))
                .until(() -> hash(scene.awaitPhase(Phase.AWAITING_APPROVAL)), h -> !h.equals(hash));

        scene.people.action("lead", INCIDENTS, ts(scene.awaitCard(again.substring(0, 12))), "approve");

        scene.awaitCard("Succeeded");
        assertThat(scene.image("checkout")).isEqualTo(FIRST);
        assertThat(scene.deployment("checkout").getMetadata().getAnnotations().get(APPLIED))
                .contains(FIRST)
                .doesNotContain(SECOND);
        assertThat(scene.patchesOf("checkout")).isEqualTo(1);
    }

    private static String hash(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        return Objects.requireNonNull(status.plan()).hash();
    }

    /** As if this image had been applied. */
    static void remembered(Scene scene, String name, String image) {
        String manifest = "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{"
                + "\"containers\":[{\"name\":\"" + name + "\",\"image\":\"" + image + "\"}]}}}}";
        String quoted = manifest.replace("\"", "\\\"");
        scene.client
                .apps()
                .deployments()
                .inNamespace(scene.namespace)
                .withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"" + APPLIED + "\":\"" + quoted + "\"}}}");
        scene.cluster.clearRequests();
    }
}
