package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Talks to the API server as it is, with no client in between that makes things right. */
final class RawClient {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;
    private final String token;

    RawClient(SandboxCluster cluster) {
        this(cluster.uri(), cluster.adminToken());
    }

    /** @param token empty for none */
    RawClient(URI server, String token) {
        this.server = server;
        this.token = token;
    }

    record Answer(int code, JsonNode body) {}

    Answer get(String path) {
        return send("GET", path, "", "");
    }

    Answer post(String path, String json) {
        return send("POST", path, "application/json", json);
    }

    Answer put(String path, String json) {
        return send("PUT", path, "application/json", json);
    }

    Answer patch(String path, String kind, String body) {
        String suffix = kind.equals("apply-patch") ? "+yaml" : "+json";
        return send("PATCH", path, "application/" + kind + suffix, body);
    }

    Answer delete(String path, String json) {
        return send("DELETE", path, json.isEmpty() ? "" : "application/json", json);
    }

    Answer send(String method, String path, String contentType, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), Json.MAPPER.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Watches in the background until the server ends it. */
    Events watch(String path) {
        Events events = new Events();
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .header("Authorization", "Bearer " + token)
                .build();
        // With a thread of its own: to read the lines blocks.
        Thread reader = new Thread(() -> read(request, events), "watch");
        reader.setDaemon(true);
        reader.start();
        return events;
    }

    private void read(HttpRequest request, Events events) {
        try {
            HttpResponse<Stream<String>> response = http.send(request, BodyHandlers.ofLines());
            events.code = response.statusCode();
            response.body().forEach(line -> events.list.add(parse(line)));
        } catch (IOException | UncheckedIOException e) {
            // The server has ended it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            events.ended = true;
        }
    }

    private static ObjectNode parse(String line) {
        try {
            return (ObjectNode) Json.MAPPER.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static final class Events {
        private final List<ObjectNode> list = new CopyOnWriteArrayList<>();
        private volatile int code;
        private volatile boolean ended;

        int code() {
            return code;
        }

        boolean ended() {
            return ended;
        }

        /** Such as {@code ADDED web}. */
        List<String> summary() {
            return list.stream()
                    .map(event -> event.path("type").asText() + " " + Json.name(event.path("object")))
                    .toList();
        }

        ObjectNode get(int index) {
            return list.get(index);
        }
    }
}
