package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.ConfigLoader;
import dev.stepback.config.StepbackConfig;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who people are, as Slack says, decides what they may, from the delivery to the change. */
class PeopleFlowIT {
    private static final String GOOD = "shop.example/checkout:1.0";
    private static final String BAD = "shop.example/checkout:1.1-crash";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String POLICY = """
        access:
          rules:
            - {who: [members, U0GUEST, U0CONTRACTOR, U0PARTNER, U0FORMER, U0PIPELINE], may: [view]}
            - {who: ["@oncall", "@leads"], may: [request, approve]}
            - {who: ["@nobody"], may: [approve]}
        """;

    private static Scene scene(Mode mode, String policy) throws Exception {
        Scene scene = Scene.withoutBot(mode);
        start(scene, policy);
        scene.deployed("checkout", 1, GOOD, BAD);
        return scene;
    }

    private static void start(Scene scene, String policy) throws Exception {
        StepbackConfig read =
                ConfigLoader.load(policy, "policy", Map.of()).valid().orElseThrow();
        scene.startBot(
                Map.of(),
                config -> config.with(c -> {
                    c.policy = read.policy();
                    c.limits = read.limits();
                }));
    }

    private static void approve(Scene scene, String user, String channel, ObjectNode card) {
        scene.people.action(user, channel, ts(card), "approve", null, null, true);
    }

    private static void refused(Scene scene, String user, ObjectNode card, String why) {
        approve(scene, user, INCIDENTS, card);
        scene.awaitMessage(INCIDENTS, user, why);
    }

    @Test
    void guestsBotsFormerColleaguesAndOthers_mayNotApprove() throws Exception {
        try (Scene scene = scene(Mode.SOCKET, POLICY)) {
            scene.people.people().join("@leads", "guest");
            scene.people.people().join("@leads", "contractor");
            scene.people.people().join("@leads", "pipeline");
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");

            refused(scene, "guest", card, "A guest may only do what a rule allows by id");
            refused(scene, "contractor", card, "A guest may only do what a rule allows by id");
            refused(scene, "pipeline", card, "A bot may only do what a rule allows by id");
            refused(scene, "former", card, "A deactivated Slack account may do nothing here");
            refused(scene, "developer", card, "Slack could not tell me who is in @nobody");
            assertThat(scene.rollbacks().get(0).getSpec().decisions()).isEmpty();
            assertThat(scene.patchesOf("checkout")).isZero();

            approve(scene, "lead", INCIDENTS, card);
            scene.awaitCard("Succeeded");
        }
    }

    @Test
    void personOfAnotherWorkspace_mayNotApproveInASharedChannel() throws Exception {
        try (Scene scene = scene(Mode.HTTP, POLICY)) {
            scene.people.people().join("@leads", "partner");
            scene.people.command("responder", "partners", "/rollback checkout");
            ObjectNode card = scene.awaitMessage("partners", "partner", "AwaitingApproval");

            approve(scene, "partner", "partners", card);
            scene.awaitMessage(
                    "partners", "partner", "Somebody of another workspace may only do what a rule allows by id");
            scene.people.command("partner", "partners", "@Stepback rollback checkout");
            scene.awaitMessage("partners", "partner", "You may not ask for a rollback");
            assertThat(scene.rollbacks()).hasSize(1);

            approve(scene, "lead", "partners", card);
            scene.awaitPhase(Phase.SUCCEEDED);
            assertThat(scene.awaitPhase(Phase.SUCCEEDED).getSpec().decisions())
                    .singleElement()
                    .satisfies(decision -> assertThat(decision.by().team()).isEqualTo("T0STEPBACK"));
        }
    }

    @Test
    void approverWhoLeavesTheGroup_doesNotCountAnyMore() throws Exception {
        String two = POLICY + "approvals: {default: {required: 2, requesterMayApprove: true}}";
        try (Scene scene = scene(Mode.SOCKET, two)) {
            scene.people.people().join("@oncall", "developer");
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            approve(scene, "developer", INCIDENTS, card);
            scene.awaitCard("1 of 2");

            scene.people.people().leave("@oncall", "developer");
            scene.stopBot(); // and what it remembered of Slack is gone
            start(scene, two);
            approve(scene, "lead", INCIDENTS, card);
            await().atMost(PATIENCE)
                    .until(() -> scene.rollbacks().get(0).getSpec().decisions().size() == 2);
            scene.awaitCard("the approval of developer");
            assertThat(scene.patchesOf("checkout")).isZero();

            approve(scene, "responder", INCIDENTS, card);
            scene.awaitCard("Succeeded");
        }
    }

    @Test
    void whomSlackCannotTell_mayNothingUntilItCan() throws Exception {
        try (Scene scene = scene(Mode.SOCKET, POLICY)) {
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            scene.people.fail("users.info", "internal_error", 1000);
            refused(scene, "lead", card, "Slack could not tell me who you are");
            assertThat(scene.ops("/readyz").body()).contains("[!]directory: people cannot be looked up");
            assertThat(scene.patchesOf("checkout")).isZero();

            scene.people.clearFaults();
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> {
                approve(scene, "lead", INCIDENTS, card);
                return !scene.rollbacks().get(0).getSpec().decisions().isEmpty();
            });
            scene.awaitCard("Succeeded");
        }
    }

    @Test
    void floodedChannel_keepsNobodyFromApproving() throws Exception {
        try (Scene scene = scene(Mode.SOCKET, POLICY + "limits: {perUser: 5/1h, perChannel: 7/1h}")) {
            scene.people.duplicateDeliveries(true);
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            for (int i = 0; i < 8; i++) {
                scene.people.command("guest", INCIDENTS, "/rollback help");
            }
            scene.awaitMessage(INCIDENTS, "guest", "5 an hour from one person");
            assertThat(answers(scene, "guest", "How to roll back")).hasSize(5);

            scene.people.command("developer", INCIDENTS, "/rollback help");
            scene.people.command("developer", INCIDENTS, "/rollback help");
            scene.awaitMessage(INCIDENTS, "developer", "7 an hour from one channel");
            assertThat(answers(scene, "developer", "How to roll back")).hasSize(1);
            assertThat(answers(scene, "guest", "one too many")).hasSize(1);

            scene.people.action("lead", INCIDENTS, ts(card), "approve");
            scene.awaitCard("Succeeded");
        }
    }

    private static List<ObjectNode> answers(Scene scene, String user, String text) {
        return scene.people.messages(INCIDENTS, user).stream()
                .filter(m -> m.path("is_ephemeral").asBoolean() && m.toString().contains(text))
                .toList();
    }
}
