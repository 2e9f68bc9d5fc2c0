package dev.stepback.slack.card;

import com.slack.api.model.block.LayoutBlock;
import java.util.List;

/**
 * A message for Slack within its limits.
 *
 * @param text what a notification shows, in mrkdwn; never empty
 * @param blocks what the message shows; at most 50
 */
public record Message(String text, List<LayoutBlock> blocks) {
    public Message {
        blocks = List.copyOf(blocks);
    }

    /** A message of one paragraph, in mrkdwn that is already escaped. */
    public static Message of(String mrkdwn) {
        return new Message(mrkdwn, List.of(Kit.section(mrkdwn)));
    }
}
