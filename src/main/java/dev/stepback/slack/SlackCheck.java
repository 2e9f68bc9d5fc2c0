package dev.stepback.slack;

import com.slack.api.methods.response.auth.AuthTestResponse;
import com.slack.api.methods.response.conversations.ConversationsInfoResponse;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.redaction.Redactor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Tries whether Slack will let the bot do what it has to. Changes nothing. */
public final class SlackCheck {
    /** Without these something that the bot promises does not work. */
    private static final Map<String, String> NEEDED = Map.of(
            "chat:write", "for cards and answers",
            "commands", "for the slash command",
            "app_mentions:read", "for mentions",
            "channels:read", "to see whether the bot is in a public channel",
            "groups:read", "to see whether the bot is in a private channel",
            "channels:history", "to find its own messages in public channels after a crash",
            "groups:history", "to find its own messages in private channels after a crash",
            "metadata.message:read", "to know its own messages after a crash",
            "users:read", "for names of people, and to know who is a full member",
            "files:write", "for diffs that are too long for a message");

    private SlackCheck() {}

    /**
     * One line of the table.
     *
     * @param detail what was found, or what to do about it
     */
    public record Row(String item, boolean ok, String detail) {}

    /** Takes a few seconds; never throws. */
    public static List<Row> run(StepbackConfig config, Map<String, String> env, Metrics metrics) {
        List<Row> rows = new ArrayList<>();
        SlackApi api = new SlackApi(env, new Redactor(config.redaction().secretNames()), metrics);
        Optional<Set<String>> granted = botToken(api, env, rows);
        if (config.slack().mode() == StepbackConfig.Slack.Mode.SOCKET) {
            appToken(api, env.getOrDefault("SLACK_APP_TOKEN", ""), rows);
        } else {
            boolean set = !env.getOrDefault("SLACK_SIGNING_SECRET", "").isEmpty();
            rows.add(new Row("SLACK_SIGNING_SECRET", set, set ? "is set" : "set it: HTTP mode verifies with it"));
        }
        if (granted.isPresent()) {
            Workspace workspace = new Workspace(api);
            var notified = new LinkedHashSet<>(config.notifications().channels());
            config.notifications().operators().ifPresent(notified::add);
            notified.forEach(channel -> rows.add(channel(api, workspace, channel)));
            rows.addAll(new NamedPeopleCheck(api, workspace, NamedPeople.of(config)).run(granted.get()));
        }
        return rows;
    }

    /** What the token may do; empty when it does not work. */
    private static Optional<Set<String>> botToken(SlackApi api, Map<String, String> env, List<Row> rows) {
        if (env.getOrDefault("SLACK_BOT_TOKEN", "").isEmpty()) {
            rows.add(new Row("SLACK_BOT_TOKEN", false, "set it to the Bot User OAuth Token (xoxb-…)"));
            return Optional.empty();
        }
        try {
            AuthTestResponse auth = api.call("auth.test", m -> m.authTest(r -> r));
            rows.add(new Row("SLACK_BOT_TOKEN", true, "@" + auth.getUser() + " in " + auth.getTeam()));
            return Optional.of(scopes(auth.getHttpResponseHeaders(), rows));
        } catch (SlackFailure e) {
            rows.add(new Row("SLACK_BOT_TOKEN", false, e.getMessage()));
            return Optional.empty();
        }
    }

    private static Set<String> scopes(Map<String, List<String>> headers, List<Row> rows) {
        Set<String> granted = headers.entrySet().stream()
                .filter(h -> h.getKey() != null && h.getKey().equalsIgnoreCase("x-oauth-scopes"))
                .flatMap(h -> h.getValue().stream())
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .collect(Collectors.toSet());
        for (String scope : new TreeSet<>(NEEDED.keySet())) {
            boolean ok = granted.contains(scope);
            String use = NEEDED.getOrDefault(scope, "");
            rows.add(new Row("scope " + scope, ok, ok ? use : "missing; add it and reinstall the app, " + use));
        }
        return granted;
    }

    private static void appToken(SlackApi api, String token, List<Row> rows) {
        if (token.isEmpty()) {
            rows.add(new Row("SLACK_APP_TOKEN", false, "set it to the App-Level Token (xapp-…)"));
            return;
        }
        try {
            api.call("apps.connections.open", m -> m.appsConnectionsOpen(r -> r.token(token)));
            rows.add(new Row("SLACK_APP_TOKEN", true, "opens Socket Mode connections"));
        } catch (SlackFailure e) {
            rows.add(new Row("SLACK_APP_TOKEN", false, e.getMessage()));
        }
    }

    private static Row channel(SlackApi api, Workspace workspace, String channel) {
        String item = "channel " + channel;
        try {
            ConversationsInfoResponse info = api.call(
                    "conversations.info", m -> m.conversationsInfo(r -> r.channel(workspace.channelId(channel))));
            return info.getChannel().isMember()
                    ? new Row(item, true, "the bot is a member")
                    : new Row(item, false, "type there: " + workspace.inviteCommand());
        } catch (SlackFailure e) {
            return new Row(item, false, e.getMessage());
        }
    }
}
