package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever goes wrong on the way, the rollback ends and the card tells the truth. */
class TroubleFlowIT {
    private static final String GOOD = "shop.example/checkout:1.0";
    private static final String BAD = "shop.example/checkout:1.1-crash";

    private Scene scene;
    private String card = "";

    @BeforeEach
    void awaitingApproval() throws Exception {
        scene = Scene.start(Mode.SOCKET);
        scene.deployed("checkout", 3, GOOD, BAD);
        scene.people.command("responder", INCIDENTS, "/rollback checkout");
        card = ts(scene.awaitCard("AwaitingApproval"));
    }

    @AfterEach
    void close() throws Exception {
        scene.close();
    }

    @Test
    void rateLimits_delayEditsButTheFinalCardIsRight() {
        scene.people.rateLimit("chat.update", 3, 1);
        scene.people.rateLimit("chat.postMessage", 2, 1);

        approve();

        endsWell();
    }

    @Test
    void droppedSockets_areOpenedAgain() {
        approve();
        scene.people.dropConnections();

        endsWell();
        await().atMost(Duration.ofSeconds(20)).until(() -> scene.people.connections() > 0);
        scene.people.command("responder", INCIDENTS, "/rollback help");
        scene.awaitMessage(INCIDENTS, "responder", m -> m.toString().contains("history") && !Scene.isCard(m));
    }

    @Test
    void apiServerErrors_areRetried() {
        scene.cluster.faults().fail(3, 500, "patch", "deployments.apps");
        scene.cluster.faults().fail(2, 503, "update", "rollbacks.stepback.dev");
        scene.cluster.faults().fail(2, 503, "list", "pods");

        approve();

        endsWell();
    }

    @Test
    void lostAnswerToThePatch_isNotSentAgain() {
        scene.cluster.faults().dropAnswers(1, "patch", "deployments.apps");

        approve();

        endsWell();
        assertThat(scene.patchesOf("checkout")).isEqualTo(1);
    }

    @Test
    void watchesThatExpire_areOpenedAgain() {
        scene.cluster.faults().expireHistory();
        scene.cluster.faults().closeWatches();

        approve();

        endsWell();
    }

    @Test
    void botThatStopsInTheMiddle_goesOnAfterTheRestart() throws Exception {
        approve();
        await().atMost(Duration.ofSeconds(20)).until(() -> scene.patchesOf("checkout") > 0);
        scene.stopBot();

        scene.startBot();

        endsWell();
        assertThat(scene.patchesOf("checkout")).isEqualTo(1);
        assertThat(scene.cards()).hasSize(1);
    }

    @Test
    void slackThatRefusesExtras_stopsNothing() {
        scene.people.revokeScope("channels:history");
        scene.people.archive("deploys", true);

        approve();

        endsWell();
    }

    private void approve() {
        scene.people.action("lead", INCIDENTS, card, "approve");
    }

    private void endsWell() {
        scene.awaitPhase(Phase.SUCCEEDED);
        ObjectNode done = scene.awaitCard("Succeeded");
        assertThat(done.toString()).doesNotContain("\"approve\"");
        scene.awaitRolledOut("checkout", GOOD);
        scene.awaitMessage(
                INCIDENTS, "guest", m -> !Scene.isCard(m) && m.path("mentions").size() == 2);
    }
}
