package dev.stepback.slack;

import com.slack.api.bolt.App;
import com.sun.net.httpserver.HttpHandler;
import dev.stepback.audit.Audit;
import dev.stepback.command.Invocation;
import dev.stepback.command.Reply;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.RollbackListener;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.group.GroupListener;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.slack.card.Message;
import dev.stepback.slack.card.Mrkdwn;
import dev.stepback.slack.card.Replies;
import dev.stepback.target.TargetType;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Slack side of the bot. Construct it, give {@link #listener} to the engine, then {@link #start}.
 *
 * <p>In HTTP mode {@link #httpHandler} has to be mounted at {@code /slack/events}.
 */
public final class SlackBot implements AutoCloseable {
    private final App app;
    private final Deliveries deliveries;
    private final Projector projector;
    private final Operators operators;
    private final @Nullable SocketLink socket;
    private final @Nullable SignedRequests http;

    /**
     * @param configuration what may change while the bot runs is asked for each time
     * @param env holds {@code SLACK_BOT_TOKEN}, and {@code SLACK_APP_TOKEN} or {@code SLACK_SIGNING_SECRET}; {@code
     *     SLACK_API_URL} stands in for {@code https://slack.com/api/}
     * @param dispatcher answers commands
     * @param authorizer is asked whenever a click is delivered
     * @param audit is told of clicks that are denied
     * @param redactor has the last look at everything that is sent
     * @throws IllegalArgumentException when the secret for the configured mode is missing
     */
    public SlackBot(
            Supplier<StepbackConfig> configuration,
            Map<String, String> env,
            Function<Invocation, Reply> dispatcher,
            Rollbacks rollbacks,
            RollbackGroups groups,
            List<TargetType> targets,
            Authorizer authorizer,
            Redactor redactor,
            Audit audit,
            Metrics metrics,
            Clock clock) {
        StepbackConfig config = configuration.get();
        SlackApi api = new SlackApi(env, redactor, metrics);
        Workspace workspace = new Workspace(api);
        String command = config.slack().command();
        Replies replies = new Replies(command, workspace::cardLink);
        operators = new Operators(
                api, workspace, () -> configuration.get().notifications().operators());
        Commands commands = new Commands(dispatcher, workspace, replies, operators, clock);
        Whereabouts whereabouts = new Whereabouts(workspace, rollbacks);
        DecisionClicks decisions = new DecisionClicks(api, rollbacks, whereabouts);
        ClickedTargets clicked = new ClickedTargets(targets, authorizer, rollbacks, audit);
        GroupClicks groupClicks = new GroupClicks(api, groups, clicked, commands, workspace);
        Clicks clicks = new Clicks(api, rollbacks, clicked, commands, decisions, groupClicks, whereabouts);
        deliveries = new Deliveries(metrics, new RateLimits(config.limits(), clock));
        Submissions submissions = new Submissions(api, deliveries, rollbacks, decisions, groupClicks, clicked);
        app = new Receiver(api, command, deliveries, workspace, commands, clicks, submissions).app();
        CardMessages messages = new CardMessages(api);
        CardAnnouncements announcements = new CardAnnouncements(
                messages, workspace, () -> configuration.get().notifications(), clock);
        projector =
                new Projector(new CardWriter(messages, announcements, clock, CardWriter.REFRESH), rollbacks, groups);
        if (config.slack().mode() == StepbackConfig.Slack.Mode.SOCKET) {
            String appToken = env.getOrDefault("SLACK_APP_TOKEN", "");
            if (appToken.isEmpty()) {
                throw new IllegalArgumentException("SLACK_APP_TOKEN is not set");
            }
            socket = new SocketLink(api.slack(), api.outgoing(), appToken, app, metrics);
            http = null;
        } else {
            socket = null;
            http = new SignedRequests(
                    app, api.outgoing(), env.getOrDefault("SLACK_SIGNING_SECRET", ""), metrics, clock);
        }
    }

    /** Keeps the cards; to be told of Rollbacks by the replica that reconciles. */
    public RollbackListener listener() {
        return projector;
    }

    /** The same for groups, which have one card for all that is part of them. */
    public GroupListener groupListener() {
        return projector;
    }

    /** Tells the operators' channel, if there is one, a sentence; returns at once. */
    public void tellOperators(String sentence) {
        operators.tell(Message.of("⚙️ " + Mrkdwn.text(sentence, 2000)));
    }

    /** From now on, cards are drawn without anything being told only while this replica is the one that reconciles. */
    public void drawOnlyWhile(BooleanSupplier leading) {
        projector.onlyWhile(leading);
    }

    /** Begins to receive; returns at once and connects in the background for as long as it takes. */
    public SlackBot start() {
        if (socket != null) {
            socket.start();
        } else {
            app.start();
        }
        return this;
    }

    /** What keeps the bot from hearing Slack; empty when it does. */
    public String healthProblem() {
        return socket == null ? "" : socket.problem();
    }

    /**
     * Takes Slack's requests in HTTP mode.
     *
     * @throws IllegalStateException in Socket Mode
     */
    public HttpHandler httpHandler() {
        if (http == null) {
            throw new IllegalStateException("there is no HTTP endpoint in Socket Mode");
        }
        return http;
    }

    /** Takes no more from Slack; what has been taken goes on until {@link #close}. */
    public void stopReceiving() {
        if (socket != null) {
            socket.close();
        }
        if (http != null) {
            http.refuse();
        }
        deliveries.stopTaking();
    }

    /** Receives no more and lets what has begun end; takes four seconds at most. */
    @Override
    public void close() {
        stopReceiving();
        deliveries.close();
        projector.close();
        operators.close();
    }
}
