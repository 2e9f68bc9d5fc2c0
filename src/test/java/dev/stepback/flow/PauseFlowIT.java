package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pausing, resuming, restarting, and stopping in the middle, from Slack. */
class PauseFlowIT {
    private static final String FIRST = "shop.example/checkout:1.0";
    private static final String SECOND = "shop.example/checkout:1.1";
    private static final String BAD = "shop.example/checkout:1.2-crash";

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
    void refusalWhilePaused_offersToResume() {
        scene.deployed("checkout", 2, FIRST, SECOND);
        scene.awaitRolledOut("checkout", SECOND);
        pause();

        scene.people.command("responder", INCIDENTS, "/rollback checkout");
        ObjectNode refusal = scene.awaitMessage(INCIDENTS, "responder", "resume it first");
        scene.people.action("responder", INCIDENTS, ts(refusal), "run:0");
        ObjectNode card = scene.awaitCard("Resume of checkout");
        scene.awaitCard("AwaitingApproval");
        scene.people.action("lead", INCIDENTS, ts(card), "approve");

        scene.awaitCard("Succeeded");
        assertThat(scene.deployment("checkout").getSpec().getPaused()).isNull();
        assertThat(scene.image("checkout")).isEqualTo(SECOND);
    }

    @Test
    void pauseAndResume_byTheirCards() {
        scene.deployed("checkout", 1, FIRST, SECOND);
        scene.awaitRolledOut("checkout", SECOND);

        scene.people.command("responder", INCIDENTS, "/rollback pause checkout because the database moves");
        scene.people.action("lead", INCIDENTS, ts(scene.awaitCard("AwaitingApproval")), "approve");
        ObjectNode paused = scene.awaitCard("Succeeded");
        assertThat(scene.deployment("checkout").getSpec().getPaused()).isTrue();

        scene.people.action("responder", INCIDENTS, ts(paused), "run");
        scene.people.action("lead", INCIDENTS, ts(scene.awaitCard("AwaitingApproval")), "approve");
        scene.awaitMessage(
                INCIDENTS,
                "lead",
                m -> m.toString().contains("Resume of checkout") && m.toString().contains("Succeeded"));
        assertThat(scene.deployment("checkout").getSpec().getPaused()).isNull();
    }

    @Test
    void restart_isNoRevisionToGoBackTo() {
        scene.deployed("checkout", 1, FIRST, SECOND);
        scene.awaitRolledOut("checkout", SECOND);

        scene.people.command("responder", INCIDENTS, "/rollback restart checkout");
        scene.people.action("lead", INCIDENTS, ts(scene.awaitCard("AwaitingApproval")), "approve");
        scene.awaitCard("Succeeded");
        assertThat(scene.deployment("checkout").getMetadata().getAnnotations())
                .containsEntry("deployment.kubernetes.io/revision", "3");

        scene.people.command("responder", INCIDENTS, "/rollback checkout");
        assertThat(scene.awaitCard("AwaitingApproval").toString()).contains("*To revision 1*");
    }

    @Test
    void stopHere_pausesAtOnce_andGoesOn_orForwardInOneWrite() {
        ObjectNode running = underWay();

        scene.people.action("guest", INCIDENTS, ts(running), "stop_here");
        scene.people.action("lead", INCIDENTS, ts(running), "stop_here");
        ObjectNode stopped = scene.awaitCard("paused where it is");

        assertThat(stopped.toString())
                .contains("*Cancelled* by <@U0LEAD>", "*Go forward again* asks to return to revision 3");
        assertThat(scene.deployment("checkout").getSpec().getPaused()).isTrue();
        scene.people.action("responder", INCIDENTS, ts(stopped), "run");
        ObjectNode resume = scene.awaitCard("Resume of checkout");
        scene.awaitCard("AwaitingApproval");
        scene.people.action("responder", INCIDENTS, ts(resume), "cancel");
        scene.awaitCard("Nothing was changed");

        long patches = scene.patchesOf("checkout");
        scene.people.action("responder", INCIDENTS, ts(stopped), "go_forward");
        ObjectNode forward = scene.awaitCard("AwaitingApproval");
        assertThat(forward.toString()).contains("To revision 3", "This one also ends that pause");
        scene.people.action("lead", INCIDENTS, ts(forward), "approve");
        scene.awaitCard("Succeeded");
        assertThat(scene.image("checkout")).isEqualTo("shop.example/checkout:1.3");
        assertThat(scene.deployment("checkout").getSpec().getPaused()).isNull();
        assertThat(scene.patchesOf("checkout")).isEqualTo(patches + 1);
    }

    @Test
    void goForward_endsTheRollbackAndAsksForTheWayBack() {
        ObjectNode running = underWay();

        scene.people.action("responder", INCIDENTS, ts(running), "go_forward");
        ObjectNode forward = scene.awaitCard("AwaitingApproval");
        scene.awaitCard("followed no longer");
        assertThat(forward.toString()).contains("From revision 4").contains("To revision 3");
        scene.people.action("lead", INCIDENTS, ts(forward), "approve");

        scene.awaitCard("Succeeded");
        assertThat(scene.image("checkout")).isEqualTo("shop.example/checkout:1.3");
    }

    /** The card of a rollback whose rollout does not end. */
    private ObjectNode underWay() {
        scene.deployed("checkout", 2, FIRST, BAD);
        scene.release("checkout", 2, "shop.example/checkout:1.3");
        scene.awaitRolledOut("checkout", "shop.example/checkout:1.3");
        scene.people.command("responder", INCIDENTS, "/rollback checkout to 2");
        scene.people.action("lead", INCIDENTS, ts(scene.awaitCard("AwaitingApproval")), "approve");
        return scene.awaitCard("Stop here");
    }

    private void pause() {
        scene.client
                .apps()
                .deployments()
                .inNamespace(scene.namespace)
                .withName("checkout")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"paused\":true}}");
    }
}
