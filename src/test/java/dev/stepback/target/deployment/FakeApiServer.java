package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stepback.target.workload.Json;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Answers as an API server does, without controllers, and goes wrong on request: for what happens between two requests
 * and on the wire.
 */
final class FakeApiServer implements AutoCloseable, AfterEachCallback {
    private final HttpServer server;
    private final KubernetesClient client;
    private final Map<String, ObjectNode> objects = new ConcurrentHashMap<>();
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();
    final List<String> patches = new ArrayList<>();
    /** The clients' ends of all connections so far. */
    final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
    /** Runs once, after a PATCH was received and before it is carried out. */
    volatile Runnable beforePatch = () -> {};
    /** The next PATCH takes effect, but its answer is an error. */
    volatile boolean loseAnswer;
    /** Told the path of every request before it is carried out; may hold it up. */
    volatile Consumer<String> beforeRequest = path -> {};
    /** Every PATCH is invalid. */
    volatile boolean refusePatches;

    FakeApiServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "fake-api");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::handle);
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .build())
                .build();
    }

    KubernetesClient client() {
        return client;
    }

    void put(String path, ObjectNode object) {
        objects.put(path, object);
    }

    ObjectNode get(String path) {
        ObjectNode object = objects.get(path);
        if (object == null) {
            throw new IllegalStateException("no " + path);
        }
        return object;
    }

    void remove(String path) {
        objects.remove(path);
    }

    /** Answers requests whose path contains this with an error. */
    void fail(String pathPart, int code) {
        failures.put(pathPart, code);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            connections.add(exchange.getRemoteAddress());
            String path = exchange.getRequestURI().getPath();
            beforeRequest.accept(path);
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Integer failure = failures.entrySet().stream()
                    .filter(f -> path.contains(f.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
            if (failure != null) {
                status(exchange, failure, "told to fail");
            } else if (exchange.getRequestMethod().equals("PATCH")) {
                boolean dryRun =
                        String.valueOf(exchange.getRequestURI().getQuery()).contains("dryRun=All");
                patch(exchange, path, body, dryRun);
            } else if (exchange.getRequestMethod().equals("POST")) {
                ObjectNode review = (ObjectNode) Json.parse(body);
                review.putObject("status").put("allowed", true);
                answer(exchange, 201, review);
            } else if (objects.containsKey(path)) {
                answer(exchange, 200, get(path));
            } else {
                list(exchange, path);
            }
        }
    }

    private void list(HttpExchange exchange, String path) throws IOException {
        ObjectNode list = Json.object().put("kind", "List");
        var items = list.putArray("items");
        new TreeMap<>(objects).forEach((key, value) -> {
            if (key.startsWith(path + "/")) {
                items.add(value);
            }
        });
        boolean collection = path.split("/").length % 2 == (path.startsWith("/apis") ? 1 : 0);
        if (collection) {
            answer(exchange, 200, list);
        } else {
            status(exchange, 404, path + " not found");
        }
    }

    private void patch(HttpExchange exchange, String path, String body, boolean dryRun) throws IOException {
        if (!dryRun) {
            patches.add(body);
            Runnable first = beforePatch;
            beforePatch = () -> {};
            first.run();
        }
        ObjectNode object = objects.get(path);
        if (object == null) {
            status(exchange, 404, path + " not found");
            return;
        }
        if (refusePatches) {
            status(exchange, 422, "Deployment.apps is invalid");
            return;
        }
        ObjectNode copy = object.deepCopy();
        for (JsonNode operation : Json.parse(body)) {
            String pointer = operation.path("path").asText();
            if (operation.path("op").asText().equals("test")) {
                if (!copy.at(pointer).equals(operation.path("value"))) {
                    status(exchange, 422, "the server rejected our request due to an error in our request");
                    return;
                }
            } else {
                int slash = pointer.lastIndexOf('/');
                ObjectNode parent = (ObjectNode) copy.at(pointer.substring(0, slash));
                String key = pointer.substring(slash + 1).replace("~1", "/").replace("~0", "~");
                if (operation.path("op").asText().equals("remove")) {
                    parent.remove(key);
                } else {
                    parent.set(key, operation.path("value"));
                }
            }
        }
        if (!dryRun) {
            objects.put(path, copy);
        }
        if (loseAnswer && !dryRun) {
            loseAnswer = false;
            status(exchange, 504, "gateway timeout");
        } else {
            answer(exchange, 200, copy);
        }
    }

    private static void status(HttpExchange exchange, int code, String message) throws IOException {
        answer(
                exchange,
                code,
                Json.object().put("kind", "Status").put("message", message).put("code", code));
    }

    private static void answer(HttpExchange exchange, int code, JsonNode json) throws IOException {
        byte[] bytes = Json.canonical(json).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        client.close();
        server.stop(0);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }
}
