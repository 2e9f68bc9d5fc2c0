package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.slack.RateLimits.Tier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code chat.*} and {@code reactions.add}. */
final class ChatMethods {
    private static final int MAX_TEXT = 40_000;
    private static final int MAX_UPDATED_TEXT = 4_000;

    private final Workspace workspace;
    private final Posting posting;

    ChatMethods(Workspace workspace, Posting posting) {
        this.workspace = workspace;
        this.posting = posting;
    }

    void register(WebApi api) {
        api.method("chat.postMessage", "chat:write", Tier.POST_MESSAGE, this::postMessage);
        api.method("chat.postEphemeral", "chat:write", Tier.FOUR, this::postEphemeral);
        api.method("chat.update", "chat:write", Tier.THREE, this::update);
        api.method("chat.delete", "chat:write", Tier.THREE, this::delete);
        api.method("chat.getPermalink", "", Tier.UNLIMITED, this::permalink);
        api.method("reactions.add", "reactions:write", Tier.THREE, this::react);
    }

    private ObjectNode postMessage(Call call) {
        Channel channel = postable(call);
        ObjectNode content = posting.content(call, MAX_TEXT);
        String threadTs = thread(call, channel);
        if (threadTs != null && call.flag("reply_broadcast")) {
            content.put("subtype", "thread_broadcast");
        }
        return result(posting.post(channel.id(), threadTs, null, content));
    }

    private ObjectNode postEphemeral(Call call) {
        Channel channel = postable(call);
        User user = workspace.user(call.required("user")).orElseThrow(() -> new SlackError("user_not_found"));
        if (!channel.members().contains(user.id())) {
            throw new SlackError("user_not_in_channel");
        }
        ObjectNode content = posting.content(call, MAX_TEXT);
        Message message = posting.post(channel.id(), thread(call, channel), user.id(), content);
        return Json.ok().put("message_ts", message.ts());
    }

    private ObjectNode update(Call call) {
        Channel channel = known(call);
        Message message = workspace
                .message(channel.id(), call.required("ts"))
                .filter(found -> !found.ephemeral())
                .orElseThrow(() -> new SlackError("message_not_found"));
        if (!message.author().equals(Workspace.BOT_USER)) {
            throw new SlackError("cant_update_message");
        }
        requireOpen(channel);
        ObjectNode content = posting.content(call, MAX_UPDATED_TEXT);
        Message edited = posting.edit(message, content, true);
        return result(edited).put("text", Json.text(edited.body(), "text"));
    }

    private ObjectNode delete(Call call) {
        Channel channel = known(call);
        Message message = workspace
                .message(channel.id(), call.required("ts"))
                .filter(found -> !found.ephemeral())
                .orElseThrow(() -> new SlackError("message_not_found"));
        if (!message.author().equals(Workspace.BOT_USER)) {
            throw new SlackError("cant_delete_message");
        }
        workspace.remove(message);
        return Json.ok().put("channel", channel.id()).put("ts", message.ts());
    }

    private ObjectNode permalink(Call call) {
        Channel channel = known(call);
        Message message = workspace
                .message(channel.id(), call.required("message_ts"))
                .orElseThrow(() -> new SlackError("message_not_found"));
        return Json.ok().put("channel", channel.id()).put("permalink", permalink(message));
    }

    static String permalink(Message message) {
        String link = "https://" + Workspace.TEAM_DOMAIN + ".slack.com/archives/" + message.channel() + "/p"
                + message.ts().replace(".", "");
        return message.threadTs() == null
                ? link
                : link + "?thread_ts=" + message.threadTs() + "&cid=" + message.channel();
    }

    private ObjectNode react(Call call) {
        Channel channel = known(call);
        Message message = workspace
                .message(channel.id(), call.required("timestamp"))
                .orElseThrow(() -> new SlackError("message_not_found"));
        String name = call.required("name");
        ObjectNode body = message.body().deepCopy();
        for (var reaction : body.withArray("reactions")) {
            if (Json.text(reaction, "name").equals(name)) {
                throw new SlackError("already_reacted");
            }
        }
        ObjectNode reaction =
                body.withArray("reactions").addObject().put("name", name).put("count", 1);
        reaction.putArray("users").add(Workspace.BOT_USER);
        workspace.put(message.with(body));
        return Json.ok();
    }

    private static ObjectNode result(Message message) {
        ObjectNode result = Json.ok().put("channel", message.channel()).put("ts", message.ts());
        result.set("message", message.body());
        return result;
    }

    private Channel known(Call call) {
        String channel = call.required("channel");
        return workspace
                .channel(channel)
                .filter(found -> found.knownTo(Workspace.BOT_USER))
                .orElseThrow(() -> new SlackError("channel_not_found"));
    }

    /** A channel that the bot may write to; a user's id means the conversation with them. */
    private Channel postable(Call call) {
        String name = call.required("channel");
        Channel channel = workspace
                .channel(name)
                .or(() -> name.startsWith("U")
                        ? workspace.user(name).map(user -> workspace.direct(user.id()))
                        : java.util.Optional.empty())
                .filter(found -> found.knownTo(Workspace.BOT_USER))
                .orElseThrow(() -> new SlackError("channel_not_found"));
        requireOpen(channel);
        if (!channel.members().contains(Workspace.BOT_USER)) {
            throw new SlackError("not_in_channel");
        }
        return channel;
    }

    private static void requireOpen(Channel channel) {
        if (channel.archived()) {
            throw new SlackError("is_archived");
        }
    }

    private @Nullable String thread(Call call, Channel channel) {
        String ts = call.string("thread_ts").orElse("");
        if (ts.isEmpty()) {
            return null;
        }
        Message parent = workspace
                .message(channel.id(), ts)
                .orElseThrow(() -> SlackError.explained("invalid_arguments", List.of("no such thread: " + ts)));
        return parent.threadTs() == null ? parent.ts() : parent.threadTs();
    }
}
