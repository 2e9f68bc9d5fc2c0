package dev.stepback.sandbox.slack;

import static dev.stepback.sandbox.slack.Bot.INCIDENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.slack.api.model.ConversationType;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Who may call, and what the Web API tells of people and channels. */
class WebApiTest {
    @AutoClose
    private final Bot bot = new Bot();

    @Test
    void auth_withTheBotToken_namesTheBot() throws Exception {
        var answer = bot.methods.authTest(request -> request);

        assertThat(answer.isOk()).isTrue();
        assertThat(answer.getBotId()).isEqualTo("B0STEPBACK");
        assertThat(answer.getHttpResponseHeaders().getOrDefault("x-oauth-scopes", List.of()))
                .allSatisfy(scopes -> assertThat(scopes).contains("chat:write"))
                .hasSize(1);
    }

    @Test
    void auth_withAnotherToken_isInvalid() throws Exception {
        var stranger = SlackClient.slack(bot.slack).methods("xoxb-unknown");

        assertThat(stranger.authTest(request -> request).getError()).isEqualTo("invalid_auth");
        assertThat(stranger.chatPostMessage(
                                message -> message.channel(INCIDENTS).text("x"))
                        .getError())
                .isEqualTo("invalid_auth");
    }

    @Test
    void connectionsOpen_withTheBotToken_isRefused() throws Exception {
        var answer = bot.methods.appsConnectionsOpen(request -> request.token(bot.slack.botToken()));

        assertThat(answer.getError()).isEqualTo("not_allowed_token_type");
    }

    @Test
    void method_withoutItsScope_saysWhatIsNeeded() throws Exception {
        bot.slack.control().revokeScope("chat:write");

        var answer = bot.post(INCIDENTS, "x");

        assertThat(answer.getError()).isEqualTo("missing_scope");
        assertThat(answer.getNeeded()).isEqualTo("chat:write");
        assertThat(answer.getProvided()).contains("commands").doesNotContain("chat:write");
    }

    @Test
    void method_thatDoesNotExist_isUnknown() throws Exception {
        assertThat(bot.methods
                        .bookmarksList(request -> request.channelId(INCIDENTS))
                        .getError())
                .isEqualTo("unknown_method");
    }

    @Test
    void people_areFoundByIdAndAddress() throws Exception {
        assertThat(bot.methods
                        .usersInfo(request -> request.user("U0GUEST"))
                        .getUser()
                        .isRestricted())
                .isTrue();
        assertThat(bot.methods
                        .usersInfo(request -> request.user("U0PARTNER"))
                        .getUser()
                        .getTeamId())
                .isEqualTo("T0PARTNER");
        assertThat(bot.methods.usersInfo(request -> request.user("U0NOBODY")).getError())
                .isEqualTo("user_not_found");
        assertThat(bot.methods
                        .usersLookupByEmail(request -> request.email("lead@example.com"))
                        .getUser()
                        .getId())
                .isEqualTo("U0LEAD");
        assertThat(bot.methods.usersList(request -> request).getMembers()).hasSize(9);
        assertThat(bot.methods
                        .usergroupsUsersList(request -> request.usergroup("S0ONCALL"))
                        .getUsers())
                .containsExactly("U0RESPONDER", "U0LEAD");
    }

    @Test
    void channels_tellWhetherTheBotIsIn_andLetItJoin() throws Exception {
        assertThat(bot.methods
                        .conversationsInfo(request -> request.channel("C0RANDOM"))
                        .getChannel()
                        .isMember())
                .isFalse();
        bot.methods.conversationsJoin(request -> request.channel("C0RANDOM"));
        assertThat(bot.post("C0RANDOM", "hello").isOk()).isTrue();
        assertThat(bot.methods
                        .conversationsMembers(request -> request.channel(INCIDENTS))
                        .getMembers())
                .contains("U0GUEST", "U0STEPBACK");
        assertThat(bot.methods.conversationsList(request -> request).getChannels())
                .hasSize(4);
        bot.slack.control().revokeScope("groups:read");
        assertThat(bot.methods
                        .conversationsList(request -> request.types(List.of(ConversationType.PRIVATE_CHANNEL)))
                        .getNeeded())
                .isEqualTo("groups:read");
    }

    @Test
    void directMessage_goesToItsUser() throws Exception {
        String channel = bot.methods
                .conversationsOpen(request -> request.users(List.of("U0LEAD")))
                .getChannel()
                .getId();

        assertThat(bot.post(channel, "hello").isOk()).isTrue();
        assertThat(bot.post("U0LEAD", "again").getChannel()).isEqualTo(channel);
    }
}
