package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.sandbox.slack.Control.Sent;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Decisions that want something to be typed. */
class ConfirmationTest {
    private static final String NAME = "eu/production/checkout";

    private BotFixture bot;

    @BeforeEach
    void start() throws Exception {
        bot = new BotFixture(Mode.SOCKET);
        bot.control().rateLimits(false);
        bot.control().inviteBot("random");
        bot.rollbacks.wantTyped(NAME);
    }

    @AfterEach
    void stop() {
        assertThat(bot.control().violations()).isEmpty();
        bot.close();
    }

    private JsonNode asked() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        return bot.awaitCard("AwaitingApproval");
    }

    private void letGoAlone() {
        bot.rollbacks.status(s -> s.approvals = new ApprovalStatus(1, List.of(), true));
        bot.awaitCard("Break glass…");
    }

    private JsonNode modal(String user, JsonNode card, String action) {
        bot.click(user, card, action);
        await().until(() -> !bot.control().views(user).isEmpty());
        return bot.control().views(user).get(0);
    }

    private Sent submit(String user, JsonNode view, String typed, String reason) {
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        values.putObject("typed")
                .putObject("typed")
                .put("type", "plain_text_input")
                .put("value", typed);
        if (!reason.isEmpty()) {
            values.putObject("reason")
                    .putObject("reason")
                    .put("type", "plain_text_input")
                    .put("value", reason);
        }
        return bot.control().submit(user, view.path("id").asText(), values);
    }

    private List<Decision> decisions() {
        return bot.rollbacks.newest().getSpec().decisions();
    }

    @Test
    void approval_isRecordedOnceTheNameIsTyped() {
        JsonNode view = modal("lead", asked(), "approve");
        assertThat(view.toString()).contains("Type " + NAME).contains("plan `0123456789ab`");
        assertThat(decisions()).isEmpty();

        Sent wrong = submit("lead", view, "eu/staging/checkout", "");
        assertThat(wrong.errors()).containsOnlyKeys("typed");
        assertThat(decisions()).isEmpty();

        assertThat(submit("lead", view, NAME, "").errors()).isEmpty();
        bot.awaitCard("*Running*");
        assertThat(decisions()).extracting(Decision::verdict).containsExactly(Verdict.Approved);
        assertThat(bot.control().views("lead")).isEmpty();
    }

    @Test
    void httpMode_answersTheSubmissionToo() throws Exception {
        bot.close();
        bot = new BotFixture(Mode.HTTP);
        bot.rollbacks.wantTyped(NAME);
        JsonNode view = modal("lead", asked(), "approve");
        assertThat(submit("lead", view, "checkout", "").errors()).containsOnlyKeys("typed");
        submit("lead", view, NAME, "");
        bot.awaitCard("*Running*");
        assertThat(bot.control().views("lead")).isEmpty();
    }

    @Test
    void brokenGlass_isAnnouncedOnceAlthoughTheBotForgets() throws Exception {
        JsonNode card = asked();
        letGoAlone();
        submit("responder", modal("responder", card, "break_glass"), "checkout", "all pay twice");
        bot.rollbacks.status(s -> s.approvals = new ApprovalStatus(1, List.of("U0RESPONDER"), true));
        bot.awaitMessage("incidents", "lead", "*broke the glass*", "The card");
        bot.kill();
        bot.rollbacks.status(s -> s.card = new CardStatus(s.card.channel(), s.card.ts(), List.of(), false));
        bot.revive();
        SlackBotTest.finish(bot.rollbacks, Phase.SUCCEEDED);

        bot.awaitCard("*Succeeded*", "without an approval");
        await().until(() -> bot.rollbacks.newest().getStatus().card().complete());
        assertThat(bot.messages("random", "lead", "<!here>")).hasSize(1);
        assertThat(bot.messages("incidents", "lead", "*broke the glass*")).hasSize(1);
    }

    @Test
    void operatorsWhoCannotBeReached_leaveTheCallToTheChannel() {
        bot.control().removeBot("random");
        JsonNode card = asked();
        letGoAlone();
        submit("responder", modal("responder", card, "break_glass"), "checkout", "all pay twice");
        bot.rollbacks.status(s -> s.approvals = new ApprovalStatus(1, List.of("U0RESPONDER"), true));
        bot.awaitMessage("incidents", "lead", "<!here>", "broke the glass");
    }

    @Test
    void referenceOfTheModal_namesRollbackPlanAndChannelOnly() {
        JsonNode view = modal("lead", asked(), "approve");
        assertThat(view.path("private_metadata").asText())
                .isEqualTo(Signed.by(bot.slack, "confirm_approve", "production/checkout-1#0123456789ab C0INCIDENTS"));
    }

    @Test
    void deliveredTwice_isOneDecision() {
        bot.control().duplicateDeliveries(true);
        JsonNode view = modal("lead", asked(), "approve");
        submit("lead", view, NAME, "");
        bot.awaitCard("*Running*");
        assertThat(decisions()).hasSize(1);
        assertThat(bot.control().views("lead")).isEmpty();
    }

    @Test
    void modalOpenedBeforeARestart_worksAfterIt() throws Exception {
        JsonNode view = modal("lead", asked(), "approve");
        bot.restart();
        submit("lead", view, NAME, "");
        bot.awaitCard("*Running*");
    }

    @Test
    void whoeverTypes_isAuthorizedThen() {
        JsonNode card = asked();
        letGoAlone();
        JsonNode view = modal("responder", card, "break_glass");
        bot.click("lead", card, "reject");
        bot.awaitCard("*Rejected*");

        submit("responder", view, "checkout", "nobody is awake");
        await().until(() -> bot.control().views("responder").toString().contains("no longer waits"));
        assertThat(decisions()).extracting(Decision::verdict).containsExactly(Verdict.Rejected);
    }

    @Test
    void approvalOfTheOwn_opensNoModal() {
        bot.click("responder", asked(), "approve");
        bot.awaitMessage("incidents", "responder", "Somebody else has to approve");
        assertThat(bot.control().views("responder")).isEmpty();
    }

    @Test
    void staleTrigger_isSaid() {
        bot.control().fail("views.open", "expired_trigger_id", 1);
        bot.click("lead", asked(), "approve");
        bot.awaitMessage("incidents", "lead", "Press the button again");
        assertThat(decisions()).isEmpty();
    }

    @Test
    void brokenGlass_needsNameAndReasonAndIsAnnouncedLoudly() {
        JsonNode card = asked();
        letGoAlone();
        JsonNode view = modal("responder", card, "break_glass");

        assertThat(submit("responder", view, "checkout", " ").errors()).containsOnlyKeys("reason");
        assertThat(submit("responder", view, NAME, "all pay twice").errors()).containsOnlyKeys("typed");
        submit("responder", view, "checkout", "all pay twice <!channel>");
        bot.rollbacks.status(s -> s.approvals = new ApprovalStatus(1, List.of("U0RESPONDER"), true));

        bot.awaitCard("🚨 Rollback of checkout", "without an approval", "Glass broken by", "all pay twice");
        bot.awaitMessage("random", "lead", "<!here>", "broke the glass", "all pay twice");
        bot.awaitMessage("incidents", "lead", "*broke the glass*", "The card");
        assertThat(bot.control().mentions()).noneMatch(m -> m.toString().contains("who=channel"));
        assertThat(decisions()).extracting(Decision::reason).containsExactly("all pay twice <!channel>");
    }

    @Test
    void colleague_cannotGoAloneWithSomebodyElsesRequest() {
        bot.click("lead", asked(), "reject");
        bot.awaitCard("*Rejected*");
        bot.control().command("responder", "incidents", "/rollback checkout");
        JsonNode second = bot.awaitCard("AwaitingApproval");
        bot.control()
                .action(
                        "lead",
                        "incidents",
                        second.path("ts").asText(),
                        "break_glass",
                        null,
                        Signed.by(bot.slack, "break_glass", "production/checkout-2#0123456789ab"),
                        true);
        bot.awaitMessage("incidents", "lead", "Only who asked");
        assertThat(bot.control().views("lead")).isEmpty();
    }
}
