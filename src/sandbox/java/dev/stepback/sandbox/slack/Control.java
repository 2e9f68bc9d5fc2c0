package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What people in the workspace do and see, for tests and for the page. Users and channels are named by id or by name.
 * Whatever is not possible in Slack throws {@link IllegalArgumentException}, which says why.
 *
 * <p>What is sent to the app returns when the app has acknowledged, or when its three seconds are over.
 */
public final class Control {
    private final SandboxSlack slack;
    private final People people;
    private final Workspace workspace;
    private final AppLink app;
    private final Composer composer;
    private final Clicks clicks;
    private final Modals modals;

    Control(SandboxSlack slack, AppLink app, Composer composer, Clicks clicks, Modals modals) {
        this.slack = slack;
        this.workspace = slack.workspace();
        this.people = new People(workspace);
        this.app = app;
        this.composer = composer;
        this.clicks = clicks;
        this.modals = modals;
    }

    /**
     * How something that was sent to the app went.
     *
     * @param acknowledged whether the app acknowledged every delivery in time
     * @param error Slack's word for what went wrong, such as {@code operation_timeout}; empty when all is well
     * @param ts of the message that was posted, when one was
     * @param errors what the app found wrong with a submitted modal, by block_id
     */
    public record Sent(boolean acknowledged, String error, String ts, Map<String, String> errors) {
        Sent(boolean acknowledged, String error, String ts) {
            this(acknowledged, error, ts, Map.of());
        }
    }

    /** Types into the composer: a slash command, a mention of the bot, or just a message. */
    public Sent command(String user, String channel, String text) {
        return command(user, channel, text, null);
    }

    /** The same in a thread, where slash commands do not work. */
    public Sent command(String user, String channel, String text, @Nullable String threadTs) {
        return composer.type(user(user), channel(channel), text, threadTs);
    }

    /** Clicks a button, confirming it if it asks, or chooses an option of a menu, of a message. */
    public Sent action(String user, String channel, String ts, String actionId) {
        return action(user, channel, ts, actionId, null, null, false);
    }

    /**
     * Clicks a button or chooses an option of a message.
     *
     * @param blockId tells elements with the same action_id apart; may be null
     * @param value the option to choose, or which of several buttons
     * @param force send it even if the message has no such element, as somebody might who forges requests
     */
    public Sent action(
            String user,
            String channel,
            String ts,
            String actionId,
            @Nullable String blockId,
            @Nullable String value,
            boolean force) {
        return clicks.inMessage(user(user), channel(channel), ts, new Clicks.Click(actionId, blockId, value, force));
    }

    /** Clicks or chooses in an open modal. */
    public Sent viewAction(
            String user, String viewId, String actionId, @Nullable String blockId, @Nullable String value) {
        return clicks.inView(user(user), viewId, new Clicks.Click(actionId, blockId, value, false));
    }

    /**
     * Fills in an open modal and submits it.
     *
     * @param values by block_id and action_id; what is not named keeps its value
     */
    public Sent submit(String user, String viewId, JsonNode values) {
        return modals.submit(user(user), viewId, values);
    }

    /** Closes an open modal. */
    public Sent closeView(String user, String viewId) {
        return modals.close(user(user), viewId);
    }

    /** What a user sees in a channel, oldest first: Slack's JSON and {@code user_name}, {@code mentions}, {@code permalink}. */
    public List<ObjectNode> messages(String channel, String user) {
        String viewer = user(user).id();
        synchronized (workspace) {
            if (!channel(channel).knownTo(viewer)) {
                throw new IllegalArgumentException("no such channel: " + channel);
            }
            return workspace.messages(channel(channel).id()).stream()
                    .filter(message -> message.visibleTo(viewer))
                    .map(this::shown)
                    .toList();
        }
    }

    private ObjectNode shown(Message message) {
        ObjectNode body = ConversationMethods.withThread(workspace, message);
        body.put("channel", message.channel());
        body.put(
                "user_name",
                workspace.user(message.author()).map(User::realName).orElse(message.author()));
        body.put("permalink", ChatMethods.permalink(message));
        ArrayNode mentions = body.putArray("mentions");
        Mention.in(message).forEach(mention -> mentions.add(mention.who()));
        return body;
    }

    /** The modals that a user has open, the one in front last. */
    public List<ObjectNode> views(String user) {
        return slack.views().open(user(user).id());
    }

    /** Whom the messages that are there now notify. */
    public List<Mention> mentions() {
        return workspace.everything().stream()
                .flatMap(message -> Mention.in(message).stream())
                .toList();
    }

    /** What the bot did that Slack lets pass but should not be done. */
    public List<String> violations() {
        return slack.api().violations();
    }

    /** How often a Web API method was called. */
    public int calls(String method) {
        return slack.api().calls(method);
    }

    /** Delivers the last command, click or event once more, as a retry. */
    public Sent redeliver() {
        return app.redeliver();
    }

    /** The next calls of a method are answered with 429. */
    public void rateLimit(String method, int count, int retryAfterSeconds) {
        slack.faults().rateLimit(method, count, retryAfterSeconds);
    }

    /** The next calls of a method fail with an error; {@code http_500} means a server error without JSON. */
    public void fail(String method, String error, int count) {
        slack.faults().fail(method, error, count);
    }

    /** Every Web API call takes that much longer. */
    public void latency(Duration perCall) {
        slack.faults().latency(perCall);
    }

    /** Whether everything is delivered twice from now on. */
    public void duplicateDeliveries(boolean on) {
        slack.faults().duplicateDeliveries(on);
    }

    /** Whether Slack's own rate limits hold; they do unless switched off. */
    public void rateLimits(boolean on) {
        slack.limits().enable(on);
    }

    /** Cuts all Socket Mode connections. */
    public void dropConnections() {
        slack.socketMode().drop();
    }

    /** Keeps the present Socket Mode connections open, but dead. */
    public void silenceConnections() {
        slack.socketMode().silence();
    }

    /** Sends {@code disconnect}; {@code warning} keeps the connections, {@code refresh_requested} ends them. */
    public void requestDisconnect(String reason) {
        slack.socketMode().requestRefresh(reason);
    }

    /** How many Socket Mode connections are open. */
    public int connections() {
        return slack.socketMode().connections();
    }

    /** Ends all faults. */
    public void clearFaults() {
        slack.faults().clear();
    }

    /** Takes a scope away from the bot token. */
    public void revokeScope(String scope) {
        slack.api().scopes().remove(scope);
    }

    /** Gives a scope back to the bot token. */
    public void grantScope(String scope) {
        slack.api().scopes().add(scope);
    }

    /** Archives a channel or brings it back. */
    public void archive(String channel, boolean archived) {
        synchronized (workspace) {
            channel(channel).archive(archived);
        }
    }

    /** Takes the bot out of a channel. */
    public void removeBot(String channel) {
        synchronized (workspace) {
            channel(channel).members().remove(Workspace.BOT_USER);
        }
    }

    /** Invites the bot into a channel. */
    public void inviteBot(String channel) {
        synchronized (workspace) {
            channel(channel).members().add(Workspace.BOT_USER);
        }
    }

    /** Changes who people are. */
    public People people() {
        return people;
    }

    /** Users, channels and user groups. */
    public ObjectNode describe() {
        synchronized (workspace) {
            ObjectNode described = Json.object();
            described.putObject("team").put("id", Workspace.TEAM).put("name", Workspace.TEAM_NAME);
            described.put("bot_user", Workspace.BOT_USER);
            ArrayNode users = described.putArray("users");
            workspace.users().forEach(user -> users.add(user.toJson(true).put("standing", user.standing())));
            ArrayNode groups = described.putArray("usergroups");
            workspace.userGroups().forEach(group -> groups.add(group.toJson(true, true, 1)));
            ArrayNode channels = described.putArray("channels");
            workspace.channels().forEach(channel -> {
                ObjectNode json = channel.toJson(Workspace.BOT_USER);
                channel.members().forEach(json.putArray("members")::add);
                channels.add(json);
            });
            return described;
        }
    }

    /**
     * What happened after a sequence number, waiting a little when nothing has.
     *
     * @return {@code next}, to ask from the next time, and {@code events} with their type, channel and ts
     */
    public ObjectNode events(long since, Duration patience) throws InterruptedException {
        ObjectNode result = Json.object();
        ArrayNode events = result.putArray("events");
        long next = since;
        for (Workspace.Happening happening : workspace.happeningsAfter(since, patience)) {
            ObjectNode event = events.addObject()
                    .put("sequence", happening.sequence())
                    .put("type", happening.type())
                    .put("channel", happening.channel())
                    .put("ts", happening.ts());
            if (happening.visibleTo() != null) {
                event.put("user", happening.visibleTo());
            }
            next = Math.max(next, happening.sequence());
        }
        return result.put("next", next);
    }

    private User user(String idOrName) {
        Optional<User> user = workspace.user(idOrName);
        return user.orElseThrow(() -> new IllegalArgumentException("no such user: " + idOrName));
    }

    private Channel channel(String idOrName) {
        Optional<Channel> channel = workspace.channel(idOrName);
        return channel.orElseThrow(() -> new IllegalArgumentException("no such channel: " + idOrName));
    }
}
