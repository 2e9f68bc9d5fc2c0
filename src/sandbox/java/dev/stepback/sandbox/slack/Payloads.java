package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;

/** The payloads of commands, interactions and events, complete as the real ones are. */
final class Payloads {
    static final String VERIFICATION_TOKEN = "sandbox-verification-token";

    private final Workspace workspace;
    private final Triggers triggers;
    private final ResponseUrls responseUrls;

    Payloads(Workspace workspace, Triggers triggers, ResponseUrls responseUrls) {
        this.workspace = workspace;
        this.triggers = triggers;
        this.responseUrls = responseUrls;
    }

    ObjectNode command(User user, Channel channel, String command, String text) {
        return Json.object()
                .put("token", VERIFICATION_TOKEN)
                .put("team_id", Workspace.TEAM)
                .put("team_domain", Workspace.TEAM_DOMAIN)
                .put("channel_id", channel.id())
                .put("channel_name", channel.nameInPayloads())
                .put("user_id", user.id())
                .put("user_name", user.name())
                .put("command", command)
                .put("text", text)
                .put("api_app_id", Workspace.APP)
                .put("is_enterprise_install", "false")
                .put("response_url", responseUrls.make(new ResponseUrls.Origin(channel.id(), user.id(), null)))
                .put("trigger_id", triggers.make(user.id(), null));
    }

    ObjectNode appMention(User user, Message message) {
        String ts = message.ts();
        ObjectNode event = Json.object()
                .put("type", "app_mention")
                .put("user", user.id())
                .put("ts", ts)
                .put("client_msg_id", UUID.randomUUID().toString())
                .put("text", Json.text(message.body(), "text"))
                .put("team", user.team())
                .put("channel", message.channel())
                .put("event_ts", ts);
        if (message.threadTs() != null) {
            event.put("thread_ts", message.threadTs());
        }
        if (user.foreign()) {
            event.put("user_team", user.team()).put("source_team", user.team());
        }
        if (user.bot()) {
            event.put("bot_id", "B" + user.id().substring(1));
        }
        boolean shared =
                workspace.channel(message.channel()).map(Channel::shared).orElse(false);
        return event(event).put("is_ext_shared_channel", shared);
    }

    ObjectNode event(ObjectNode event) {
        ObjectNode payload = Json.object()
                .put("token", VERIFICATION_TOKEN)
                .put("team_id", Workspace.TEAM)
                .put("api_app_id", Workspace.APP);
        payload.set("event", event);
        payload.put("type", "event_callback")
                .put(
                        "event_id",
                        "Ev" + UUID.randomUUID().toString().replace("-", "").substring(0, 10))
                .put("event_time", workspace.clock().instant().getEpochSecond())
                .put("is_ext_shared_channel", false);
        payload.putArray("authorizations")
                .addObject()
                .putNull("enterprise_id")
                .put("team_id", Workspace.TEAM)
                .put("user_id", Workspace.BOT_USER)
                .put("is_bot", true)
                .put("is_enterprise_install", false);
        return payload;
    }

    ObjectNode messageAction(User user, Channel channel, Message message, ObjectNode action) {
        ObjectNode payload = interaction("block_actions", user, triggers.make(user.id(), null));
        ObjectNode container = payload.putObject("container")
                .put("type", "message")
                .put("message_ts", message.ts())
                .put("channel_id", channel.id())
                .put("is_ephemeral", message.ephemeral());
        if (message.threadTs() != null) {
            container.put("thread_ts", message.threadTs());
        }
        payload.putObject("channel").put("id", channel.id()).put("name", channel.nameInPayloads());
        // The real Slack does not repeat an ephemeral message: it is kept nowhere.
        if (!message.ephemeral()) {
            payload.set("message", ConversationMethods.withThread(workspace, message));
        }
        payload.putObject("state").set("values", FormState.of(message.body().path("blocks")));
        payload.put("response_url", responseUrls.make(new ResponseUrls.Origin(channel.id(), user.id(), message.ts())));
        return withAction(payload, action);
    }

    ObjectNode viewAction(User user, ObjectNode view, ObjectNode action) {
        String id = Json.text(view, "id");
        ObjectNode payload = interaction("block_actions", user, triggers.make(user.id(), id));
        payload.putObject("container").put("type", "view").put("view_id", id);
        payload.set("view", view);
        return withAction(payload, action);
    }

    private ObjectNode withAction(ObjectNode payload, ObjectNode action) {
        action.put("action_ts", workspace.nextTs());
        payload.putArray("actions").add(action);
        return payload;
    }

    ObjectNode viewSubmission(User user, JsonNode view) {
        ObjectNode payload = interaction("view_submission", user, triggers.make(user.id(), Json.text(view, "id")));
        payload.set("view", view);
        payload.putArray("response_urls");
        return payload;
    }

    ObjectNode viewClosed(User user, JsonNode view, boolean cleared) {
        ObjectNode payload = interaction("view_closed", user, "");
        payload.remove("trigger_id");
        payload.set("view", view);
        return payload.put("is_cleared", cleared);
    }

    private static ObjectNode interaction(String type, User user, String trigger) {
        ObjectNode payload = Json.object().put("type", type);
        payload.putObject("team")
                .put("id", user.team())
                .put("domain", user.foreign() ? "partner" : Workspace.TEAM_DOMAIN);
        payload.putObject("user")
                .put("id", user.id())
                .put("username", user.name())
                .put("name", user.name())
                .put("team_id", user.team());
        return payload.put("api_app_id", Workspace.APP)
                .put("token", VERIFICATION_TOKEN)
                .put("trigger_id", trigger)
                .putNull("enterprise")
                .put("is_enterprise_install", false);
    }
}
