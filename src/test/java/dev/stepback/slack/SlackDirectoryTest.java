package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.stepback.ops.Metrics;
import dev.stepback.policy.Answer;
import dev.stepback.policy.Subject;
import dev.stepback.policy.Subject.Standing;
import dev.stepback.sandbox.slack.SandboxSlack;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the sandbox's Slack. */
class SlackDirectoryTest {
    private final AtomicLong now = new AtomicLong();
    private final Ticker ticker = now::get;
    private SandboxSlack slack;
    private SlackDirectory directory;

    @BeforeEach
    void start() throws Exception {
        slack = SandboxSlack.start(0, Clock.systemUTC());
        directory = SlackDirectory.of(
                Map.of("SLACK_API_URL", slack.apiUrl().toString(), "SLACK_BOT_TOKEN", slack.botToken()),
                new Metrics(),
                ticker);
    }

    @AfterEach
    void stop() {
        directory.close();
        slack.close();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private Standing standing(String id) {
        return directory.subject(id, null).standing();
    }

    @ParameterizedTest
    @CsvSource({
        "U0RESPONDER, MEMBER",
        "U0GUEST, GUEST",
        "U0CONTRACTOR, GUEST",
        "U0PARTNER, OTHER_WORKSPACE",
        "U0FORMER, DEACTIVATED",
        "U0PIPELINE, BOT",
        "USLACKBOT, BOT",
        "U0NOBODY, UNKNOWN"
    })
    void standing_isWhatSlackSays(String id, Standing expected) {
        assertThat(standing(id)).isEqualTo(expected);
    }

    @Test
    void nameAndAddress_areWhatTheWorkspaceKnows() {
        Subject lead = directory.subject("U0LEAD", "T0STEPBACK");
        assertThat(lead.name()).isEqualTo("lead");
        assertThat(lead.email()).contains("lead@example.com");
        assertThat(directory.subject("U0PARTNER", null).email()).isEmpty();
    }

    @Test
    void timeZone_isTheOneOfTheProfile_noneOfAClosedAccount() {
        assertThat(directory.zone("U0LEAD")).contains(ZoneId.of("Europe/Berlin"));
        assertThat(directory.zone("U0FORMER")).isEmpty();
    }

    @Test
    void deliveryOfAnotherWorkspace_counts() {
        assertThat(directory.subject("U0LEAD", "T0PARTNER").standing()).isEqualTo(Standing.OTHER_WORKSPACE);
    }

    @Test
    void closedAccount_isNoticedWithinHalfAMinute() {
        assertThat(standing("U0LEAD")).isEqualTo(Standing.MEMBER);
        slack.control().people().deactivate("lead", true);
        pass(Fresh.OLDEST);
        assertThat(standing("U0LEAD")).isEqualTo(Standing.DEACTIVATED);
    }

    @Test
    void group_isKnownByHandleAndId() {
        assertThat(directory.inGroup("@oncall", "U0LEAD")).isEqualTo(Answer.YES);
        assertThat(directory.inGroup("S0ONCALL", "U0LEAD")).isEqualTo(Answer.YES);
        assertThat(directory.inGroup("@oncall", "U0DEVELOPER")).isEqualTo(Answer.NO);
        assertThat(directory.inGroup("@nobody", "U0LEAD")).isEqualTo(Answer.UNKNOWN);
        assertThat(slack.control().calls("usergroups.list")).isEqualTo(1);
    }

    @Test
    void membersOfASmallGroup_areAskedForAhead() {
        directory.subject("U0DEVELOPER", null);
        directory.inGroup("@oncall", "U0DEVELOPER");
        await().atMost(Duration.ofSeconds(20)).until(() -> slack.control().calls("users.info") == 3);
        assertThat(standing("U0LEAD")).isEqualTo(Standing.MEMBER);
        assertThat(slack.control().calls("users.info")).isEqualTo(3);
    }

    @Test
    void groupThatIsLeftOrDisabled_grantsNothingWithinHalfAMinute() {
        assertThat(directory.inGroup("@oncall", "U0LEAD")).isEqualTo(Answer.YES);
        slack.control().people().leave("@oncall", "lead");
        pass(Fresh.OLDEST);
        assertThat(directory.inGroup("@oncall", "U0LEAD")).isEqualTo(Answer.NO);
        slack.control().people().disable("oncall", true);
        pass(Fresh.OLDEST);
        assertThat(directory.inGroup("@oncall", "U0RESPONDER")).isEqualTo(Answer.UNKNOWN);
    }

    @Test
    void channel_isTheOneThatBearsTheNameNow() {
        assertThat(directory.sameChannel("#incidents", "C0INCIDENTS")).isEqualTo(Answer.YES);
        assertThat(directory.sameChannel("incidents", "C0INCIDENTS")).isEqualTo(Answer.YES);
        assertThat(directory.sameChannel("incidents", "C0DEPLOYS")).isEqualTo(Answer.NO);
        assertThat(directory.sameChannel("C0INCIDENTS", "C0INCIDENTS")).isEqualTo(Answer.YES);
        assertThat(directory.sameChannel("C0INCIDENTS", "C0DEPLOYS")).isEqualTo(Answer.NO);
        assertThat(directory.sameChannel("incidents", "D0LEAD")).isEqualTo(Answer.NO);
        // The bot is not in it and may not know its name.
        assertThat(directory.sameChannel("incidents", "C0POSTMORTEM")).isEqualTo(Answer.UNKNOWN);
    }

    @Test
    void channelWhoseNameOnlyLooksAlike_isAnother() {
        var alike = new com.slack.api.model.Conversation();
        alike.setName("incidénts");
        alike.setNameNormalized("incidents");
        assertThat(SlackDirectory.names(alike)).containsExactly("incidénts");
    }

    @Test
    void slackThatFails_isUnknown_andSaysSo() {
        slack.control().fail("*", "internal_error", 100);
        assertThat(standing("U0LEAD")).isEqualTo(Standing.UNKNOWN);
        assertThat(directory.inGroup("@oncall", "U0LEAD")).isEqualTo(Answer.UNKNOWN);
        assertThat(directory.sameChannel("incidents", "C0INCIDENTS")).isEqualTo(Answer.UNKNOWN);
        assertThat(directory.problem()).contains("people cannot be looked up");
        slack.control().clearFaults();
        pass(Duration.ofSeconds(2));
        assertThat(standing("U0LEAD")).isEqualTo(Standing.MEMBER);
        assertThat(directory.inGroup("@oncall", "U0LEAD")).isEqualTo(Answer.YES);
        assertThat(directory.sameChannel("incidents", "C0INCIDENTS")).isEqualTo(Answer.YES);
        assertThat(directory.problem()).isEmpty();
    }

    @Test
    void missingScope_isUnknown_andNamed() {
        slack.control().revokeScope("usergroups:read");
        assertThat(directory.inGroup("@oncall", "U0LEAD")).isEqualTo(Answer.UNKNOWN);
        assertThat(directory.problem()).contains("needs usergroups:read");
        slack.control().revokeScope("users:read.email");
        assertThat(directory.subject("U0LEAD", null).email()).isEmpty();
    }
}
