package dev.stepback.slack;

import com.slack.api.app_backend.interactive_components.payload.BlockActionPayload;
import com.slack.api.app_backend.slash_commands.payload.SlashCommandPayload;
import com.slack.api.app_backend.views.response.ViewSubmissionResponse;
import com.slack.api.bolt.App;
import com.slack.api.bolt.AppConfig;
import com.slack.api.bolt.response.Response;
import com.slack.api.model.event.AppMentionEvent;
import dev.stepback.command.Invocation;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Person;
import dev.stepback.slack.card.Actions;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Bolt app: puts every delivery into the queue and acknowledges it. No middleware: signatures are verified before,
 * and an authorization that calls Slack would make the acknowledgement wait for it.
 */
final class Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);
    private static final String BUSY = "Too much is going on at once. Please try again in a moment.";
    private static final Pattern ANY = Pattern.compile(".*", Pattern.DOTALL);
    private static final Pattern MENTION = Pattern.compile("<@[A-Z0-9]+(\\|[^>]*)?>");

    /** They decide about something that waits or runs already. */
    private static final Set<String> DECIDING =
            Set.of(Actions.APPROVE, Actions.REJECT, Actions.BREAK_GLASS, Actions.CANCEL, Actions.STOP_HERE);

    private static final Pattern DECISION = Pattern.compile("(?i)\\b(?:cancel|lock|unlock|because)\\b");

    private final SlackApi api;
    private final String command;
    private final Deliveries deliveries;
    private final Workspace workspace;
    private final Commands commands;
    private final Clicks clicks;
    private final Submissions submissions;

    Receiver(
            SlackApi api,
            String command,
            Deliveries deliveries,
            Workspace workspace,
            Commands commands,
            Clicks clicks,
            Submissions submissions) {
        this.api = api;
        this.command = command;
        this.deliveries = deliveries;
        this.workspace = workspace;
        this.commands = commands;
        this.clicks = clicks;
        this.submissions = submissions;
    }

    App app() {
        AppConfig config = AppConfig.builder()
                .slack(api.slack())
                .requestVerificationEnabled(false)
                .allEventsApiAutoAckEnabled(true)
                .unmatchedRequestHandler(request -> Response.ok())
                .build();
        App app = new App(config, List.of());
        app.command(ANY, (request, context) -> slashCommand(request.getPayload()) ? Response.ok() : context.ack(BUSY));
        app.blockAction(ANY, (request, context) -> {
            click(request.getPayload());
            return Response.ok();
        });
        app.viewSubmission(ANY, (request, context) -> {
            ViewSubmissionResponse answer = submissions.answer(request.getPayload());
            return answer == null ? context.ack() : context.ack(answer);
        });
        app.event(AppMentionEvent.class, (payload, context) -> {
            mention(payload.getEventId(), payload.getEvent());
            return Response.ok();
        });
        return app;
    }

    private boolean slashCommand(SlashCommandPayload payload) {
        String text = payload.getText() == null ? "" : payload.getText();
        Person user = Senders.of(payload);
        Invocation invocation = new Invocation(
                text, new Actor(user, payload.getChannelId()), null, "command:" + payload.getTriggerId());
        SlackAnswers answers =
                new SlackAnswers(api, payload.getResponseUrl(), payload.getChannelId(), null, payload.getUserId());
        RateLimits.Asker asker = new RateLimits.Asker(user.id(), payload.getChannelId(), isDecision(text));
        return deliveries.accept("command", payload.getTriggerId(), asker, answers, to -> {
            log("command received", user, payload.getChannelId(), text);
            commands.run(invocation, to);
            log("command answered", user, payload.getChannelId(), text);
        });
    }

    private void mention(String eventId, AppMentionEvent event) {
        if (event.getUser() == null) {
            return;
        }
        boolean bot = event.getBotId() != null;
        String thread = event.getThreadTs() == null ? event.getTs() : event.getThreadTs();
        String text = commandIn(orElse(event.getText(), ""), command);
        SlackAnswers answers = new SlackAnswers(api, null, event.getChannel(), thread, event.getUser());
        RateLimits.Asker asker = new RateLimits.Asker(event.getUser(), event.getChannel(), isDecision(text));
        deliveries.accept("mention", eventId, asker, bot ? answers.aloud() : answers, to -> {
            if (bot && workspace.isSelf(event.getUser())) {
                return; // what it says itself is no request
            }
            Person user = Senders.of(event, workspace.person(event.getUser()));
            log("mention received", user, event.getChannel(), text);
            commands.run(new Invocation(text, new Actor(user, event.getChannel()), thread, "event:" + eventId), to);
        });
    }

    /** Whether a button decides about something that waits or runs already. */
    static boolean decides(String action) {
        return DECIDING.contains(action);
    }

    /** Whether it stops something, be it a rollback or all of them. */
    static boolean isDecision(String text) {
        // What comes after "because" is a reason.
        Matcher found = DECISION.matcher(text);
        return found.find() && !found.group().equalsIgnoreCase("because");
    }

    /** What is asked for in a message that mentions the bot: {@code @Stepback rollback checkout} is {@code checkout}. */
    static String commandIn(String text, String command) {
        String unescaped = MENTION.matcher(text)
                .replaceFirst("")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
                .strip();
        String word = command.substring(1).toLowerCase(Locale.ROOT);
        String lower = unescaped.toLowerCase(Locale.ROOT);
        for (String prefix : List.of(command.toLowerCase(Locale.ROOT), word)) {
            if (lower.equals(prefix) || lower.startsWith(prefix + " ")) {
                return unescaped.substring(prefix.length()).strip();
            }
        }
        return unescaped;
    }

    private void click(BlockActionPayload payload) {
        if (payload.getActions() == null
                || payload.getActions().isEmpty()
                || payload.getChannel() == null
                || payload.getActions().get(0).getActionId() == null) {
            return;
        }
        BlockActionPayload.Action action = payload.getActions().get(0);
        String channel = payload.getChannel().getId();
        String thread = threadOf(payload);
        Person user = Senders.of(payload);
        Clicks.Click click = new Clicks.Click(
                References.purpose(action.getActionId()),
                orElse(action.getValue(), ""),
                new Actor(user, channel),
                messageOf(payload),
                thread,
                payload.getTriggerId());
        SlackAnswers answers = new SlackAnswers(api, payload.getResponseUrl(), channel, thread, user.id());
        RateLimits.Asker asker = new RateLimits.Asker(user.id(), channel, decides(click.action()));
        deliveries.accept("click", payload.getTriggerId() + " " + action.getActionId(), asker, answers, to -> {
            log(click.action() + " clicked", user, channel, click.value());
            clicks.run(click, to);
        });
    }

    private static String messageOf(BlockActionPayload payload) {
        String ts =
                payload.getContainer() == null ? null : payload.getContainer().getMessageTs();
        if (ts == null && payload.getMessage() != null) {
            ts = payload.getMessage().getTs();
        }
        return ts == null ? "" : ts;
    }

    /** Null for the first message of a thread too: what comes of a click on a card belongs into the channel. */
    private static @Nullable String threadOf(BlockActionPayload payload) {
        String own =
                payload.getContainer() == null ? null : payload.getContainer().getMessageTs();
        String thread =
                payload.getMessage() == null ? null : payload.getMessage().getThreadTs();
        if (thread == null && payload.getContainer() != null) {
            thread = payload.getContainer().getThreadTs();
        }
        return thread == null || thread.equals(own) ? null : thread;
    }

    private static void log(String event, Person user, String channel, String text) {
        LOG.atInfo()
                .addKeyValue("user", user.id())
                .addKeyValue("channel", channel)
                .addKeyValue("text", text)
                .log(event);
    }

    private static String orElse(@Nullable String value, String other) {
        return value == null || value.isEmpty() ? other : value;
    }
}
