package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.Policy;
import dev.stepback.policy.Subject.Standing;
import dev.stepback.rollback.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clicks on messages that are not, or no longer, the card of an open rollback; and by people who may not. */
class OldCardTest {
    private static final String REF = "production/checkout-1#0123456789ab";

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

    private JsonNode asked() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        JsonNode card = bot.awaitCard("AwaitingApproval");
        await().until(() -> bot.rollbacks.newest().getStatus().card().ts() != null);
        return card;
    }

    /** Another message, as a copy of the card would be. */
    private String copy(String channel) {
        return bot.control().command("lead", channel, "look at this").ts();
    }

    private void force(String user, String channel, String ts, String action) {
        bot.control().action(user, channel, ts, action, null, Signed.by(bot.slack, action, REF), true);
    }

    @Test
    void copyOfTheCard_decidesNothingAndLeadsToTheCard() {
        asked();
        for (String channel : List.of("incidents", "deploys")) {
            String copy = copy(channel);
            for (String action : List.of("approve", "reject", "cancel", "break_glass", "retry", "undo")) {
                force("lead", channel, copy, action);
            }
            await().until(() -> bot.messages(channel, "lead", "not the current card", "The card")
                            .size()
                    == 6);
        }
        assertThat(bot.rollbacks.all()).singleElement().satisfies(r -> {
            assertThat(r.getSpec().decisions()).isEmpty();
            assertThat(r.getSpec().cancellation()).isNull();
        });
    }

    @Test
    void finishedCard_leadsToTheOneThatFollowed() {
        JsonNode first = asked();
        bot.click("lead", first, "reject");
        bot.awaitCard("*Rejected*");
        bot.control().command("responder", "incidents", "/rollback checkout");
        await().until(() -> bot.cards().size() == 2
                && bot.rollbacks.newest().getStatus().card().ts() != null);

        force("lead", "incidents", first.path("ts").asText(), "approve");
        JsonNode answer = bot.awaitMessage("incidents", "lead", "The current one");
        String current =
                Objects.requireNonNull(bot.rollbacks.newest().getStatus().card().ts());
        assertThat(answer.toString()).contains("p" + current.replace(".", ""));
        assertThat(bot.rollbacks.newest().getSpec().decisions()).isEmpty();
    }

    @Test
    void whoMayNotLook_isRefusedWhateverTheButton() {
        JsonNode card = asked();
        bot.people.is("U0GUEST", Standing.GUEST);
        for (String action : List.of("approve", "reject", "cancel", "full_diff", "break_glass")) {
            force("guest", "incidents", card.path("ts").asText(), action);
        }
        await().until(() ->
                bot.messages("incidents", "guest", "You may not look at").size() == 5);
        assertThat(bot.control().views("guest")).isEmpty();
    }

    @Test
    void finishedRollback_isRetriedUndoneAndPlannedAgainOnlyByThoseWhoMay() {
        JsonNode card = asked();
        bot.click("lead", card, "approve");
        SlackBotTest.finish(bot.rollbacks, Phase.FAILED);
        bot.awaitCard("*Failed*");
        bot.people.is("U0GUEST", Standing.GUEST);
        for (String action : List.of("retry", "undo", "plan_again", "other_revision")) {
            force("guest", "incidents", card.path("ts").asText(), action);
        }
        await().until(() ->
                bot.messages("incidents", "guest", "You may not look at").size() == 4);
        assertThat(bot.rollbacks.all()).hasSize(1);
    }

    @Test
    void undoWhereAReasonIsRequired_isNotOpenedByAMereClick() {
        JsonNode card = asked();
        bot.click("lead", card, "approve");
        SlackBotTest.finish(bot.rollbacks, Phase.SUCCEEDED);
        bot.awaitCard("*Succeeded*");
        ApprovalRule rule =
                new ApprovalRule(1, List.of(), false, Duration.ofMinutes(15), true, false, Optional.empty());
        bot.policy = new Policy(Policy.DEFAULT.rules(), List.of(), rule, List.of());

        force("responder", "incidents", card.path("ts").asText(), "undo");

        bot.awaitMessage("incidents", "responder", "because …");
        assertThat(bot.rollbacks.all()).hasSize(1);
    }
}
