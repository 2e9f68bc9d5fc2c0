package dev.stepback.slack;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.stepback.audit.AuditEvent;
import dev.stepback.command.Invocation;
import dev.stepback.command.Reply;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.policy.Policy;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.NewRollback;
import dev.stepback.rollback.People;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.Rollbacks.Created;
import dev.stepback.rollback.authorization.PolicyAuthorizer;
import dev.stepback.rollback.group.FakeGroups;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.sandbox.slack.Control;
import dev.stepback.sandbox.slack.SandboxSlack;
import dev.stepback.slack.card.Samples;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The bot in a sandbox workspace, with a fake engine and a dispatcher that knows a few commands. */
final class BotFixture implements AutoCloseable {
    final SandboxSlack slack;
    final FakeRollbacks rollbacks = new FakeRollbacks();
    final List<Invocation> invocations = new CopyOnWriteArrayList<>();
    final List<AuditEvent> audited = new CopyOnWriteArrayList<>();
    final Metrics metrics = new Metrics();
    /** Members, unless a test says something else. */
    final People people = new People();

    volatile Policy policy = Policy.DEFAULT;

    private final StepbackConfig config;
    private SlackBot bot;
    private @Nullable HttpServer server;

    BotFixture(StepbackConfig.Slack.Mode mode) throws Exception {
        slack = SandboxSlack.start(0, Clock.systemUTC());
        config = StepbackConfig.defaults().with(c -> {
            c.slack = new StepbackConfig.Slack(mode, "/rollback");
            c.notifications = new StepbackConfig.Notifications(List.of("#deploys"), Optional.of("random"));
        });
        bot = newBot();
        start();
    }

    Map<String, String> env() {
        return Map.of(
                "SLACK_API_URL", slack.apiUrl().toString(),
                "SLACK_BOT_TOKEN", slack.botToken(),
                "SLACK_APP_TOKEN", slack.appToken(),
                "SLACK_SIGNING_SECRET", slack.signingSecret());
    }

    private SlackBot newBot() {
        Authorizer authorizer = new PolicyAuthorizer(
                () -> policy,
                people,
                namespace -> new Locks.State.Open(),
                "test",
                List.of(),
                target -> Optional.of(Map.of()),
                Clock.systemUTC());
        return new SlackBot(
                () -> config,
                env(),
                this::dispatch,
                rollbacks,
                new FakeGroups(),
                List.of(new Shop()),
                authorizer,
                new Redactor(config.redaction().secretNames()),
                audited::add,
                metrics,
                Clock.systemUTC());
    }

    private void start() throws Exception {
        rollbacks.tell(bot.listener());
        bot.start();
        if (config.slack().mode() == StepbackConfig.Slack.Mode.HTTP) {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            server.setExecutor(Executors.newCachedThreadPool(Threads.named("http")));
            server.createContext("/slack/events", bot.httpHandler());
            server.start();
            slack.deliverTo(eventsUrl());
        } else {
            awaitConnected();
        }
    }

    URI eventsUrl() {
        HttpServer running = server;
        if (running == null) {
            throw new IllegalStateException("not in HTTP mode");
        }
        return URI.create("http://127.0.0.1:" + running.getAddress().getPort() + "/slack/events");
    }

    void awaitConnected() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> bot.healthProblem().isEmpty() && slack.control().connections() == 1);
    }

    /** Ends this process' bot and starts another one, as after a crash. */
    void restart() throws Exception {
        kill();
        revive();
    }

    void kill() {
        rollbacks.tellNobody();
        bot.close();
        await().until(() -> slack.control().connections() == 0);
    }

    void revive() throws Exception {
        bot = newBot();
        start();
    }

    Control control() {
        return slack.control();
    }

    List<ObjectNode> messages(String channel, String user) {
        return control().messages(channel, user);
    }

    /** The messages in a channel that contain all of the words, blocks included. */
    List<ObjectNode> messages(String channel, String user, String... words) {
        return messages(channel, user).stream()
                .filter(m -> {
                    for (String word : words) {
                        if (!m.toString().contains(word)) {
                            return false;
                        }
                    }
                    return true;
                })
                .toList();
    }

    /** Waits for exactly one message with all of the words. */
    ObjectNode awaitMessage(String channel, String user, String... words) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> messages(channel, user, words).size() == 1);
        return messages(channel, user, words).get(0);
    }

    /** The newest card in #incidents, once it shows the words. */
    ObjectNode awaitCard(String... words) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> cards().stream()
                        .anyMatch(card -> List.of(words).stream().allMatch(card.toString()::contains)));
        return cards().stream()
                .filter(card -> List.of(words).stream().allMatch(card.toString()::contains))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    List<ObjectNode> cards() {
        return messages("incidents", "lead", "Rollback of checkout in production");
    }

    void click(String user, JsonNode message, String actionId) {
        control().action(user, "incidents", message.path("ts").asText(), actionId);
    }

    private Reply dispatch(Invocation invocation) {
        invocations.add(invocation);
        String text = invocation.text();
        if (text.equals("fail")) {
            throw new IllegalStateException("a secret detail");
        }
        if (text.equals("slow")) {
            await().pollDelay(Duration.ofMillis(2500)).until(() -> true);
            return new Reply.Help(List.of());
        }
        if (text.endsWith(" history")) {
            return new Reply.ShowHistory(
                    Samples.history(5),
                    OptionalLong.of(4),
                    Map.of("checkout-3", BadRevision.rolledBack("ana", Instant.parse("2026-11-21T02:58:00Z"))));
        }
        if (text.contains(" diff ")) {
            return new Reply.ShowDiff(Samples.CHECKOUT, 5, 4, Samples.changes(2));
        }
        if (text.equals("help")) {
            return new Reply.Help(List.of());
        }
        if (text.equals("check")) {
            return new Reply.Choose(List.of(Samples.CHECKOUT), "");
        }
        Created created = rollbacks.create(new NewRollback(
                invocation.deliveryKey(),
                Samples.CHECKOUT,
                Operation.UNDO,
                OptionalLong.empty(),
                Optional.empty(),
                new PlanOptions(text.endsWith(" fast"), false, false),
                "",
                invocation.by(),
                new RollbackSpec.Origin(invocation.channel(), invocation.thread()),
                null));
        if (created instanceof Created.Ok ok) {
            return new Reply.Opened(ok.rollback());
        } else if (created instanceof Created.AlreadyOpen open) {
            return new Reply.AlreadyOpen(open.open());
        }
        return new Reply.Refused("denied");
    }

    @Override
    public void close() {
        bot.close();
        if (server != null) {
            server.stop(0);
        }
        slack.close();
    }
}
