package dev.stepback.slack;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.slack.api.Slack;
import com.slack.api.bolt.App;
import com.slack.api.bolt.response.Response;
import com.slack.api.bolt.socket_mode.request.SocketModeRequest;
import com.slack.api.bolt.socket_mode.request.SocketModeRequestParser;
import com.slack.api.socket_mode.SocketModeClient;
import com.slack.api.socket_mode.impl.SocketModeClientJavaWSImpl;
import com.slack.api.socket_mode.queue.SocketModeMessageQueue;
import com.slack.api.util.json.GsonFactory;
import dev.stepback.ops.Metrics;
import java.io.IOException;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Socket Mode connection, kept for as long as the bot runs.
 *
 * <p>The SDK's own session monitor gives up for good when it meets an unexpected exception and retries at a fixed pace;
 * this one pings, reconnects with a growing pause, and never gives up.
 */
final class SocketLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketLink.class);
    private static final int CONCURRENCY = 8;
    private static final Duration WATCH = Duration.ofSeconds(5);
    private static final Duration OPENING = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Slack slack;
    private final String appToken;
    private final App app;
    private final Metrics metrics;
    private final SocketModeRequestParser parser;
    private final Gson gson;
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(Threads.named("slack-socket"));
    private @Nullable ScheduledFuture<?> upcoming;
    private @Nullable SocketModeClient client;
    private Duration pause = FIRST_PAUSE;
    private volatile String problem = "not connected yet";
    private final Outgoing outgoing;
    private volatile boolean closed;

    SocketLink(Slack slack, Outgoing outgoing, String appToken, App app, Metrics metrics) {
        this.slack = slack;
        this.outgoing = outgoing;
        this.appToken = appToken;
        this.app = app;
        this.metrics = metrics;
        this.parser = new SocketModeRequestParser(app.config());
        this.gson = GsonFactory.createSnakeCase(slack.getConfig());
    }

    /** Returns at once; {@link #problem} says when it is connected. */
    void start() {
        app.start();
        watch.execute(this::look);
    }

    /** What is wrong with the connection; empty when it is up. */
    String problem() {
        return problem;
    }

    private void look() {
        if (closed) {
            return;
        }
        Duration next = WATCH;
        try {
            if (client == null || !client.verifyConnection()) {
                problem = problem.isEmpty() ? "the connection was lost" : problem;
                connect();
                LOG.info("connected to Slack");
            }
            problem = "";
            pause = FIRST_PAUSE;
        } catch (InterruptedException e) {
            return; // closed
        } catch (Exception e) {
            problem = "no connection: " + e.getMessage();
            LOG.warn("no connection to Slack, next attempt in {} ms: {}", pause.toMillis(), e.getMessage());
            next = pause;
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
        schedule(next);
    }

    private synchronized void schedule(Duration after) {
        if (upcoming != null) {
            upcoming.cancel(false);
        }
        if (!closed) {
            upcoming = watch.schedule(this::look, after.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void connect() throws Exception {
        SocketModeClient current = client;
        if (current == null) {
            current = create(slack.issueSocketModeUrl(appToken));
            client = current;
            current.connect();
        } else {
            current.connectToNewEndpoint();
        }
        long end = System.nanoTime() + OPENING.toNanos();
        while (!current.verifyConnection()) {
            if (closed || System.nanoTime() > end) {
                throw new IllegalStateException("the socket did not open");
            }
            Thread.sleep(50);
        }
    }

    private SocketModeClient create(String url) throws Exception {
        SocketModeClient created = new Client(slack, appToken, url);
        created.addWebSocketMessageListener(message -> handle(created, message));
        created.addWebSocketCloseListener((code, reason) -> onClose());
        created.addWebSocketErrorListener(error -> LOG.info("socket: {}", error.getMessage()));
        return created;
    }

    // Looks at once instead of at the next turn, unless an attempt to connect is under way or ahead already.
    private void onClose() {
        if (!closed && problem.isEmpty()) {
            schedule(Duration.ofMillis(100));
        }
    }

    private void handle(SocketModeClient from, String message) {
        long begin = System.nanoTime();
        try {
            SocketModeRequest request = parser.parse(message);
            if (request == null) {
                return;
            }
            Response response = app.run(request.getBoltRequest());
            JsonObject ack = new JsonObject();
            ack.addProperty("envelope_id", request.getEnvelope().getEnvelopeId());
            if (response.getBody() != null && !response.getBody().isEmpty()) {
                ack.add("payload", payload(response));
            }
            from.sendSocketModeResponse(outgoing.body(gson.toJson(ack)));
            metrics.acknowledged(Duration.ofNanos(System.nanoTime() - begin));
        } catch (Throwable e) { // an exception would end the delivery without an acknowledgement
            LOG.warn("a delivery was not acknowledged, Slack will repeat it: {}", e.toString());
        }
    }

    private JsonElement payload(Response response) {
        if (response.getContentType() != null && response.getContentType().startsWith("application/json")) {
            return gson.fromJson(response.getBody(), JsonElement.class);
        }
        JsonObject text = new JsonObject();
        text.addProperty("text", response.getBody());
        return text;
    }

    /**
     * The SDK's client looks for messages at a fixed pace, a hundred times a second for each worker, with one thread for all.
     * Here each worker has a thread, which waits for what arrives.
     */
    private static final class Client extends SocketModeClientJavaWSImpl {
        Client(Slack slack, String appToken, String url) throws URISyntaxException {
            super(slack, appToken, url, CONCURRENCY, new Arrived(), false, false, 60_000);
        }

        @Override
        public void initializeMessageProcessorExecutor(int concurrency) {
            ScheduledExecutorService workers =
                    Executors.newScheduledThreadPool(concurrency, Threads.named("slack-message"));
            for (int i = 0; i < concurrency; i++) {
                workers.execute(this::work);
            }
            setMessageProcessorExecutor(workers);
        }

        /** Until it is closed, which interrupts. */
        private void work() {
            while (!Thread.currentThread().isInterrupted()) {
                String message = getMessageQueue().poll();
                if (message != null) {
                    process(message);
                }
            }
        }

        private void process(String message) {
            try {
                processMessage(message);
            } catch (IOException | RuntimeException e) {
                LOG.warn("a message from Slack was not understood: {}", e.toString());
            }
        }
    }

    private static final class Arrived implements SocketModeMessageQueue {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

        @Override
        public void add(String message) {
            messages.add(message);
        }

        /** The next message, however long it takes; null when the thread is interrupted. */
        @Override
        public @Nullable String poll() {
            try {
                return messages.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        watch.shutdownNow();
        SocketModeClient current = client;
        if (current != null) {
            try {
                current.close();
            } catch (Exception e) {
                LOG.info("closing the socket: {}", e.getMessage());
            }
        }
    }
}
