package dev.stepback.sandbox.slack;

import com.sun.net.httpserver.HttpServer;
import dev.stepback.sandbox.slack.RateLimits.Tier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A Slack workspace in this process, with one app installed. Members {@code responder}, {@code lead} and {@code developer},
 * {@code guest} and {@code contractor} (guests), {@code former} (deactivated), {@code pipeline} (a bot) and {@code partner}
 * of another workspace; user groups {@code @oncall} (responder, lead) and {@code @leads} (lead, former); channels {@code
 * incidents} and {@code deploys}, {@code partners}, which is shared with the other workspace, and {@code random} and the
 * private {@code postmortem}, where the bot is not. It listens on 127.0.0.1 only.
 */
public final class SandboxSlack implements AutoCloseable {
    static {
        // Otherwise each answer waits some 40 ms for the client's delayed acknowledgement. Read once, when the first
        // server of the process is made.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /**
     * How the workspace behaves.
     *
     * @param port of the Web API; 0 for any
     * @param clock for timestamps, triggers, response URLs and rate limits
     * @param acknowledgement how long the app has to acknowledge, in real time
     * @param eventRetries how long after a failure an event is sent again, attempt by attempt, in real time
     * @param commands the slash commands of the app
     */
    public record Options(
            int port, Clock clock, Duration acknowledgement, List<Duration> eventRetries, Set<String> commands) {

        /** As the real one: three seconds; events again at once, after a minute and after five; {@code /rollback}. */
        public static Options realistic(int port, Clock clock) {
            return new Options(
                    port,
                    clock,
                    Duration.ofSeconds(3),
                    List.of(Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(5)),
                    Set.of("/rollback"));
        }

        /** The same with another time to acknowledge. */
        public Options withAcknowledgement(Duration patience) {
            return new Options(port, clock, patience, eventRetries, commands);
        }
    }

    private final Clock clock;
    private final HttpServer server;
    private final ExecutorService threads;
    private final Workspace workspace;
    private final RateLimits limits;
    private final Faults faults = new Faults();
    private final WebApi api;
    private final Views views;
    private final SocketMode socketMode;
    private final Deliveries deliveries;
    private final Control control;

    private SandboxSlack(Options options, HttpServer server, SocketMode socketMode) {
        this.clock = options.clock();
        this.server = server;
        this.socketMode = socketMode;
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "sandbox-slack");
            thread.setDaemon(true);
            return thread;
        });
        workspace = new Workspace(clock);
        limits = new RateLimits(clock);
        api = new WebApi(workspace, Tokens.SANDBOX, limits, faults);
        Triggers triggers = new Triggers(clock);
        views = new Views(workspace, triggers);
        Posting posting = new Posting(workspace, api::violation);
        ResponseUrls responses = new ResponseUrls(workspace, posting, root() + "response/");
        FileMethods files = new FileMethods(workspace, posting, root() + "upload/");
        deliveries = new Deliveries(socketMode, faults, options.acknowledgement(), options.eventRetries());
        Payloads payloads = new Payloads(workspace, triggers, responses);
        AppLink app = new AppLink(deliveries);
        control = new Control(
                this,
                app,
                new Composer(workspace, payloads, responses, app, options.commands()),
                new Clicks(workspace, views, payloads, app),
                new Modals(workspace, views, payloads, app));
        new ChatMethods(workspace, posting).register(api);
        new ConversationMethods(workspace).register(api);
        new PeopleMethods(workspace).register(api);
        views.register(api);
        files.register(api);
        api.method(
                "apps.connections.open",
                "connections:write",
                Tier.UNLIMITED,
                call -> Json.ok().put("url", socketMode.newUrl()));
        server.setExecutor(threads);
        server.createContext("/api/", api::handle);
        server.createContext("/response/", responses::handle);
        server.createContext("/upload/", files::upload);
        server.start();
    }

    /** Starts with {@link Options#realistic}. */
    public static SandboxSlack start(int port, Clock clock) throws IOException, InterruptedException {
        return start(Options.realistic(port, clock));
    }

    /** Starts; the app is reached by Socket Mode until {@link #deliverTo}. */
    public static SandboxSlack start(Options options) throws IOException, InterruptedException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        HttpServer server = HttpServer.create(new InetSocketAddress(loopback, options.port()), 0);
        return new SandboxSlack(options, server, SocketMode.start());
    }

    private String root() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** What {@code SLACK_API_URL} is to be set to; ends with a slash. */
    public URI apiUrl() {
        return URI.create(root() + "api/");
    }

    /** What {@code SLACK_BOT_TOKEN} is to be set to. */
    public String botToken() {
        return Tokens.SANDBOX.bot();
    }

    /** What {@code SLACK_APP_TOKEN} is to be set to. */
    public String appToken() {
        return Tokens.SANDBOX.app();
    }

    /** What {@code SLACK_SIGNING_SECRET} is to be set to. */
    public String signingSecret() {
        return Tokens.SANDBOX.signingSecret();
    }

    /** From now on everything is posted, signed, to the app's own address. */
    public void deliverTo(URI eventsUrl) {
        deliveries.use(new HttpDelivery(eventsUrl, signingSecret(), clock));
    }

    /** Whether the app's address answers the challenge that Slack sends before it accepts an address. */
    public boolean verify(URI eventsUrl) throws InterruptedException {
        return new HttpDelivery(eventsUrl, signingSecret(), clock).answersChallenge();
    }

    /** From now on everything is delivered by Socket Mode, as in the beginning. */
    public void deliverBySocketMode() {
        deliveries.use(socketMode);
    }

    /** What people do and see, and what goes wrong. */
    public Control control() {
        return control;
    }

    Workspace workspace() {
        return workspace;
    }

    Views views() {
        return views;
    }

    WebApi api() {
        return api;
    }

    Faults faults() {
        return faults;
    }

    RateLimits limits() {
        return limits;
    }

    SocketMode socketMode() {
        return socketMode;
    }

    @Override
    public void close() {
        deliveries.close();
        server.stop(0);
        threads.shutdownNow();
        try {
            socketMode.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
