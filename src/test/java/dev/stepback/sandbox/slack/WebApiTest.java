package dev.stepback.sandbox.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.slack.api.model.ConversationType;
import com.slack.api.model.Message;
import com.slack.api.model.block.Blocks;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.composition.BlockCompositions;
import com.slack.api.model.block.composition.MarkdownTextObject;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebApiTest {
    private static final String INCIDENTS = "C0INCIDENTS";

    private final ManualClock clock = new ManualClock();
    private SandboxSlack slack;
    private MethodsClient methods;

    @BeforeEach
    void start() throws Exception {
        slack = SandboxSlack.start(0, clock);
        methods = SlackClient.methods(slack);
    }

    @AfterEach
    void close() {
        slack.close();
    }

    private ChatPostMessageResponse post(String channel, String text) throws Exception {
        return methods.chatPostMessage(message -> message.channel(channel).text(text));
    }

    @Test
    void auth_withTheBotToken_namesTheBot() throws Exception {
        var answer = methods.authTest(request -> request);

        assertThat(answer.isOk()).isTrue();
        assertThat(answer.getBotId()).isEqualTo("B0STEPBACK");
        assertThat(answer.getHttpResponseHeaders().getOrDefault("x-oauth-scopes", List.of()))
                .allSatisfy(scopes -> assertThat(scopes).contains("chat:write"))
                .hasSize(1);
    }

    @Test
    void auth_withAnotherToken_isInvalid() throws Exception {
        var stranger = SlackClient.slack(slack).methods("xoxb-unknown");

        assertThat(stranger.authTest(request -> request).getError()).isEqualTo("invalid_auth");
        assertThat(stranger.chatPostMessage(
                                message -> message.channel(INCIDENTS).text("x"))
                        .getError())
                .isEqualTo("invalid_auth");
    }

    @Test
    void connectionsOpen_withTheBotToken_isRefused() throws Exception {
        var answer = methods.appsConnectionsOpen(request -> request.token(slack.botToken()));

        assertThat(answer.getError()).isEqualTo("not_allowed_token_type");
    }

    @Test
    void method_withoutItsScope_saysWhatIsNeeded() throws Exception {
        slack.control().revokeScope("chat:write");

        var answer = post(INCIDENTS, "x");

        assertThat(answer.getError()).isEqualTo("missing_scope");
        assertThat(answer.getNeeded()).isEqualTo("chat:write");
        assertThat(answer.getProvided()).contains("commands").doesNotContain("chat:write");
    }

    @Test
    void method_thatDoesNotExist_isUnknown() throws Exception {
        assertThat(methods.bookmarksList(request -> request.channelId(INCIDENTS))
                        .getError())
                .isEqualTo("unknown_method");
    }

    @Test
    void postMessage_whereItCannot_saysWhy() throws Exception {
        assertThat(post("C0NOWHERE", "x").getError()).isEqualTo("channel_not_found");
        assertThat(post("C0RANDOM", "x").getError()).isEqualTo("not_in_channel");
        assertThat(post(INCIDENTS, "").getError()).isEqualTo("no_text");
        assertThat(post(INCIDENTS, "x".repeat(40_001)).getError()).isEqualTo("msg_too_long");
        slack.control().archive("incidents", true);
        clock.advance(Duration.ofSeconds(2));
        assertThat(post(INCIDENTS, "x").getError()).isEqualTo("is_archived");
    }

    @Test
    void postMessage_withBlocksBeyondALimit_isExplained() throws Exception {
        var answer = methods.chatPostMessage(message -> message.channel(INCIDENTS)
                .text("x")
                .blocks(List.of(
                        Blocks.section(section -> section.text(BlockCompositions.markdownText("x".repeat(3001)))))));

        assertThat(answer.getError()).isEqualTo("invalid_blocks");
        assertThat(answer.getResponseMetadata().getMessages())
                .containsExactly("[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]");
    }

    @Test
    void postMessage_withMuchTextInItsBlocks_isTooLong() throws Exception {
        LayoutBlock section = Blocks.section(block -> block.text(BlockCompositions.markdownText("x".repeat(3000))));

        assertThat(methods.chatPostMessage(
                                message -> message.channel(INCIDENTS).text("x").blocks(Collections.nCopies(4, section)))
                        .isOk())
                .isTrue();
        assertThat(methods.chatPostMessage(
                                message -> message.channel(INCIDENTS).text("x").blocks(Collections.nCopies(5, section)))
                        .getError())
                .isEqualTo("msg_blocks_too_long");
    }

    @Test
    void postMessage_withBlocksThatAreNoJson_isRefused() throws Exception {
        var answer = methods.chatPostMessage(
                message -> message.channel(INCIDENTS).text("x").blocksAsString("[{"));

        assertThat(answer.getError()).isEqualTo("invalid_blocks_format");
    }

    @Test
    void postMessage_withoutTextForNotifications_isNoted() throws Exception {
        methods.chatPostMessage(message -> message.channel(INCIDENTS).blocks(List.of(Blocks.divider())));

        assertThat(slack.control().violations()).containsExactly("chat.postMessage: no text for notifications");
    }

    @Test
    void timestamps_whileTheClockStands_areUnique() throws Exception {
        assertThat(post(INCIDENTS, "one").getTs())
                .isNotEqualTo(post(INCIDENTS, "two").getTs());
    }

    @Test
    void update_withoutBlocks_keepsThem() throws Exception {
        String ts = methods.chatPostMessage(
                        message -> message.channel(INCIDENTS).text("before").blocks(List.of(Blocks.divider())))
                .getTs();

        methods.chatUpdate(update -> update.channel(INCIDENTS).ts(ts).text("after"));
        assertThat(seen().get(0).path("text").asText()).isEqualTo("after");
        assertThat(seen().get(0).path("blocks")).hasSize(1);

        methods.chatUpdate(
                update -> update.channel(INCIDENTS).ts(ts).text("after").blocksAsString("[]"));
        assertThat(seen().get(0).path("blocks")).isEmpty();
    }

    @Test
    void update_ofWhatIsNotTheBots_isRefused() throws Exception {
        String ts = slack.control().command("responder", "incidents", "hello").ts();

        assertThat(methods.chatUpdate(update -> update.channel(INCIDENTS).ts(ts).text("x"))
                        .getError())
                .isEqualTo("cant_update_message");
        assertThat(methods.chatUpdate(update ->
                                update.channel(INCIDENTS).ts("1.000001").text("x"))
                        .getError())
                .isEqualTo("message_not_found");
    }

    @Test
    void delete_removesTheMessage() throws Exception {
        String ts = post(INCIDENTS, "x").getTs();

        assertThat(methods.chatDelete(delete -> delete.channel(INCIDENTS).ts(ts))
                        .isOk())
                .isTrue();
        assertThat(seen()).isEmpty();
        assertThat(methods.chatDelete(delete -> delete.channel(INCIDENTS).ts(ts))
                        .getError())
                .isEqualTo("message_not_found");
    }

    private List<ObjectNode> seen() {
        return slack.control().messages("incidents", "responder");
    }

    @Test
    void ephemeralMessage_isSeenByOneUserOnly() throws Exception {
        var answer = methods.chatPostEphemeral(
                message -> message.channel(INCIDENTS).user("U0RESPONDER").text("psst"));

        assertThat(answer.isOk()).isTrue();
        assertThat(slack.control().messages("incidents", "responder")).hasSize(1);
        assertThat(slack.control().messages("incidents", "lead")).isEmpty();
        assertThat(methods.conversationsHistory(history -> history.channel(INCIDENTS))
                        .getMessages())
                .isEmpty();
        assertThat(methods.chatUpdate(update -> update.channel(INCIDENTS)
                                .ts(answer.getMessageTs())
                                .text("x"))
                        .getError())
                .isEqualTo("message_not_found");
    }

    @Test
    void thread_isReadWithReplies_andNotInTheHistory() throws Exception {
        String head = post(INCIDENTS, "head").getTs();
        methods.chatPostMessage(
                message -> message.channel(INCIDENTS).threadTs(head).text("reply"));

        var replies =
                methods.conversationsReplies(thread -> thread.channel(INCIDENTS).ts(head));
        var history = methods.conversationsHistory(all -> all.channel(INCIDENTS));

        assertThat(replies.getMessages()).extracting(Message::getText).containsExactly("head", "reply");
        assertThat(history.getMessages()).extracting(Message::getText).containsExactly("head");
        assertThat(history.getMessages().get(0).getReplyCount()).isEqualTo(1);
    }

    @Test
    void history_comesInPagesNewestFirst_withMetadataOnRequest() throws Exception {
        for (String text : List.of("one", "two", "three")) {
            methods.chatPostMessage(message -> message.channel(INCIDENTS)
                    .text(text)
                    .metadata(Message.Metadata.builder()
                            .eventType("rollback")
                            .eventPayload(Map.of("name", text))
                            .build()));
        }

        var first = methods.conversationsHistory(
                history -> history.channel(INCIDENTS).limit(2).includeAllMetadata(true));
        var second = methods.conversationsHistory(history -> history.channel(INCIDENTS)
                .limit(2)
                .cursor(first.getResponseMetadata().getNextCursor()));

        assertThat(first.getMessages()).extracting(Message::getText).containsExactly("three", "two");
        assertThat(first.getMessages().get(0).getMetadata().getEventPayload()).containsEntry("name", "three");
        assertThat(second.getMessages()).extracting(Message::getText).containsExactly("one");
        assertThat(second.getMessages().get(0).getMetadata()).isNull();
        assertThat(second.isHasMore()).isFalse();
    }

    @Test
    void postMessage_moreOftenThanOnceASecond_isRateLimitedPerChannel() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(post(INCIDENTS, "burst").isOk()).isTrue();
        }

        SlackApiException refused =
                Assertions.catchThrowableOfType(SlackApiException.class, () -> post(INCIDENTS, "too many"));

        assertThat(refused.getResponse().code()).isEqualTo(429);
        assertThat(refused.getResponse().header("Retry-After")).isEqualTo("1");
        assertThat(post("C0DEPLOYS", "elsewhere").isOk()).isTrue();
        clock.advance(Duration.ofSeconds(1));
        assertThat(post(INCIDENTS, "later").isOk()).isTrue();
    }

    @Test
    void faults_areUsedUpByTheCallsTheyHit() throws Exception {
        slack.control().fail("chat.postMessage", "fatal_error", 1);
        slack.control().rateLimit("chat.postMessage", 1, 7);

        assertThat(post(INCIDENTS, "x").getError()).isEqualTo("fatal_error");
        SlackApiException refused =
                Assertions.catchThrowableOfType(SlackApiException.class, () -> post(INCIDENTS, "x"));
        assertThat(refused.getResponse().header("Retry-After")).isEqualTo("7");
        assertThat(post(INCIDENTS, "x").isOk()).isTrue();
        assertThat(slack.control().calls("chat.postMessage")).isEqualTo(3);
    }

    @Test
    void mentions_areFoundInTextAndBlocks_butNotWhenEscaped() throws Exception {
        methods.chatPostMessage(message -> message.channel(INCIDENTS)
                .text("hello <@U0LEAD> &lt;!everyone&gt;")
                .blocks(List.of(
                        Blocks.section(section -> section.text(BlockCompositions.markdownText("<!channel>"))),
                        Blocks.section(section -> section.text(BlockCompositions.plainText("<!here>"))))));

        assertThat(slack.control().mentions()).extracting(Mention::who).containsExactly("U0LEAD", "channel");
    }

    @Test
    void mentions_inTextThatIsNotVerbatim_needNoMarkup() throws Exception {
        methods.chatPostMessage(message -> message.channel(INCIDENTS)
                .text("@channel")
                .blocks(List.of(
                        Blocks.section(section -> section.text(MarkdownTextObject.builder()
                                .text("@everyone")
                                .verbatim(true)
                                .build())),
                        Blocks.section(section -> section.text(BlockCompositions.markdownText("ask @here"))))));

        assertThat(slack.control().mentions()).extracting(Mention::who).containsExactly("here");
    }

    @Test
    void update_moreOftenThanItsTierAllows_isRateLimited() throws Exception {
        String ts = post(INCIDENTS, "x").getTs();
        for (int i = 0; i < 50; i++) {
            methods.chatUpdate(update -> update.channel(INCIDENTS).ts(ts).text("y"));
        }

        assertThatThrownBy(() -> methods.chatUpdate(
                        update -> update.channel(INCIDENTS).ts(ts).text("z")))
                .isInstanceOf(SlackApiException.class);
        clock.advance(Duration.ofSeconds(2));
        assertThat(methods.chatUpdate(update -> update.channel(INCIDENTS).ts(ts).text("z"))
                        .isOk())
                .isTrue();
        slack.control().rateLimits(false);
        assertThat(methods.chatUpdate(update -> update.channel(INCIDENTS).ts(ts).text("z"))
                        .isOk())
                .isTrue();
    }

    @Test
    void people_areFoundByIdAndAddress() throws Exception {
        assertThat(methods.usersInfo(request -> request.user("U0GUEST"))
                        .getUser()
                        .isRestricted())
                .isTrue();
        assertThat(methods.usersInfo(request -> request.user("U0PARTNER"))
                        .getUser()
                        .getTeamId())
                .isEqualTo("T0PARTNER");
        assertThat(methods.usersInfo(request -> request.user("U0NOBODY")).getError())
                .isEqualTo("user_not_found");
        assertThat(methods.usersLookupByEmail(request -> request.email("lead@example.com"))
                        .getUser()
                        .getId())
                .isEqualTo("U0LEAD");
        assertThat(methods.usersList(request -> request).getMembers()).hasSize(9);
        assertThat(methods.usergroupsUsersList(request -> request.usergroup("S0ONCALL"))
                        .getUsers())
                .containsExactly("U0RESPONDER", "U0LEAD");
    }

    @Test
    void channels_tellWhetherTheBotIsIn_andLetItJoin() throws Exception {
        assertThat(methods.conversationsInfo(request -> request.channel("C0RANDOM"))
                        .getChannel()
                        .isMember())
                .isFalse();
        methods.conversationsJoin(request -> request.channel("C0RANDOM"));
        assertThat(post("C0RANDOM", "hello").isOk()).isTrue();
        assertThat(methods.conversationsMembers(request -> request.channel(INCIDENTS))
                        .getMembers())
                .contains("U0GUEST", "U0STEPBACK");
        assertThat(methods.conversationsList(request -> request).getChannels()).hasSize(4);
        slack.control().revokeScope("groups:read");
        assertThat(methods.conversationsList(request -> request.types(List.of(ConversationType.PRIVATE_CHANNEL)))
                        .getNeeded())
                .isEqualTo("groups:read");
    }

    @Test
    void directMessage_goesToItsUser() throws Exception {
        String channel = methods.conversationsOpen(request -> request.users(List.of("U0LEAD")))
                .getChannel()
                .getId();

        assertThat(post(channel, "hello").isOk()).isTrue();
        assertThat(post("U0LEAD", "again").getChannel()).isEqualTo(channel);
    }

    @Test
    void permalinkAndReaction_needTheMessage() throws Exception {
        String ts = post(INCIDENTS, "x").getTs();

        assertThat(methods.chatGetPermalink(link -> link.channel(INCIDENTS).messageTs(ts))
                        .getPermalink())
                .endsWith("/archives/C0INCIDENTS/p" + ts.replace(".", ""));
        assertThat(methods.reactionsAdd(
                                add -> add.channel(INCIDENTS).timestamp(ts).name("eyes"))
                        .isOk())
                .isTrue();
        assertThat(methods.reactionsAdd(
                                add -> add.channel(INCIDENTS).timestamp(ts).name("eyes"))
                        .getError())
                .isEqualTo("already_reacted");
    }

    @Test
    void file_isUploadedIntoAThread() throws Exception {
        String head = post(INCIDENTS, "head").getTs();

        var answer = methods.filesUploadV2(upload -> upload.channel(INCIDENTS)
                .threadTs(head)
                .filename("diff.txt")
                .title("Full diff")
                .content("- old\n+ new"));

        assertThat(answer.isOk()).isTrue();
        ObjectNode reply = seen().get(1);
        assertThat(reply.path("thread_ts").asText()).isEqualTo(head);
        assertThat(reply.path("files").get(0).path("content").asText()).isEqualTo("- old\n+ new");
        assertThat(reply.path("files").get(0).path("title").asText()).isEqualTo("Full diff");
    }
}
