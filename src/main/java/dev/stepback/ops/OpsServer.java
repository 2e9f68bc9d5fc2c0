package dev.stepback.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /healthz} (the process lives), {@code /readyz} (it can do its work; every check with {@code ?verbose}), {@code /metrics}, and in HTTP mode
 * Slack's deliveries at {@code /slack/events}. Every other path is 404, every other method 405. {@link HttpLimits} bounds what
 * strangers can take.
 */
public final class OpsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpsServer.class);

    static {
        HttpLimits.install();
    }

    private final HttpServer server;
    private final ExecutorService threads;

    private OpsServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * @param address what to listen on; port 0 for any free one
     * @param slackEvents handles Slack's deliveries; empty in Socket Mode
     * @throws IOException when the address cannot be listened on
     */
    public static OpsServer start(
            InetSocketAddress address, Health health, Metrics metrics, Optional<HttpHandler> slackEvents)
            throws IOException {
        HttpServer server = HttpServer.create(address, 0);
        ExecutorService threads = HttpLimits.threads();
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, 404, "not found\n"));
        server.createContext("/healthz", reading("/healthz", exchange -> answer(exchange, 200, "ok\n")));
        server.createContext(
                "/readyz", reading("/readyz", exchange -> ready(exchange, health.states(), health.notes())));
        server.createContext("/metrics", reading("/metrics", exchange -> answer(exchange, 200, metrics.scrape())));
        slackEvents.ifPresent(handler -> server.createContext("/slack/events", exact("/slack/events", handler)));
        server.start();
        return new OpsServer(server, threads);
    }

    /** The port that is listened on. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static HttpHandler reading(String path, HttpHandler handler) {
        return exact(path, exchange -> {
            if (List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                handler.handle(exchange);
            } else {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                answer(exchange, 405, "GET only\n");
            }
        });
    }

    /** The JDK's server matches contexts by prefix; here a path is a path. What goes wrong stays in the log. */
    private static HttpHandler exact(String path, HttpHandler handler) {
        return exchange -> {
            if (!path.equals(exchange.getRequestURI().getPath())) {
                answer(exchange, 404, "not found\n");
                return;
            }
            try {
                handler.handle(exchange);
            } catch (RuntimeException e) {
                LOG.error("{} failed", path, e);
                if (exchange.getResponseCode() == -1) {
                    answer(exchange, 500, "error\n");
                }
                exchange.close();
            }
        };
    }

    /** As Kubernetes does it: short when all is well, unless {@code ?verbose} asks for every check. */
    private static void ready(HttpExchange exchange, Map<String, String> states, Map<String, String> notes)
            throws IOException {
        boolean ready = states.values().stream().allMatch(String::isEmpty);
        String query = exchange.getRequestURI().getQuery();
        boolean verbose = query != null && query.matches("verbose(=.*)?");
        String checks = ready && !verbose ? "ok\n" : lines(states, ready);
        answer(exchange, ready ? 200 : 503, checks + lines(notes));
    }

    private static String lines(Map<String, String> states, boolean ready) {
        return states.entrySet().stream()
                        .map(e -> e.getValue().isEmpty()
                                ? "[+]" + e.getKey() + " ok\n"
                                : "[-]" + e.getKey() + " failed: " + e.getValue() + "\n")
                        .collect(Collectors.joining())
                + "readyz check " + (ready ? "passed" : "failed") + "\n";
    }

    private static String lines(Map<String, String> notes) {
        return notes.entrySet().stream()
                .map(e -> "[!]" + e.getKey() + ": " + e.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static void answer(HttpExchange exchange, int code, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(code, -1);
                return;
            }
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
            exchange.getResponseBody().flush();
        }
    }
}
