package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import dev.stepback.target.Rollout;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Slack does on a bad day costs time, never the outcome. */
class SlackFaultsTest {
    private BotFixture bot;

    @BeforeEach
    void start() throws Exception {
        bot = new BotFixture(Mode.SOCKET);
        bot.control().rateLimits(false);
    }

    @AfterEach
    void stop() {
        assertThat(bot.control().violations()).isEmpty();
        bot.close();
    }

    private void approved() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        bot.click("lead", bot.awaitCard("AwaitingApproval"), "approve");
        bot.awaitCard("*Running*");
    }

    private void awaitComplete() {
        await().atMost(Duration.ofSeconds(40))
                .until(() -> bot.rollbacks.newest().getStatus().card().complete());
    }

    @Test
    void rateLimitStorm_endsWithTheFinalCardAndOneAnnouncement() {
        approved();
        bot.control().rateLimit("*", 6, 1);
        for (int i = 0; i < 50; i++) {
            int ready = i % 3;
            bot.rollbacks.status(s -> s.rollout = new Rollout("rolling", 3, 3, ready, 0, List.of()));
        }
        SlackBotTest.finish(bot.rollbacks, Phase.SUCCEEDED);
        awaitComplete();
        bot.awaitCard("*Succeeded*");
        assertThat(bot.messages("incidents", "guest", "Asked by <@U0RESPONDER>, approved by"))
                .hasSize(1);
        assertThat(bot.messages("deploys", "guest", "*Succeeded*")).hasSize(1);
    }

    @Test
    void manyChanges_areOneEditASecond() {
        approved();
        int before = bot.control().calls("chat.update");
        long begin = System.nanoTime();
        for (int i = 0; i < 300; i++) {
            int ready = i;
            bot.rollbacks.status(s -> s.rollout = new Rollout("rolling", 300, 300, ready, 0, List.of()));
        }
        bot.awaitCard("299/300");
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
        assertThat(bot.control().calls("chat.update") - before).isLessThanOrEqualTo((int) seconds + 2);
    }

    @Test
    void serverErrors_endWithOneCard() {
        bot.control().fail("chat.postMessage", "http_500", 2);
        bot.control().fail("conversations.history", "http_500", 1);
        approved();
        bot.control().fail("chat.update", "internal_error", 2);
        SlackBotTest.finish(bot.rollbacks, Phase.FAILED);
        awaitComplete();
        bot.awaitCard("*Failed*");
        assertThat(bot.cards()).hasSize(1);
    }

    @Test
    void refusedMilestonesAndNotifications_areSkipped() {
        approved();
        bot.control().archive("deploys", true);
        bot.control().fail("chat.getPermalink", "missing_scope", 5);
        SlackBotTest.finish(bot.rollbacks, Phase.SUCCEEDED);
        awaitComplete();
        assertThat(bot.rollbacks.newest().getStatus().card().sent())
                .contains("announcement", "notification:#deploys:skipped");
    }

    @Test
    void refusedCard_becomesAPlainOne() {
        bot.control().fail("chat.postMessage", "invalid_blocks", 1);
        bot.control().command("responder", "incidents", "/rollback checkout");
        JsonNode plain = bot.awaitMessage("incidents", "lead", "AwaitingApproval", "approve");
        assertThat(plain.path("blocks").size()).isEqualTo(2);
    }

    @Test
    void deletedCard_isPostedAgain() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        JsonNode card = bot.awaitCard("AwaitingApproval");
        bot.control().fail("chat.update", "message_not_found", 1);
        bot.click("lead", card, "approve");
        assertThat(bot.awaitCard("*Running*").path("ts")).isNotEqualTo(card.path("ts"));
    }

    @Test
    void archivedChannel_neverStopsTheRollback() {
        approved();
        bot.control().archive("incidents", true);
        SlackBotTest.finish(bot.rollbacks, Phase.SUCCEEDED);
        awaitComplete();
        bot.awaitMessage("deploys", "guest", "*Succeeded*");
    }

    @Test
    void droppedSocket_isOpenedAgain() {
        bot.control().dropConnections();
        bot.awaitConnected();
        bot.control().command("responder", "incidents", "/rollback help");
        bot.awaitMessage("incidents", "responder", "How to roll back");
    }

    @Test
    void socketThatDiesSilently_isNoticed() {
        bot.control().silenceConnections();
        await().atMost(Duration.ofSeconds(40))
                .until(() -> bot.control()
                        .command("responder", "incidents", "/rollback help")
                        .acknowledged());
        bot.awaitMessage("incidents", "responder", "How to roll back");
    }

    @Test
    void requestedRefresh_opensANewSocket() {
        bot.control().requestDisconnect("refresh_requested");
        bot.awaitConnected();
        bot.control().command("responder", "incidents", "/rollback help");
        bot.awaitMessage("incidents", "responder", "How to roll back");
    }

    @Test
    void connectionsRefused_areTriedUntilTheyWork() {
        bot.control().fail("apps.connections.open", "internal_error", 3);
        bot.control().dropConnections();
        bot.awaitConnected();
    }

    @Test
    void crashBetweenPostingAndRecording_findsTheCardAgain() throws Exception {
        approved();
        bot.kill();
        bot.rollbacks.status(s ->
                s.card = new dev.stepback.rollback.RollbackStatus.CardStatus("C0INCIDENTS", null, List.of(), false));
        SlackBotTest.finish(bot.rollbacks, Phase.SUCCEEDED);
        bot.revive();
        awaitComplete();
        assertThat(bot.cards()).hasSize(1);
        bot.awaitCard("*Succeeded*");
        assertThat(bot.messages("incidents", "guest", "✅ Approved by")).hasSize(1);
    }

    @Test
    void failedLookup_costsNothingElse() throws Exception {
        approved();
        bot.kill();
        bot.control().fail("conversations.history", "missing_scope", 5);
        bot.control().fail("conversations.replies", "missing_scope", 5);
        SlackBotTest.finish(bot.rollbacks, Phase.SUCCEEDED);
        bot.revive();
        awaitComplete();
        bot.awaitCard("*Succeeded*");
    }

    @Test
    void completeRollbacks_costNothingAfterARestart() throws Exception {
        approved();
        SlackBotTest.finish(bot.rollbacks, Phase.SUCCEEDED);
        awaitComplete();
        int calls = bot.control().calls("conversations.history") + bot.control().calls("chat.update");
        bot.restart();
        bot.control().command("responder", "incidents", "/rollback help");
        bot.awaitMessage("incidents", "responder", "How to roll back");
        assertThat(bot.control().calls("conversations.history") + bot.control().calls("chat.update"))
                .isEqualTo(calls);
    }
}
