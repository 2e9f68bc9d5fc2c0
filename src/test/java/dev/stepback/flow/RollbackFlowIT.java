package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From the typed command to the announcement, through both of Slack's ways of delivery. */
class RollbackFlowIT {
    private static final String GOOD = "shop.example/checkout:1.0";
    private static final String BAD = "shop.example/checkout:1.1-crash";

    @ParameterizedTest
    @EnumSource(Mode.class)
    void rollback_isAskedForApprovedCarriedOutAndAnnounced(Mode mode) throws Exception {
        try (Scene scene = Scene.start(mode)) {
            scene.deployed("checkout", 2, GOOD, BAD);

            scene.people.command("responder", INCIDENTS, "/rollback checkout because customers cannot pay <!channel>");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            assertThat(card.toString()).contains("because customers cannot pay").doesNotContain("hunter2");
            assertThat(scene.people.mentions()).noneMatch(m -> m.toString().contains("who=channel"));

            scene.people.action("responder", INCIDENTS, ts(card), "approve");
            scene.awaitMessage(INCIDENTS, "responder", m -> m.toString().contains("somebody else has to approve"));
            assertThat(scene.patchesOf("checkout")).isZero();

            scene.people.action("lead", INCIDENTS, ts(card), "approve");
            scene.awaitCard("Succeeded");
            scene.awaitRolledOut("checkout", GOOD);
            scene.awaitMessage("deploys", "guest", "Succeeded");
            scene.awaitMessage(
                    INCIDENTS,
                    "guest",
                    m -> !Scene.isCard(m) && m.path("mentions").size() == 2);

            assertThat(scene.patchesOf("checkout")).isEqualTo(1);
            assertThat(scene.cards()).hasSize(1);
            assertThat(scene.deployment("checkout").getMetadata().getAnnotations())
                    .containsEntry("deployment.kubernetes.io/revision", "3")
                    .hasEntrySatisfying(
                            "kubernetes.io/change-cause",
                            cause -> assertThat(cause).contains("customers cannot pay"));
            assertThat(scene.people.violations()).isEmpty();
        }
    }

    /** The lead's clock is that of Berlin. */
    @Test
    void whatRanAtATime_isAskedForByThePersonsOwnClock() throws Exception {
        try (Scene scene = Scene.start(Mode.SOCKET)) {
            scene.deployed("checkout", 1, GOOD);
            scene.awaitRolledOut("checkout", GOOD);
            Instant then = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            await().until(() -> Instant.now().isAfter(then.plusSeconds(1)));
            for (String later : List.of("shop.example/checkout:1.1", "shop.example/checkout:1.2")) {
                scene.release("checkout", 1, later);
                scene.awaitRolledOut("checkout", later);
            }
            String typed = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")
                    .withZone(ZoneId.of("Europe/Berlin"))
                    .format(then);

            scene.people.command("lead", INCIDENTS, "/rollback checkout to time “" + typed + "”");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            assertThat(card.toString()).contains("for what ran <!date^" + then.getEpochSecond());
            scene.people.action("responder", INCIDENTS, ts(card), "approve");

            scene.awaitRolledOut("checkout", GOOD);
            assertThat(scene.awaitPhase(Phase.SUCCEEDED).getSpec().toTime()).isEqualTo(then);
        }
    }

    @Test
    void undoOfARollback_bringsTheReleaseBack() throws Exception {
        try (Scene scene = Scene.start(Mode.SOCKET)) {
            scene.deployed("checkout", 1, GOOD, "shop.example/checkout:1.1");
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            scene.people.action("lead", INCIDENTS, ts(scene.awaitCard("AwaitingApproval")), "approve");
            ObjectNode done = scene.awaitCard("Succeeded");

            scene.people.action("responder", INCIDENTS, ts(done), "undo");
            scene.people.action("lead", INCIDENTS, ts(scene.awaitCard("AwaitingApproval")), "approve");
            scene.awaitRolledOut("checkout", "shop.example/checkout:1.1");

            assertThat(scene.rollbacks()).hasSize(2);
        }
    }

    @Test
    void everyDeliveryTwice_doesNothingTwice() throws Exception {
        try (Scene scene = Scene.start(Mode.SOCKET)) {
            scene.deployed("checkout", 2, GOOD, BAD);
            scene.people.duplicateDeliveries(true);

            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            scene.people.action("lead", INCIDENTS, ts(card), "approve");
            scene.awaitCard("Succeeded");

            assertThat(scene.rollbacks()).hasSize(1);
            assertThat(scene.rollbacks().get(0).getSpec().decisions()).hasSize(1);
            assertThat(scene.patchesOf("checkout")).isEqualTo(1);
            assertThat(scene.cards()).hasSize(1);
        }
    }

    @Test
    void twoApproversAtOnce_areOneApproval() throws Exception {
        try (Scene scene = Scene.start(Mode.SOCKET)) {
            scene.deployed("checkout", 1, GOOD, BAD);
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            String card = ts(scene.awaitCard("AwaitingApproval"));

            ExecutorService threads = Executors.newFixedThreadPool(2);
            List<Future<?>> clicks = List.of(
                    threads.submit(() -> scene.people.action("lead", INCIDENTS, card, "approve")),
                    threads.submit(() -> scene.people.action("developer", INCIDENTS, card, "approve")));
            for (Future<?> click : clicks) {
                click.get();
            }
            threads.shutdown();
            scene.awaitCard("Succeeded");

            Rollback done = scene.awaitPhase(Phase.SUCCEEDED);
            assertThat(done.getSpec().decisions()).hasSize(1);
            assertThat(scene.patchesOf("checkout")).isEqualTo(1);
        }
    }

    @Test
    void deployBetweenPlanAndApproval_voidsTheApproval() throws Exception {
        try (Scene scene = Scene.start(Mode.SOCKET)) {
            scene.deployed("checkout", 1, GOOD, "shop.example/checkout:1.1");
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            scene.release("checkout", 1, "shop.example/checkout:1.2");
            scene.awaitRolledOut("checkout", "shop.example/checkout:1.2");

            scene.people.action("lead", INCIDENTS, ts(card), "approve");
            scene.awaitCard("Superseded");

            assertThat(scene.image("checkout")).isEqualTo("shop.example/checkout:1.2");
        }
    }

    @Test
    void guestWordsInChangeCause_mentionNobody() throws Exception {
        try (Scene scene = Scene.start(Mode.SOCKET)) {
            scene.deployed("checkout", 1, "shop.example/checkout:<!here>&1", GOOD);
            scene.people.command("responder", INCIDENTS, "/rollback checkout");
            scene.awaitCard("AwaitingApproval");

            assertThat(scene.people.mentions()).noneMatch(m -> m.toString().contains("who=here"));
        }
    }
}
