package dev.stepback.slack;

import com.slack.api.methods.SlackFilesUploadV2Exception;
import dev.stepback.slack.card.Message;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends a rollback's messages, each with metadata that says which part of which rollback it is, and finds them again by
 * it. Methods throw {@link SlackFailure}.
 */
final class CardMessages {
    static final String CARD = "card";
    private static final String EVENT_TYPE = "stepback_rollback";
    private static final int MAX_PAGES = 5;
    private static final Set<String> BLOCKS_REFUSED =
            Set.of("invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "block_mismatch");

    private final SlackApi api;

    CardMessages(SlackApi api) {
        this.api = api;
    }

    /** @return the timestamp of the new message */
    String post(Topic topic, String part, String channel, @Nullable String thread, Message message) {
        com.slack.api.model.Message.Metadata metadata = new com.slack.api.model.Message.Metadata();
        metadata.setEventType(EVENT_TYPE);
        metadata.setEventPayload(Map.of("rollback", topic.id(), "part", part));
        return api.call(
                        "chat.postMessage",
                        m -> m.chatPostMessage(r -> r.channel(channel)
                                .threadTs(thread)
                                .text(message.text())
                                .blocks(message.blocks())
                                .metadata(metadata)
                                .unfurlLinks(false)
                                .unfurlMedia(false)))
                .getTs();
    }

    void update(String channel, String ts, Message message) {
        api.call(
                "chat.update",
                m -> m.chatUpdate(
                        r -> r.channel(channel).ts(ts).text(message.text()).blocks(message.blocks())));
    }

    void upload(String channel, String thread, String fileName, String content) {
        String safe = api.outgoing().body(content);
        api.call("files.completeUploadExternal", m -> {
            try {
                return m.filesUploadV2(r -> r.channel(channel)
                        .threadTs(thread)
                        .filename(fileName)
                        .title(fileName)
                        .content(safe));
            } catch (SlackFilesUploadV2Exception e) {
                throw new SlackFailure.Refused("files.uploadV2", "upload_failed", String.valueOf(e.getMessage()));
            }
        });
    }

    static boolean refusesBlocks(SlackFailure.Refused e) {
        return BLOCKS_REFUSED.contains(e.error());
    }

    /**
     * The timestamps of the rollback's messages by part, as far as they are among the newest thousand.
     *
     * @param thread look in this thread; null for the channel itself
     */
    Map<String, String> find(Topic topic, String channel, @Nullable String thread) {
        Map<String, String> found = new HashMap<>();
        String oldest = String.valueOf(
                Instant.parse(topic.metadata().getCreationTimestamp()).getEpochSecond() - 60);
        String cursor = null;
        for (int page = 0; page < MAX_PAGES; page++) {
            String from = cursor;
            List<com.slack.api.model.Message> messages;
            if (thread == null) {
                var response = api.call(
                        "conversations.history",
                        m -> m.conversationsHistory(r -> r.channel(channel)
                                .oldest(oldest)
                                .cursor(from)
                                .limit(200)
                                .includeAllMetadata(true)));
                messages = response.getMessages();
                cursor = response.getResponseMetadata() == null
                        ? null
                        : response.getResponseMetadata().getNextCursor();
            } else {
                var response = api.call(
                        "conversations.replies",
                        m -> m.conversationsReplies(r -> r.channel(channel)
                                .ts(thread)
                                .oldest(oldest)
                                .cursor(from)
                                .limit(200)
                                .includeAllMetadata(true)));
                messages = response.getMessages();
                cursor = response.getResponseMetadata() == null
                        ? null
                        : response.getResponseMetadata().getNextCursor();
            }
            messages.forEach(message -> note(topic, message, found));
            if (cursor == null || cursor.isEmpty()) {
                break;
            }
        }
        return found;
    }

    private static void note(Topic topic, com.slack.api.model.Message message, Map<String, String> found) {
        com.slack.api.model.Message.Metadata metadata = message.getMetadata();
        if (metadata != null
                && EVENT_TYPE.equals(metadata.getEventType())
                && metadata.getEventPayload() != null
                && topic.id().equals(metadata.getEventPayload().get("rollback"))
                && metadata.getEventPayload().get("part") instanceof String part) {
            found.put(part, message.getTs());
        }
    }
}
