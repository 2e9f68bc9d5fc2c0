package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.target.workload.Borrowed;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fast rollback from Slack, with the permissions of the manifests. */
class FastFlowIT {
    private static final String FIRST = "shop.example/checkout:1.0";
    private static final String SECOND = "shop.example/checkout:1.1";
    private static final String BAD = "shop.example/checkout:1.1-crash";

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

    private String surge() {
        return String.valueOf(scene.deployment("checkout")
                .getSpec()
                .getStrategy()
                .getRollingUpdate()
                .getMaxSurge()
                .getValue());
    }

    @Test
    void fast_saysWhatItRaises_andThatItWasPutBack() {
        scene.deployed("checkout", 2, FIRST, SECOND);
        scene.awaitRolledOut("checkout", SECOND);

        scene.people.command("responder", INCIDENTS, "/rollback fast checkout because it burns");
        ObjectNode card = scene.awaitCard("AwaitingApproval");
        assertThat(card.toString())
                .contains("all new pods at once (maxSurge 25% → 100%, put back afterwards)")
                .contains("Put maxSurge back to 25%")
                .doesNotContain("could not be looked at");
        scene.people.action("lead", INCIDENTS, ts(card), "approve");

        assertThat(scene.awaitCard("Succeeded").toString()).contains("maxSurge is 25%, as it was before.");
        assertThat(surge()).isEqualTo("25%");
        assertThat(scene.image("checkout")).isEqualTo(FIRST);
        assertThat(scene.deployment("checkout").getMetadata().getAnnotations()).doesNotContainKey(Borrowed.NOTE);
    }

    @Test
    void stoppedHere_itIsPutBack_andAWishThatAKindCannotFulfilIsRefused() {
        scene.deployed("checkout", 2, FIRST, BAD);
        scene.release("checkout", 2, "shop.example/checkout:1.3");
        scene.awaitRolledOut("checkout", "shop.example/checkout:1.3");
        scene.people.command("responder", INCIDENTS, "/rollback checkout to 2 --fast");
        scene.people.action("lead", INCIDENTS, ts(scene.awaitCard("AwaitingApproval")), "approve");
        ObjectNode running = scene.awaitCard("Stop here");
        assertThat(surge()).isEqualTo("100%");

        scene.people.action("lead", INCIDENTS, ts(running), "stop_here");

        assertThat(scene.awaitCard("paused where it is").toString()).contains("maxSurge is 25%, as it was before.");
        assertThat(surge()).isEqualTo("25%");
        assertThat(scene.deployment("checkout").getSpec().getPaused()).isTrue();

        scene.people.command("responder", INCIDENTS, "/rollback checkout by partition");
        scene.awaitMessage(INCIDENTS, "responder", "Only a StatefulSet goes");
    }
}
