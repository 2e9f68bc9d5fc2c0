package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.slack.RateLimits.Tier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** {@code conversations.*}. */
final class ConversationMethods {
    private static final Map<String, String> SCOPES = Map.of(
            "public_channel", "channels:read", "private_channel", "groups:read", "im", "im:read", "mpim", "mpim:read");

    private final Workspace workspace;

    ConversationMethods(Workspace workspace) {
        this.workspace = workspace;
    }

    void register(WebApi api) {
        api.method("conversations.info", "channels:read", Tier.THREE, this::info);
        api.method("conversations.list", "channels:read", Tier.TWO, this::list);
        api.method("conversations.join", "channels:join", Tier.THREE, this::join);
        api.method("conversations.members", "channels:read", Tier.FOUR, this::members);
        api.method("conversations.history", "channels:history", Tier.THREE, this::history);
        api.method("conversations.replies", "channels:history", Tier.THREE, this::replies);
        api.method("conversations.open", "im:write", Tier.THREE, this::open);
    }

    /** By id alone: these methods take no names. Direct conversations have scopes of their own. */
    private Channel channel(Call call) {
        String id = call.required("channel");
        Channel channel = workspace
                .channel(id)
                .filter(found -> found.id().equals(id) && found.knownTo(Workspace.BOT_USER))
                .orElseThrow(() -> new SlackError("channel_not_found"));
        boolean reads = call.method().endsWith("history") || call.method().endsWith("replies");
        String needed = (channel.hidden() ? "groups:" : "im:") + (reads ? "history" : "read");
        if ((channel.direct() || channel.hidden()) && !call.scopes().contains(needed)) {
            throw SlackError.missingScope(needed, String.join(",", call.scopes()));
        }
        return channel;
    }

    private ObjectNode info(Call call) {
        ObjectNode result = Json.ok();
        result.set("channel", channel(call).toJson(Workspace.BOT_USER));
        return result;
    }

    private ObjectNode list(Call call) {
        List<String> types = List.of(call.string("types")
                .filter(given -> !given.isEmpty())
                .orElse("public_channel")
                .split("\\s*,\\s*"));
        for (String type : types) {
            String needed = SCOPES.getOrDefault(type, "");
            if (needed.isEmpty()) {
                throw new SlackError("invalid_types");
            }
            if (!call.scopes().contains(needed)) {
                throw SlackError.missingScope(needed, String.join(",", call.scopes()));
            }
        }
        List<ObjectNode> found = workspace.channels().stream()
                .filter(channel -> types.contains(type(channel)) && channel.knownTo(Workspace.BOT_USER))
                .filter(channel -> !(call.flag("exclude_archived") && channel.archived()))
                .map(channel -> channel.toJson(Workspace.BOT_USER))
                .toList();
        return Paging.page(call, "channels", found);
    }

    private static String type(Channel channel) {
        return channel.direct() ? "im" : channel.hidden() ? "private_channel" : "public_channel";
    }

    private ObjectNode join(Call call) {
        Channel channel = channel(call);
        if (channel.hidden() || channel.direct()) {
            throw new SlackError("method_not_supported_for_channel_type");
        }
        if (channel.archived()) {
            throw new SlackError("is_archived");
        }
        channel.members().add(Workspace.BOT_USER);
        workspace.happened("member_joined_channel", channel.id(), "", null);
        ObjectNode result = Json.ok();
        result.set("channel", channel.toJson(Workspace.BOT_USER));
        return result;
    }

    private ObjectNode members(Call call) {
        ArrayNode members = Json.array();
        channel(call).members().forEach(members::add);
        ObjectNode result = Json.ok();
        result.set("members", members);
        result.putObject("response_metadata").put("next_cursor", "");
        return result;
    }

    private ObjectNode history(Call call) {
        Channel channel = readable(call);
        List<Message> newestFirst = new ArrayList<>(among(
                call,
                channel,
                message -> message.threadTs() == null
                        || Json.text(message.body(), "subtype").equals("thread_broadcast")));
        Collections.reverse(newestFirst);
        return Paging.page(call, "messages", bodies(call, newestFirst));
    }

    private ObjectNode replies(Call call) {
        Channel channel = readable(call);
        String ts = call.required("ts");
        if (workspace
                .message(channel.id(), ts)
                .filter(found -> !found.ephemeral())
                .isEmpty()) {
            throw new SlackError("thread_not_found");
        }
        List<Message> thread =
                among(call, channel, message -> message.ts().equals(ts) || ts.equals(message.threadTs()));
        return Paging.page(call, "messages", bodies(call, thread));
    }

    private Channel readable(Call call) {
        Channel channel = channel(call);
        if (!channel.members().contains(Workspace.BOT_USER)) {
            throw new SlackError("not_in_channel");
        }
        return channel;
    }

    private List<Message> among(Call call, Channel channel, Predicate<Message> wanted) {
        String oldest = call.string("oldest").orElse("0");
        String latest = call.string("latest").filter(ts -> !ts.isEmpty()).orElse("9999999999.999999");
        boolean inclusive = call.flag("inclusive");
        return workspace.messages(channel.id()).stream()
                .filter(message -> !message.ephemeral() && wanted.test(message))
                .filter(message -> inclusive
                        ? message.ts().compareTo(oldest) >= 0 && message.ts().compareTo(latest) <= 0
                        : message.ts().compareTo(oldest) > 0 && message.ts().compareTo(latest) < 0)
                .toList();
    }

    private List<ObjectNode> bodies(Call call, List<Message> messages) {
        boolean metadata = call.flag("include_all_metadata");
        return messages.stream()
                .map(message -> {
                    ObjectNode body = withThread(workspace, message);
                    if (!metadata) {
                        body.remove("metadata");
                    }
                    return body;
                })
                .toList();
    }

    /** The body, and for the head of a thread the number of its replies. */
    static ObjectNode withThread(Workspace workspace, Message message) {
        ObjectNode body = message.body().deepCopy();
        List<Message> replies = workspace.messages(message.channel()).stream()
                .filter(other -> message.ts().equals(other.threadTs()) && !other.ephemeral())
                .toList();
        if (!replies.isEmpty()) {
            body.put("thread_ts", message.ts())
                    .put("reply_count", replies.size())
                    .put("latest_reply", replies.get(replies.size() - 1).ts());
        }
        return body;
    }

    private ObjectNode open(Call call) {
        String user = call.required("users");
        User known = workspace.user(user).orElseThrow(() -> new SlackError("user_not_found"));
        ObjectNode result = Json.ok();
        result.putObject("channel").put("id", workspace.direct(known.id()).id());
        return result;
    }
}
