package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import dev.stepback.stage.BotProcess;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole bot gets SIGKILL, which leaves its Lease held, its socket dead and its card half drawn. */
class KilledBotIT {
    /** An abandoned Lease ends within this time, and the rollout goes on meanwhile. */
    private static final Duration TAKEN_OVER = Duration.ofSeconds(60);

    private Scene scene;

    @BeforeEach
    void shop() throws Exception {
        scene = Scene.withoutBot(Mode.SOCKET);
        scene.deployed("checkout", 3, "shop.example/checkout:1.0", "shop.example/checkout:1.1-crash");
    }

    @AfterEach
    void close() throws Exception {
        scene.close();
    }

    @Test
    void killedInTheMiddleOfARollout_theOtherReplicaEndsIt() throws Exception {
        String target = scene.namespace + "/checkout";
        try (BotProcess leader = scene.botProcess()) {
            leader.awaitReady();
            leader.awaitLogged("reconciling rollbacks");
            try (BotProcess other = scene.botProcess()) {
                other.awaitReady();
                scene.people.command("lead", INCIDENTS, "/rollback " + target + " history");
                scene.awaitMessage(INCIDENTS, "lead", "History of");
                scene.people.command("responder", INCIDENTS, "/rollback " + target);
                String card = ts(scene.awaitCard("AwaitingApproval"));
                scene.people.action("lead", INCIDENTS, card, "approve");
                await().atMost(TAKEN_OVER).until(() -> scene.patchesOf("checkout") > 0);

                leader.process().destroyForcibly().waitFor();

                other.awaitLogged("reconciling rollbacks");
                scene.awaitPhase(Phase.SUCCEEDED);
                assertThat(ts(scene.awaitCard("Succeeded"))).isEqualTo(card);
                assertThat(scene.patchesOf("checkout")).isEqualTo(1);
                scene.awaitMessage(INCIDENTS, "lead", "from revision 2 to revision 1");
                assertThat(scene.cards()).hasSize(1);
            }
        }
    }
}
