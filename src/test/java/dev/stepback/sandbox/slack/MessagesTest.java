package dev.stepback.sandbox.slack;

import static dev.stepback.sandbox.slack.Bot.INCIDENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.model.Message;
import com.slack.api.model.block.Blocks;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.composition.BlockCompositions;
import com.slack.api.model.block.composition.MarkdownTextObject;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Messages that the bot posts, edits, deletes and reads. */
class MessagesTest {
    @AutoClose
    private final Bot bot = new Bot();

    @Test
    void postMessage_whereItCannot_saysWhy() throws Exception {
        assertThat(bot.post("C0NOWHERE", "x").getError()).isEqualTo("channel_not_found");
        assertThat(bot.post("C0RANDOM", "x").getError()).isEqualTo("not_in_channel");
        assertThat(bot.post(INCIDENTS, "").getError()).isEqualTo("no_text");
        assertThat(bot.post(INCIDENTS, "x".repeat(40_001)).getError()).isEqualTo("msg_too_long");
        bot.slack.control().archive("incidents", true);
        bot.clock.advance(Duration.ofSeconds(2));
        assertThat(bot.post(INCIDENTS, "x").getError()).isEqualTo("is_archived");
    }

    @Test
    void postMessage_withBlocksBeyondALimit_isExplained() throws Exception {
        var answer = bot.methods.chatPostMessage(message -> message.channel(INCIDENTS)
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

        assertThat(bot.methods
                        .chatPostMessage(
                                message -> message.channel(INCIDENTS).text("x").blocks(Collections.nCopies(4, section)))
                        .isOk())
                .isTrue();
        assertThat(bot.methods
                        .chatPostMessage(
                                message -> message.channel(INCIDENTS).text("x").blocks(Collections.nCopies(5, section)))
                        .getError())
                .isEqualTo("msg_blocks_too_long");
    }

    @Test
    void postMessage_withBlocksThatAreNoJson_isRefused() throws Exception {
        var answer = bot.methods.chatPostMessage(
                message -> message.channel(INCIDENTS).text("x").blocksAsString("[{"));

        assertThat(answer.getError()).isEqualTo("invalid_blocks_format");
    }

    @Test
    void postMessage_withoutTextForNotifications_isNoted() throws Exception {
        bot.methods.chatPostMessage(message -> message.channel(INCIDENTS).blocks(List.of(Blocks.divider())));

        assertThat(bot.slack.control().violations()).containsExactly("chat.postMessage: no text for notifications");
    }

    @Test
    void timestamps_whileTheClockStands_areUnique() throws Exception {
        assertThat(bot.post(INCIDENTS, "one").getTs())
                .isNotEqualTo(bot.post(INCIDENTS, "two").getTs());
    }

    @Test
    void update_withoutBlocks_keepsThem() throws Exception {
        String ts = bot.methods
                .chatPostMessage(
                        message -> message.channel(INCIDENTS).text("before").blocks(List.of(Blocks.divider())))
                .getTs();

        bot.methods.chatUpdate(update -> update.channel(INCIDENTS).ts(ts).text("after"));
        assertThat(bot.seen().get(0).path("text").asText()).isEqualTo("after");
        assertThat(bot.seen().get(0).path("blocks")).hasSize(1);

        bot.methods.chatUpdate(
                update -> update.channel(INCIDENTS).ts(ts).text("after").blocksAsString("[]"));
        assertThat(bot.seen().get(0).path("blocks")).isEmpty();
    }

    @Test
    void update_ofWhatIsNotTheBots_isRefused() throws Exception {
        String ts =
                bot.slack.control().command("responder", "incidents", "hello").ts();

        assertThat(bot.methods
                        .chatUpdate(update -> update.channel(INCIDENTS).ts(ts).text("x"))
                        .getError())
                .isEqualTo("cant_update_message");
        assertThat(bot.methods
                        .chatUpdate(update ->
                                update.channel(INCIDENTS).ts("1.000001").text("x"))
                        .getError())
                .isEqualTo("message_not_found");
    }

    @Test
    void delete_removesTheMessage() throws Exception {
        String ts = bot.post(INCIDENTS, "x").getTs();

        assertThat(bot.methods
                        .chatDelete(delete -> delete.channel(INCIDENTS).ts(ts))
                        .isOk())
                .isTrue();
        assertThat(bot.seen()).isEmpty();
        assertThat(bot.methods
                        .chatDelete(delete -> delete.channel(INCIDENTS).ts(ts))
                        .getError())
                .isEqualTo("message_not_found");
    }

    @Test
    void ephemeralMessage_isSeenByOneUserOnly() throws Exception {
        var answer = bot.methods.chatPostEphemeral(
                message -> message.channel(INCIDENTS).user("U0RESPONDER").text("psst"));

        assertThat(answer.isOk()).isTrue();
        assertThat(bot.slack.control().messages("incidents", "responder")).hasSize(1);
        assertThat(bot.slack.control().messages("incidents", "lead")).isEmpty();
        assertThat(bot.methods
                        .conversationsHistory(history -> history.channel(INCIDENTS))
                        .getMessages())
                .isEmpty();
        assertThat(bot.methods
                        .chatUpdate(update -> update.channel(INCIDENTS)
                                .ts(answer.getMessageTs())
                                .text("x"))
                        .getError())
                .isEqualTo("message_not_found");
    }

    @Test
    void thread_isReadWithReplies_andNotInTheHistory() throws Exception {
        String head = bot.post(INCIDENTS, "head").getTs();
        bot.methods.chatPostMessage(
                message -> message.channel(INCIDENTS).threadTs(head).text("reply"));

        var replies = bot.methods.conversationsReplies(
                thread -> thread.channel(INCIDENTS).ts(head));
        var history = bot.methods.conversationsHistory(all -> all.channel(INCIDENTS));

        assertThat(replies.getMessages()).extracting(Message::getText).containsExactly("head", "reply");
        assertThat(history.getMessages()).extracting(Message::getText).containsExactly("head");
        assertThat(history.getMessages().get(0).getReplyCount()).isEqualTo(1);
    }

    @Test
    void history_comesInPagesNewestFirst_withMetadataOnRequest() throws Exception {
        for (String text : List.of("one", "two", "three")) {
            bot.methods.chatPostMessage(message -> message.channel(INCIDENTS)
                    .text(text)
                    .metadata(Message.Metadata.builder()
                            .eventType("rollback")
                            .eventPayload(Map.of("name", text))
                            .build()));
        }

        var first = bot.methods.conversationsHistory(
                history -> history.channel(INCIDENTS).limit(2).includeAllMetadata(true));
        var second = bot.methods.conversationsHistory(history -> history.channel(INCIDENTS)
                .limit(2)
                .cursor(first.getResponseMetadata().getNextCursor()));

        assertThat(first.getMessages()).extracting(Message::getText).containsExactly("three", "two");
        assertThat(first.getMessages().get(0).getMetadata().getEventPayload()).containsEntry("name", "three");
        assertThat(second.getMessages()).extracting(Message::getText).containsExactly("one");
        assertThat(second.getMessages().get(0).getMetadata()).isNull();
        assertThat(second.isHasMore()).isFalse();
    }

    @Test
    void mentions_areFoundInTextAndBlocks_butNotWhenEscaped() throws Exception {
        bot.methods.chatPostMessage(message -> message.channel(INCIDENTS)
                .text("hello <@U0LEAD> &lt;!everyone&gt;")
                .blocks(List.of(
                        Blocks.section(section -> section.text(BlockCompositions.markdownText("<!channel>"))),
                        Blocks.section(section -> section.text(BlockCompositions.plainText("<!here>"))))));

        assertThat(bot.slack.control().mentions()).extracting(Mention::who).containsExactly("U0LEAD", "channel");
    }

    @Test
    void mentions_inTextThatIsNotVerbatim_needNoMarkup() throws Exception {
        bot.methods.chatPostMessage(message -> message.channel(INCIDENTS)
                .text("@channel")
                .blocks(List.of(
                        Blocks.section(section -> section.text(MarkdownTextObject.builder()
                                .text("@everyone")
                                .verbatim(true)
                                .build())),
                        Blocks.section(section -> section.text(BlockCompositions.markdownText("ask @here"))))));

        assertThat(bot.slack.control().mentions()).extracting(Mention::who).containsExactly("here");
    }

    @Test
    void permalinkAndReaction_needTheMessage() throws Exception {
        String ts = bot.post(INCIDENTS, "x").getTs();

        assertThat(bot.methods
                        .chatGetPermalink(link -> link.channel(INCIDENTS).messageTs(ts))
                        .getPermalink())
                .endsWith("/archives/C0INCIDENTS/p" + ts.replace(".", ""));
        assertThat(bot.methods
                        .reactionsAdd(
                                add -> add.channel(INCIDENTS).timestamp(ts).name("eyes"))
                        .isOk())
                .isTrue();
        assertThat(bot.methods
                        .reactionsAdd(
                                add -> add.channel(INCIDENTS).timestamp(ts).name("eyes"))
                        .getError())
                .isEqualTo("already_reacted");
    }

    @Test
    void file_isUploadedIntoAThread() throws Exception {
        String head = bot.post(INCIDENTS, "head").getTs();

        var answer = bot.methods.filesUploadV2(upload -> upload.channel(INCIDENTS)
                .threadTs(head)
                .filename("diff.txt")
                .title("Full diff")
                .content("- old\n+ new"));

        assertThat(answer.isOk()).isTrue();
        ObjectNode reply = bot.seen().get(1);
        assertThat(reply.path("thread_ts").asText()).isEqualTo(head);
        assertThat(reply.path("files").get(0).path("content").asText()).isEqualTo("- old\n+ new");
        assertThat(reply.path("files").get(0).path("title").asText()).isEqualTo("Full diff");
    }
}
