package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Rollback;
import dev.stepback.stage.Edits;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Several targets by one command, from Slack to the pods and back. */
class GroupFlowIT {
    private static final List<String> ALL = List.of("cart", "checkout", "payments");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void severalTargets_oneCardOneApprovalAndUndoOfTheWhole() throws Exception {
        try (Scene scene = Scene.start(Mode.SOCKET)) {
            ALL.forEach(name -> scene.deployed(name, 1, image(name, "1"), image(name, "2")));

            scene.people.command("responder", INCIDENTS, "/rollback cart checkout payments because all of it crashes");
            ObjectNode card = awaitCard(scene, "AwaitingApproval");
            assertThat(card.toString())
                    .contains("cart", "checkout", "payments", "because all of it crashes", "Approve all");
            scene.people.action("responder", INCIDENTS, ts(card), "approve");
            scene.awaitMessage(INCIDENTS, "responder", m -> m.toString().contains("somebody else has to approve"));
            // The link is known once every one of them has been told where the card is.
            await().atMost(PATIENCE)
                    .until(() -> scene.rollbacks().stream()
                            .allMatch(r -> r.statusOrInitial().card().ts() != null));
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            scene.awaitMessage(
                    INCIDENTS,
                    "responder",
                    m -> m.toString().contains("is open already")
                            && m.toString().contains("The card"));
            scene.people.command("responder", INCIDENTS, "/rollback checkout cancel");
            scene.awaitMessage(
                    INCIDENTS, "responder", m -> m.toString().contains("is rolled back together with others"));
            scene.people.command("lead", INCIDENTS, "/rollback list");
            scene.awaitMessage(INCIDENTS, "lead", m -> m.toString().contains("together in `"));
            assertThat(patches(scene)).isZero();

            scene.people.action("lead", INCIDENTS, ts(card), "approve");
            ObjectNode done = awaitCard(scene, "Succeeded");
            ALL.forEach(name -> scene.awaitRolledOut(name, image(name, "1")));
            scene.awaitMessage("deploys", "guest", "all 3 are done");
            assertThat(cards(scene)).hasSize(1);
            assertThat(scene.cards()).isEmpty();

            scene.people.action("responder", INCIDENTS, ts(done), "undo");
            scene.people.action("lead", INCIDENTS, ts(awaitCard(scene, "AwaitingApproval")), "approve");
            ALL.forEach(name -> scene.awaitRolledOut(name, image(name, "2")));
            await().atMost(PATIENCE)
                    .until(() -> cards(scene).stream()
                                    .filter(c -> c.toString().contains("Succeeded"))
                                    .count()
                            == 2);
            assertThat(patches(scene)).isEqualTo(6);
            assertThat(scene.people.violations()).isEmpty();
        }
    }

    /** Before the approval it voids all of it, and in the middle it stops what has not begun. */
    @Test
    void inOrder_oneThatIsDeployedMeanwhile() throws Exception {
        try (Scene scene = Scene.start(Mode.SOCKET)) {
            scene.people.duplicateDeliveries(true);
            ALL.forEach(name -> scene.deployed(name, 1, image(name, "1"), image(name, "2")));
            scene.awaitRolledOut("cart", image("cart", "2"));
            minReadySeconds(scene, "cart", 300);
            scene.people.command("responder", INCIDENTS, "/rollback cart checkout payments in order");
            ObjectNode card = awaitCard(scene, "AwaitingApproval");
            scene.release("checkout", 1, image("checkout", "3"));
            scene.awaitRolledOut("checkout", image("checkout", "3"));
            scene.people.action("lead", INCIDENTS, ts(card), "approve");
            ObjectNode outdated = awaitCard(scene, "Superseded");
            assertThat(outdated.toString()).contains("the approval was for all of them. Nothing was changed.");
            assertThat(scene.image("cart")).isEqualTo(image("cart", "2"));

            scene.people.action("responder", INCIDENTS, ts(outdated), "plan_again");
            scene.people.action("lead", INCIDENTS, ts(awaitCard(scene, "AwaitingApproval")), "approve");
            await().atMost(PATIENCE).until(() -> scene.image("cart").equals(image("cart", "1")));
            scene.release("checkout", 1, image("checkout", "4"));
            minReadySeconds(scene, "cart", 0);
            ObjectNode failed = awaitCard(scene, "*Failed*");

            assertThat(failed.toString()).contains("not begun: payments", "done: cart", "Undo all", "Plan again");
            assertThat(scene.image("cart")).isEqualTo(image("cart", "1"));
            assertThat(scene.image("checkout")).isEqualTo(image("checkout", "4"));
            assertThat(scene.image("payments")).isEqualTo(image("payments", "2"));
            assertThat(cards(scene)).hasSize(2);

            scene.people.action("responder", INCIDENTS, ts(failed), "undo");
            scene.people.action("lead", INCIDENTS, ts(awaitCard(scene, "AwaitingApproval")), "approve");
            scene.awaitRolledOut("cart", image("cart", "2"));
            List<Rollback> ofCart = scene.rollbacks().stream()
                    .filter(r -> r.target().name().equals("cart"))
                    .filter(r -> r.statusOrInitial().patchedAt() != null)
                    .toList();
            assertThat(ofCart)
                    .as("the second is known to undo the first")
                    .hasSize(2)
                    .filteredOn(r -> r.getSpec().follows() != null)
                    .singleElement()
                    .satisfies(undo -> assertThat(ofCart)
                            .extracting(r -> r.getMetadata().getName())
                            .contains(String.valueOf(undo.getSpec().follows())));
        }
    }

    private static void minReadySeconds(Scene scene, String name, int seconds) {
        Edits.untilNobodyWasFaster(() -> scene.client
                .resource(scene.deployment(name))
                .edit(d -> new DeploymentBuilder(d)
                        .editSpec()
                        .withMinReadySeconds(seconds)
                        .endSpec()
                        .build()));
    }

    /** Chosen on the card, let go, and taken back in the middle of rollouts that do not end. */
    @Test
    void chosenOtherwise_takenForwardAgainHalfway_andStoppedHere() throws Exception {
        try (Scene scene = Scene.start(Mode.SOCKET)) {
            for (String name : List.of("cart", "checkout")) {
                scene.deployed(name, 1, image(name, "1"), image(name, "2"));
                scene.awaitRolledOut(name, image(name, "2"));
                minReadySeconds(scene, name, 300);
            }
            LastAppliedFlowIT.remembered(scene, "cart", image("cart", "2"));

            scene.people.command("responder", INCIDENTS, "/rollback cart checkout");
            ObjectNode card = awaitCard(scene, "Update last-applied");
            scene.people.action("responder", INCIDENTS, ts(card), "last_applied_too");
            scene.people.action("lead", INCIDENTS, ts(awaitCard(scene, "Leave last-applied")), "approve");
            ObjectNode running = awaitCard(scene, "Go forward again");
            assertThat(running.toString()).contains("remembers of cart, chosen by <@U0RESPONDER>", "Stop here");
            assertThat(scene.deployment("cart").getMetadata().getAnnotations().get(LastAppliedFlowIT.APPLIED))
                    .contains(image("cart", "1"));

            scene.people.action("responder", INCIDENTS, ts(running), "go_forward");
            ObjectNode forward = awaitCard(scene, "AwaitingApproval");
            assertThat(awaitCard(scene, "followed no longer: cart, checkout").toString())
                    .contains("Taken forward again by");
            assertThat(forward.toString()).contains(image("cart", "1") + "` → `" + image("cart", "2"));

            scene.people.action("lead", INCIDENTS, ts(forward), "approve");
            scene.people.action("lead", INCIDENTS, ts(awaitCard(scene, "Stop here")), "stop_here");
            ObjectNode stopped = awaitCard(scene, "stopped where they were: cart, checkout");
            assertThat(stopped.toString()).contains("Stopped here by", "Resume cart", "Resume checkout", "Undo all");
            assertThat(scene.deployment("cart").getSpec().getPaused()).isTrue();

            scene.people.action("responder", INCIDENTS, ts(stopped), "undo");
            ObjectNode back = awaitCard(scene, "AwaitingApproval");
            assertThat(back.toString()).contains("This one also ends that pause");
            scene.people.action("lead", INCIDENTS, ts(back), "approve");
            awaitCard(scene, "Stop here");
            assertThat(scene.deployment("cart").getSpec().getPaused()).isNull();
            assertThat(scene.image("cart")).isEqualTo(image("cart", "1"));
            assertThat(scene.people.violations()).isEmpty();
        }
    }

    /** Two approvals, each typed; and what one member alone is given does not count. */
    @Test
    void typedApprovals_areForAllOfThem() throws Exception {
        try (Scene scene = Scene.withoutBot(Mode.SOCKET)) {
            ApprovalFlowIT.start(scene, """
                access: {rules: [{who: [members], may: [view, request, approve]}]}
                approvals:
                  default: {required: 1}
                  rules: [{names: [cart], required: 2, typeToConfirm: true}]
                """);
            List.of("cart", "checkout").forEach(name -> scene.deployed(name, 1, image(name, "1"), image(name, "2")));
            scene.people.command("responder", INCIDENTS, "/rollback cart checkout");
            ObjectNode card = awaitCard(scene, "*Approvals* 0 of 2");

            ObjectNode modal = ApprovalFlowIT.modal(scene, "lead", card, "approve");
            String where = ApprovalFlowIT.wanted(modal);
            assertThat(where).endsWith("/" + scene.namespace);
            assertThat(ApprovalFlowIT.submit(scene, "lead", modal, Map.of("typed", "cart"))
                            .errors())
                    .containsOnlyKeys("typed");
            ApprovalFlowIT.submit(scene, "lead", modal, Map.of("typed", where));
            awaitCard(scene, "*Approvals* 1 of 2");
            assertThat(patches(scene)).isZero();

            modal = ApprovalFlowIT.modal(scene, "developer", card, "approve");
            ApprovalFlowIT.submit(scene, "developer", modal, Map.of("typed", where));
            awaitCard(scene, "Succeeded");
            assertThat(scene.rollbacks())
                    .allSatisfy(r -> assertThat(r.getSpec().decisions()).hasSize(2));
            assertThat(scene.people.violations()).isEmpty();
        }
    }

    @Test
    void brokenGlass_isForAllOfThem() throws Exception {
        try (Scene scene = Scene.withoutBot(Mode.SOCKET)) {
            ApprovalFlowIT.start(scene, """
                access:
                  rules:
                    - {who: [members], may: [view, request, approve]}
                    - {who: [U0LEAD], may: [breakGlass]}
                """);
            List.of("cart", "checkout").forEach(name -> scene.deployed(name, 1, image(name, "1"), image(name, "2")));
            scene.people.command("lead", INCIDENTS, "/rollback cart checkout");
            ObjectNode card = awaitCard(scene, "Break glass…");

            ObjectNode modal = ApprovalFlowIT.modal(scene, "lead", card, "break_glass");
            ApprovalFlowIT.submit(
                    scene, "lead", modal, Map.of("typed", ApprovalFlowIT.wanted(modal), "reason", "the shop is down"));

            awaitCard(scene, "Succeeded");
            scene.awaitMessage(INCIDENTS, "guest", "*broke the glass*");
            assertThat(scene.people.mentions()).anyMatch(m -> m.toString().contains("who=here"));
        }
    }

    private static String image(String name, String version) {
        return "shop.example/" + name + ":1." + version;
    }

    private static long patches(Scene scene) {
        return ALL.stream().mapToLong(scene::patchesOf).sum();
    }

    private static ObjectNode awaitCard(Scene scene, String text) {
        return scene.awaitMessage(
                INCIDENTS, "lead", m -> isCard(m) && m.toString().contains(text));
    }

    private static List<ObjectNode> cards(Scene scene) {
        return scene.people.messages(INCIDENTS, "lead").stream()
                .filter(GroupFlowIT::isCard)
                .toList();
    }

    private static boolean isCard(ObjectNode message) {
        return message.path("blocks").toString().contains("group `");
    }
}
