package dev.stepback.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.stepback.sandbox.cluster.Faults;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.shop.Shop;
import dev.stepback.sandbox.slack.OwnPage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The page, and what it and scripts ask of the cluster; what they ask of Slack is in the control API. */
final class Page {
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9@._:-]{1,253}");
    private static final String JSON = "application/json";

    private final Optional<SandboxCluster> cluster;

    /** @param cluster empty when the cluster is somebody's own */
    Page(Optional<SandboxCluster> cluster) {
        this.cluster = cluster;
    }

    void mount(HttpServer server) {
        server.createContext("/", only("GET", "/", exchange -> answer(exchange, 200, "text/html", html())));
        server.createContext("/sandbox/kubeconfig", only("GET", "/sandbox/kubeconfig", this::kubeconfig));
        server.createContext("/sandbox/cluster", only("GET", "/sandbox/cluster", this::panel));
        server.createContext(
                "/sandbox/ship-bad-release", only("POST", "/sandbox/ship-bad-release", this::shipBadRelease));
    }

    /**
     * Makes the cluster misbehave: {@code {"cluster": {"fail": {"count", "code", "verb"?, "resource"?}, "close_watches",
     * "expire_history", "latency_ms", "clear"}}}.
     */
    void faults(JsonNode request) {
        JsonNode wanted = request.path("cluster");
        if (wanted.isMissingNode()) {
            return;
        }
        Faults faults = cluster.orElseThrow(() -> new IllegalArgumentException("the cluster is not the sandbox's"))
                .faults();
        if (wanted.path("clear").asBoolean()) {
            faults.clear();
        }
        JsonNode fail = wanted.path("fail");
        if (fail.isObject()) {
            faults.fail(
                    fail.path("count").asInt(1),
                    fail.path("code").asInt(500),
                    text(fail, "verb"),
                    text(fail, "resource"));
        }
        JsonNode drop = wanted.path("drop_connections");
        if (drop.isObject()) {
            faults.dropConnections(drop.path("count").asInt(1), text(drop, "verb"), text(drop, "resource"));
        }
        if (wanted.path("expire_history").asBoolean()) {
            faults.expireHistory();
        }
        if (wanted.path("close_watches").asBoolean()) {
            faults.closeWatches();
        }
        if (wanted.has("latency_ms")) {
            faults.latency(Duration.ofMillis(wanted.path("latency_ms").asLong()));
        }
    }

    private void kubeconfig(HttpExchange exchange) throws IOException {
        if (cluster.isEmpty()) {
            answer(exchange, 404, "text/plain", "the cluster is not the sandbox's\n");
            return;
        }
        String query = exchange.getRequestURI().getQuery();
        if (query == null) {
            answer(exchange, 200, "application/yaml", cluster.get().kubeconfig());
        } else if (query.startsWith("as=") && USER.matcher(query.substring(3)).matches()) {
            String user = query.substring(3);
            answer(exchange, 200, "application/yaml", cluster.get().kubeconfigOf(user));
        } else {
            answer(exchange, 400, "text/plain", "use ?as=USER\n");
        }
    }

    private void panel(HttpExchange exchange) throws IOException {
        String json = cluster.map(c -> new ClusterPanel(c.store()).toJson().toString())
                .orElse("{\"rollbacks\":[],\"namespaces\":[]}");
        answer(exchange, 200, JSON, json);
    }

    private void shipBadRelease(HttpExchange exchange) throws IOException {
        if (cluster.isEmpty()) {
            answer(exchange, 400, JSON, "{\"ok\":false,\"error\":\"the cluster is not the sandbox's\"}");
            return;
        }
        boolean database = "workload=db".equals(exchange.getRequestURI().getQuery());
        String image = database
                ? Shop.breakDatabase(cluster.get().store())
                : Shop.shipBadRelease(cluster.get().store());
        answer(exchange, 200, JSON, "{\"ok\":true,\"image\":\"" + image + "\"}");
    }

    private static String html() throws IOException {
        try (InputStream page = Page.class.getResourceAsStream("/sandbox.html")) {
            if (page == null) {
                throw new IOException("sandbox.html is not on the class path");
            }
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static @Nullable String text(JsonNode node, String field) {
        return node.path(field).isTextual() ? node.path(field).asText() : null;
    }

    private static HttpHandler only(String method, String path, HttpHandler handler) {
        return exchange -> {
            if (!OwnPage.asks(exchange)) {
                answer(exchange, 403, "text/plain", "other pages may not ask\n");
            } else if (!exchange.getRequestURI().getPath().equals(path)) {
                answer(exchange, 404, "text/plain", "not found\n");
            } else if (!exchange.getRequestMethod().equals(method)) {
                answer(exchange, 405, "text/plain", "use " + method + "\n");
            } else {
                handler.handle(exchange);
            }
        };
    }

    private static void answer(HttpExchange exchange, int code, String type, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
