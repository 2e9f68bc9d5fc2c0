package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the Slack client does with what somebody types. */
final class Composer {
    private static final Pattern MENTION = Pattern.compile("(?i)@stepback\\b|<@" + Workspace.BOT_USER + "(\\|[^>]*)?>");

    private final Workspace workspace;
    private final Payloads payloads;
    private final ResponseUrls responses;
    private final AppLink app;
    private final Set<String> commands;

    /** @param commands the slash commands that the app has registered */
    Composer(Workspace workspace, Payloads payloads, ResponseUrls responses, AppLink app, Set<String> commands) {
        this.workspace = workspace;
        this.payloads = payloads;
        this.responses = responses;
        this.app = app;
        this.commands = Set.copyOf(commands);
    }

    Control.Sent type(User user, Channel channel, String text, @Nullable String threadTs) {
        if (!channel.members().contains(user.id())) {
            throw new IllegalArgumentException(user.name() + " is not in #" + channel.name());
        }
        if (user.deactivated()) {
            throw new IllegalArgumentException(user.name() + " is deactivated and cannot sign in");
        }
        if (text.startsWith("/")) {
            return slashCommand(user, channel, text, threadTs);
        }
        Message message = say(user, channel, text, threadTs);
        if (!MENTION.matcher(text).find()) {
            return new Control.Sent(true, "", message.ts());
        }
        if (!channel.members().contains(Workspace.BOT_USER)) {
            workspace.tell(
                    user.id(), channel.id(), "You mentioned @Stepback, but they’re not in this channel.", threadTs);
            return new Control.Sent(true, "", message.ts());
        }
        return AppLink.sent(app.deliver(Delivery.event(payloads.appMention(user, message))), message.ts());
    }

    private Message say(User user, Channel channel, String text, @Nullable String threadTs) {
        synchronized (workspace) {
            if (threadTs != null && workspace.message(channel.id(), threadTs).isEmpty()) {
                throw new IllegalArgumentException("no such thread: " + threadTs);
            }
            String ts = workspace.nextTs();
            ObjectNode body = Json.object()
                    .put("type", "message")
                    .put("user", user.id())
                    .put("team", user.team())
                    .put("text", markup(text))
                    .put("ts", ts);
            if (threadTs != null) {
                body.put("thread_ts", threadTs);
            }
            Message message = new Message(channel.id(), ts, threadTs, null, user.id(), body);
            workspace.put(message);
            return message;
        }
    }

    /** As the client encodes what is typed: nothing of it is markup but the mention. */
    private static String markup(String typed) {
        String mention = "<@" + Workspace.BOT_USER + ">";
        String[] parts = MENTION.split(typed, -1);
        for (int i = 0; i < parts.length; i++) {
            parts[i] = parts[i].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        }
        return String.join(mention, parts);
    }

    private Control.Sent slashCommand(User user, Channel channel, String typed, @Nullable String threadTs) {
        if (threadTs != null) {
            throw new IllegalArgumentException("slash commands do not work in threads");
        }
        String command = typed.split("\\s", 2)[0];
        if (command.equals("/invite") && MENTION.matcher(typed).find()) {
            return invite(user, channel);
        }
        // Bots have no composer, and an app's commands are only there for people of workspaces that it is installed in.
        if (!commands.contains(command) || user.bot() || user.foreign()) {
            workspace.tell(user.id(), channel.id(), command + " is not a valid command.", null);
            return new Control.Sent(false, "unknown_command", "");
        }
        String text = typed.substring(command.length()).strip();
        List<Deliveries.Outcome> outcomes =
                app.deliver(Delivery.command(payloads.command(user, channel, command, text)));
        ResponseUrls.Origin origin = new ResponseUrls.Origin(channel.id(), user.id(), null);
        for (Deliveries.Outcome outcome : outcomes) {
            respond(origin, outcome);
        }
        AppLink.failure(outcomes)
                .ifPresent(error -> workspace.tell(
                        user.id(),
                        channel.id(),
                        error.equals("operation_timeout")
                                ? command + " failed because the app did not respond (operation_timeout)."
                                : command + " failed with the error \"" + error + "\".",
                        null));
        return AppLink.sent(outcomes, "");
    }

    /** One of Slack's own commands. */
    private Control.Sent invite(User user, Channel channel) {
        synchronized (workspace) {
            boolean joined = channel.members().add(Workspace.BOT_USER);
            workspace.tell(
                    user.id(),
                    channel.id(),
                    joined
                            ? "You added @Stepback to #" + channel.name() + "."
                            : "@Stepback is already in this channel.",
                    null);
            return new Control.Sent(true, "", "");
        }
    }

    private void respond(ResponseUrls.Origin origin, Deliveries.Outcome outcome) {
        JsonNode response = outcome.response();
        if (response.isTextual()) {
            response = Json.object().put("text", response.asText());
        }
        if (response instanceof ObjectNode body && (body.has("text") || body.has("blocks"))) {
            try {
                responses.answer(origin, body);
            } catch (SlackError e) {
                workspace.tell(
                        origin.user(),
                        origin.channel(),
                        "The command failed with the error \"" + e.getMessage() + "\".",
                        null);
            }
        }
    }
}
