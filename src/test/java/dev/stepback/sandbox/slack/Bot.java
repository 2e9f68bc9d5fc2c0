package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import dev.stepback.stage.ManualClock;
import java.io.IOException;
import java.util.List;

/** The bot as a caller: Slack's own client, and the workspace that it calls, whose clock stands still. */
final class Bot implements AutoCloseable {
    static final String INCIDENTS = "C0INCIDENTS";

    final ManualClock clock = new ManualClock("2026-03-01T10:00:00Z");
    final SandboxSlack slack;
    final MethodsClient methods;

    Bot() {
        try {
            slack = SandboxSlack.start(0, clock);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        methods = SlackClient.methods(slack);
    }

    ChatPostMessageResponse post(String channel, String text) throws Exception {
        return methods.chatPostMessage(message -> message.channel(channel).text(text));
    }

    /** What the responder sees in the channel of incidents. */
    List<ObjectNode> seen() {
        return slack.control().messages("incidents", "responder");
    }

    @Override
    public void close() {
        slack.close();
    }
}
