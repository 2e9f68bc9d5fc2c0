package dev.stepback.sandbox.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.slack.api.methods.MethodsClient;
import com.slack.api.model.Conversation;
import com.slack.api.model.ConversationType;
import dev.stepback.stage.ManualClock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code postmortem} is private, and the bot is not in it until it is invited. */
class PrivateChannelTest {
    private static final String POSTMORTEM = "C0POSTMORTEM";

    private SandboxSlack slack;
    private MethodsClient methods;

    @BeforeEach
    void start() throws Exception {
        slack = SandboxSlack.start(0, new ManualClock("2026-03-01T10:00:00Z"));
        methods = SlackClient.methods(slack);
    }

    @AfterEach
    void close() {
        slack.close();
    }

    private List<String> privateChannels() throws Exception {
        return methods.conversationsList(r -> r.types(List.of(ConversationType.PRIVATE_CHANNEL))).getChannels().stream()
                .map(Conversation::getName)
                .toList();
    }

    private String post() throws Exception {
        return String.valueOf(methods.chatPostMessage(r -> r.channel(POSTMORTEM).text("hello"))
                .getError());
    }

    @Test
    void privateChannel_doesNotExistForTheBotOutside() throws Exception {
        assertThat(privateChannels()).isEmpty();
        assertThat(post()).isEqualTo("channel_not_found");
        assertThat(methods.conversationsInfo(r -> r.channel(POSTMORTEM)).getError())
                .isEqualTo("channel_not_found");
        assertThat(methods.conversationsHistory(r -> r.channel(POSTMORTEM)).getError())
                .isEqualTo("channel_not_found");
        assertThat(methods.conversationsJoin(r -> r.channel(POSTMORTEM)).getError())
                .isEqualTo("channel_not_found");
    }

    @Test
    void privateChannel_isLikeAnyOtherOnceTheBotIsInvited() throws Exception {
        slack.control().command("lead", "postmortem", "/invite @stepback");

        assertThat(privateChannels()).containsExactly("postmortem");
        assertThat(post()).isEqualTo("null");
        assertThat(methods.conversationsInfo(r -> r.channel(POSTMORTEM))
                        .getChannel()
                        .isPrivate())
                .isTrue();
        assertThat(methods.conversationsJoin(r -> r.channel(POSTMORTEM)).getError())
                .isEqualTo("method_not_supported_for_channel_type");
    }

    @Test
    void privateChannel_needsScopesOfItsOwn() throws Exception {
        slack.control().inviteBot("postmortem");
        slack.control().revokeScope("groups:history");
        slack.control().revokeScope("groups:read");

        assertThat(methods.conversationsHistory(r -> r.channel(POSTMORTEM)).getError())
                .isEqualTo("missing_scope");
        assertThat(methods.conversationsInfo(r -> r.channel(POSTMORTEM)).getError())
                .isEqualTo("missing_scope");
    }

    @Test
    void privateChannel_doesNotExistForPeopleOutside() {
        assertThat(slack.control().messages("postmortem", "lead")).isEmpty();
        assertThatThrownBy(() -> slack.control().messages("postmortem", "guest"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> slack.control().command("guest", "postmortem", "/rollback x"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
