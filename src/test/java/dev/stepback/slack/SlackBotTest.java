package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.audit.AuditEvent;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.policy.Subject;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.slack.card.Samples;
import dev.stepback.target.Rollout;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bot through Socket Mode, as people see it. */
class SlackBotTest {
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

    static void finish(FakeRollbacks rollbacks, Phase phase) {
        rollbacks.status(s -> {
            s.patchedAt = Instant.now();
            s.rollout = new Rollout("successfully rolled out", 3, 3, 3, 0, List.of());
        });
        rollbacks.status(s -> {
            s.phase = phase;
            s.finishedAt = Instant.now();
        });
    }

    @Test
    void command_becomesACardThatIsApprovedAndAnnounced() {
        assertThat(bot.control()
                        .command("responder", "incidents", "/rollback checkout")
                        .acknowledged())
                .isTrue();
        JsonNode card = bot.awaitCard("AwaitingApproval");
        bot.click("lead", card, "approve");
        bot.awaitCard("*Running*", "*Approved by* <@U0LEAD>");
        finish(bot.rollbacks, Phase.SUCCEEDED);

        JsonNode done = bot.awaitCard("*Succeeded*", "Undo this rollback");
        assertThat(done.path("ts")).isEqualTo(card.path("ts"));
        bot.awaitMessage("incidents", "guest", "Rollback of", "<@U0RESPONDER>", "approved by <@U0LEAD>", "The card");
        bot.awaitMessage("deploys", "guest", "*Succeeded*", "<@U0RESPONDER>");
        await().until(() -> bot.rollbacks.newest().getStatus().card().complete());
        for (String milestone : List.of("Approved by", "Patched", "first new pod", "live\",\"blocks")) {
            assertThat(bot.messages("incidents", "guest", milestone).stream()
                            .filter(m -> m.path("thread_ts").equals(card.path("ts")))
                            .filter(m -> !m.path("ts").equals(card.path("ts"))))
                    .as(milestone)
                    .hasSize(1);
        }
    }

    /** Somebody else's process had it on its way; this one has long drawn the end. */
    @Test
    void changeAfterTheEnd_isDrawnOnTheCardThatWasComplete() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        bot.awaitCard("AwaitingApproval");
        bot.rollbacks.status(s -> {
            s.phase = Phase.CANCELLED;
            s.finishedAt = Instant.now();
        });
        bot.awaitCard("*Cancelled*");
        await().until(() -> bot.rollbacks.newest().getStatus().card().complete());

        bot.rollbacks.status(s -> {
            s.patchedAt = Objects.requireNonNull(s.finishedAt).plusSeconds(1);
            s.message = "the change was made after that: look at the target";
            s.card = new CardStatus(s.card.channel(), s.card.ts(), s.card.sent(), false);
        });

        bot.awaitCard("*Cancelled*", "look at the target");
        await().until(() -> bot.rollbacks.newest().getStatus().card().complete());
        bot.awaitMessage("incidents", "guest", "🩹 Patched");
    }

    @Test
    void requester_isToldThatSomebodyElseHasToApprove() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        bot.click("responder", bot.awaitCard("AwaitingApproval"), "approve");
        assertThat(bot.awaitMessage("incidents", "responder", "Somebody else has to approve")
                        .path("is_ephemeral")
                        .asBoolean())
                .isTrue();
        assertThat(bot.rollbacks.newest().getSpec().decisions()).isEmpty();
    }

    @Test
    void everythingDeliveredTwice_happensOnce() {
        bot.control().duplicateDeliveries(true);
        bot.control().command("responder", "incidents", "/rollback checkout");
        JsonNode card = bot.awaitCard("AwaitingApproval");
        bot.click("lead", card, "approve");
        bot.awaitCard("*Running*");
        bot.control().redeliver();
        bot.control().command("responder", "incidents", "/rollback help");
        bot.awaitMessage("incidents", "responder", "How to roll back");
        finish(bot.rollbacks, Phase.FAILED);
        bot.click("lead", bot.awaitCard("*Failed*", "Retry"), "retry");
        await().until(() -> bot.rollbacks.all().size() == 2);
        bot.awaitCard("AwaitingApproval");

        assertThat(bot.rollbacks.all()).hasSize(2);
        assertThat(bot.cards()).hasSize(2);
        assertThat(bot.rollbacks.all().get(0).getSpec().decisions()).hasSize(1);
        assertThat(bot.messages("incidents", "responder", "How to roll back")).hasSize(1);
    }

    @Test
    void retryAndUndo_openAnotherRollbackThatFollows() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        bot.click("lead", bot.awaitCard("AwaitingApproval"), "approve");
        finish(bot.rollbacks, Phase.SUCCEEDED);
        JsonNode first = bot.awaitCard("*Succeeded*");
        await().until(() -> bot.rollbacks.all().get(0).getStatus().card().complete());
        bot.click("responder", first, "undo");
        JsonNode second = bot.awaitCard("AwaitingApproval");

        assertThat(second.path("thread_ts").asText(""))
                .isIn("", second.path("ts").asText());
        assertThat(bot.rollbacks.newest().getSpec().follows()).isEqualTo("checkout-1");
        assertThat(bot.rollbacks.newest().getSpec().toRevision()).isEqualTo(5);
    }

    @Test
    void retry_isAsFastAsWhatItRetries_andTheWayBackIsNot() {
        bot.control().command("responder", "incidents", "/rollback checkout fast");
        bot.click("lead", bot.awaitCard("AwaitingApproval"), "approve");
        finish(bot.rollbacks, Phase.FAILED);
        bot.click("responder", bot.awaitCard("*Failed*", "Retry"), "retry");
        await().until(() -> bot.rollbacks.all().size() == 2);
        assertThat(bot.rollbacks.newest().getSpec().wantedOptions().fast()).isTrue();
        bot.click("lead", bot.awaitCard("AwaitingApproval"), "approve");
        finish(bot.rollbacks, Phase.SUCCEEDED);
        bot.click("responder", bot.awaitCard("*Succeeded*"), "undo");
        await().until(() -> bot.rollbacks.all().size() == 3);
        assertThat(bot.rollbacks.newest().getSpec().wantedOptions().fast()).isFalse();
    }

    @Test
    void mention_isAnsweredInTheThread() {
        String ts = bot.control()
                .command("responder", "incidents", "@Stepback rollback checkout")
                .ts();
        JsonNode card = bot.awaitCard("AwaitingApproval");
        assertThat(card.path("thread_ts").asText()).isEqualTo(ts);
        assertThat(bot.invocations).singleElement().satisfies(i -> {
            assertThat(i.text()).isEqualTo("checkout");
            assertThat(i.by().id()).isEqualTo("U0RESPONDER");
            assertThat(i.by().person().name()).isNotEqualTo("U0RESPONDER");
        });
    }

    /** A bot has what names it, and it cannot be shown anything alone. */
    @Test
    void bot_isAnsweredInTheThread_andItsOwnWordsAreNoRequest() {
        bot.control().command("stepback", "incidents", "@Stepback rollback check");
        String ts = bot.control()
                .command("pipeline", "incidents", "@Stepback rollback check")
                .ts();
        JsonNode answer = bot.awaitMessage("incidents", "guest", "Which one");
        assertThat(answer.path("thread_ts").asText()).isEqualTo(ts);
        assertThat(bot.invocations).singleElement().satisfies(i -> {
            assertThat(i.text()).isEqualTo("check");
            assertThat(i.by().id()).isEqualTo("U0PIPELINE");
        });
    }

    @Test
    void channelWithoutTheBot_isSaidWithTheInviteCommand() {
        bot.control().command("responder", "random", "/rollback checkout");
        bot.awaitMessage("random", "responder", "/invite @stepback");
        assertThat(bot.rollbacks.all()).isEmpty();
        bot.control().command("responder", "random", "/rollback checkout history");
        bot.awaitMessage("random", "responder", "History of checkout");
    }

    @Test
    void failingCommand_isApologizedForWithoutDetails() {
        bot.control().command("responder", "incidents", "/rollback fail");
        bot.awaitMessage("incidents", "responder", "try again", "it is in the log");
        assertThat(bot.messages("incidents", "responder", "secret detail")).isEmpty();
    }

    @Test
    void slowCommand_saysThatItWorks() {
        assertThat(bot.control()
                        .command("responder", "incidents", "/rollback slow")
                        .acknowledged())
                .isTrue();
        bot.awaitMessage("incidents", "responder", "Working on it");
        bot.awaitMessage("incidents", "responder", "How to roll back");
    }

    @Test
    void history_isAMessageWhoseButtonsRollBackAndDiff() {
        bot.control().command("responder", "incidents", "/rollback checkout history");
        JsonNode history = bot.awaitMessage("incidents", "guest", "History of checkout", "Roll back to this");
        assertThat(history.toString()).contains("*current*", "*known bad*", "*last known good*", "(earlier 2)");
        bot.click("responder", history, "diff:1");
        await().until(() -> !bot.control().views("responder").isEmpty());
        bot.click("responder", history, "roll_back_to:1");
        await().until(() -> bot.rollbacks.all().size() == 1);
        assertThat(bot.invocations.get(bot.invocations.size() - 1).text())
                .isEqualTo("production/deployment/checkout to 4");
    }

    @Test
    void choice_runsTheCompleteCommand() {
        bot.control().command("responder", "incidents", "/rollback check");
        JsonNode choice = bot.awaitMessage("incidents", "responder", "Which one do you mean");
        bot.click("responder", choice, "run:0");
        bot.awaitCard("AwaitingApproval");
    }

    @Test
    void fullDiff_opensAModal() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        bot.click("lead", bot.awaitCard("AwaitingApproval"), "full_diff");
        await().until(() -> bot.control().views("lead").toString().contains("+ new 1"));
    }

    @Test
    void buttons_showNothingToWhoMayNotLook() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        JsonNode card = bot.awaitCard("AwaitingApproval");
        bot.people.is("U0LEAD", Subject.Standing.DEACTIVATED);

        bot.click("lead", card, "full_diff");

        bot.awaitMessage("incidents", "lead", "deactivated");
        assertThat(bot.control().views("lead")).isEmpty();
    }

    @Test
    void clickOfWhoMayNotLook_isRecordedAsWhatItWishedFor() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        JsonNode card = bot.awaitCard("AwaitingApproval");
        bot.people.is("U0LEAD", Subject.Standing.DEACTIVATED);

        bot.click("lead", card, "approve");

        bot.awaitMessage("incidents", "lead", "deactivated");
        assertThat(bot.audited).singleElement().isInstanceOfSatisfying(AuditEvent.Denial.class, denial -> {
            assertThat(denial.wish()).isEqualTo(AuditEvent.Wish.APPROVE);
            assertThat(denial.by().id()).isEqualTo("U0LEAD");
            assertThat(denial.on().orElseThrow().rollback()).isNotEmpty();
        });
    }

    @Test
    void longDiff_isSentAsAFileAndItsFailureCostsNothingElse() {
        bot.control().fail("files.getUploadURLExternal", "missing_scope", 1);
        bot.control().command("responder", "incidents", "/rollback checkout");
        bot.awaitCard("AwaitingApproval");
        bot.rollbacks.status(s -> s.plan = Samples.plan(Samples.changes(3000), Samples.findings()));
        await().until(() -> bot.rollbacks.newest().getStatus().card().sent().contains("diff-file:skipped"));
        bot.click("lead", bot.awaitCard("AwaitingApproval"), "approve");
        finish(bot.rollbacks, Phase.SUCCEEDED);
        bot.awaitCard("*Succeeded*");
    }

    @Test
    void openRollback_isNamedWithALinkToItsCard() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        bot.awaitCard("AwaitingApproval");
        bot.control().command("lead", "incidents", "/rollback checkout");
        bot.awaitMessage("incidents", "lead", "is open already", "The card");
    }

    @Test
    void lateClick_isToldWhereTheCardIs() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        JsonNode card = bot.awaitCard("AwaitingApproval");
        bot.click("lead", card, "reject");
        bot.awaitCard("*Rejected*");
        bot.control()
                .action(
                        "lead",
                        "incidents",
                        card.path("ts").asText(),
                        "approve",
                        null,
                        Signed.by(bot.slack, "approve", "production/checkout-1#0123456789ab"),
                        true);
        bot.awaitMessage("incidents", "lead", "no longer waits", "The card");
    }

    @Test
    void forgedValues_doNothing() {
        bot.control().command("responder", "incidents", "/rollback checkout");
        String ts = bot.awaitCard("AwaitingApproval").path("ts").asText();
        List<String> forged = List.of(
                "",
                "../../x#1",
                "production/checkout-1#0123456789ab",
                Signed.by(bot.slack, "reject", "production/checkout-1#0123456789ab"),
                "x".repeat(1900));
        for (String value : forged) {
            assertThat(bot.control()
                            .action("guest", "incidents", ts, "approve", null, value, true)
                            .acknowledged())
                    .isTrue();
        }
        // Signed, but it names nothing that there is.
        String nothing = Signed.by(bot.slack, "approve", "production/other#0123456789ab");
        bot.control().action("guest", "incidents", ts, "approve", null, nothing, true);
        bot.awaitMessage("incidents", "guest", "no longer exists");
        await().until(() ->
                bot.messages("incidents", "guest", "I do not know this button").size() == forged.size());
        assertThat(bot.rollbacks.newest().getSpec().decisions()).isEmpty();
        assertThat(bot.audited)
                .filteredOn(AuditEvent.Denial.class::isInstance)
                .hasSize(forged.size())
                .allSatisfy(e -> {
                    AuditEvent.Denial denial = (AuditEvent.Denial) e;
                    assertThat(denial.wish()).isEqualTo(AuditEvent.Wish.APPROVE);
                    assertThat(denial.why()).contains("did not make");
                });
    }

    @Test
    void forgedCommand_isNotRun() {
        bot.control().command("responder", "incidents", "/rollback check");
        String ts = bot.awaitMessage("incidents", "responder", "Which one do you mean")
                .path("ts")
                .asText();
        int before = bot.invocations.size();
        bot.control().action("responder", "incidents", ts, "run:0", null, "production/deployment/checkout", true);
        bot.awaitMessage("incidents", "responder", "I do not know this button");
        assertThat(bot.invocations).hasSize(before);
        bot.control().action("responder", "incidents", ts, "run:0");
        await().until(() -> bot.invocations.size() == before + 1);
    }
}
