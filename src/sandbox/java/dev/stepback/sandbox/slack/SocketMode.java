package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.java_websocket.WebSocket;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** Socket Mode: up to ten connections, each envelope to one of them. */
final class SocketMode implements Transport {
    static final int MAX_CONNECTIONS = 10;
    private static final int POLICY_VIOLATION = 1008;

    private final Server server = new Server();
    private final CountDownLatch started = new CountDownLatch(1);
    private final Set<String> tickets = ConcurrentHashMap.newKeySet();
    private final List<WebSocket> connections = new CopyOnWriteArrayList<>();
    private final Set<WebSocket> silent = ConcurrentHashMap.newKeySet();
    private final Map<String, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger envelopes = new AtomicInteger();

    /** Starts on a free loopback port. */
    static SocketMode start() throws InterruptedException {
        SocketMode socketMode = new SocketMode();
        socketMode.server.setReuseAddr(true);
        socketMode.server.setDaemon(true);
        socketMode.server.setConnectionLostTimeout(10);
        socketMode.server.start();
        if (!socketMode.started.await(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the socket server did not start");
        }
        return socketMode;
    }

    /** An address for one connection. */
    String newUrl() {
        String ticket = UUID.randomUUID().toString();
        tickets.add(ticket);
        return "ws://127.0.0.1:" + server.getPort() + "/link/?ticket=" + ticket + "&app_id=" + Workspace.APP;
    }

    int connections() {
        return connections.size();
    }

    @Override
    public CompletableFuture<JsonNode> send(Delivery delivery) {
        String id = UUID.randomUUID().toString();
        ObjectNode envelope = Json.object().put("envelope_id", id).put("type", delivery.type());
        envelope.set("payload", delivery.payload());
        envelope.put("accepts_response_payload", delivery.acceptsResponse());
        if (delivery.isEvent() || delivery.retry() > 0) {
            envelope.put("retry_attempt", delivery.retry())
                    .put("retry_reason", delivery.retryReason() == null ? "" : delivery.retryReason());
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        var unused = answer.whenComplete((payload, failure) -> waiting.remove(id));
        List<WebSocket> open = List.copyOf(connections);
        if (open.isEmpty()) {
            answer.completeExceptionally(new DeliveryFailed("dispatch_failed"));
            return answer;
        }
        WebSocket chosen = open.get(Math.floorMod(next.getAndIncrement(), open.size()));
        if (!silent.contains(chosen)) {
            try {
                chosen.send(envelope.toString());
                envelopes.incrementAndGet();
            } catch (org.java_websocket.exceptions.WebsocketNotConnectedException e) {
                connections.remove(chosen);
                waiting.remove(id);
                return send(delivery);
            }
        }
        return answer;
    }

    /** Asks every connection to come back on a new one. */
    void requestRefresh(String reason) {
        ObjectNode message = Json.object().put("type", "disconnect").put("reason", reason);
        message.putObject("debug_info").put("host", "sandbox");
        for (WebSocket connection : connections) {
            connection.send(message.toString());
            if (!reason.equals("warning")) {
                connections.remove(connection);
                connection.close();
            }
        }
    }

    /** Cuts every connection without a word. */
    void drop() {
        for (WebSocket connection : connections) {
            connections.remove(connection);
            connection.closeConnection(1006, "dropped");
        }
    }

    /** Lets every present connection stay open but dead: nothing is delivered, no ping is answered. */
    void silence() {
        silent.addAll(connections);
    }

    void close() throws InterruptedException {
        server.stop(500);
    }

    private final class Server extends WebSocketServer {
        Server() {
            super(new InetSocketAddress("127.0.0.1", 0), 1);
        }

        @Override
        public void onOpen(WebSocket connection, ClientHandshake handshake) {
            String query = handshake.getResourceDescriptor().replaceFirst("^[^?]*\\??", "");
            String ticket = Http.form(query).getOrDefault("ticket", "");
            if (!tickets.remove(ticket) || connections.size() >= MAX_CONNECTIONS) {
                connection.send(Json.object()
                        .put("type", "disconnect")
                        .put("reason", connections.size() >= MAX_CONNECTIONS ? "too_many_websockets" : "link_disabled")
                        .toString());
                connection.close(POLICY_VIOLATION);
                return;
            }
            ObjectNode hello = Json.object().put("type", "hello").put("num_connections", connections.size() + 1);
            hello.putObject("debug_info").put("host", "sandbox").put("approximate_connection_time", 18_060);
            hello.putObject("connection_info").put("app_id", Workspace.APP);
            connection.send(hello.toString());
            connections.add(connection);
        }

        @Override
        public void onClose(WebSocket connection, int code, String reason, boolean remote) {
            connections.remove(connection);
            silent.remove(connection);
        }

        @Override
        public void onMessage(WebSocket connection, String message) {
            Json.parse(message).ifPresent(acknowledgement -> {
                CompletableFuture<JsonNode> answer = waiting.get(Json.text(acknowledgement, "envelope_id"));
                if (answer != null) {
                    JsonNode payload = acknowledgement.path("payload");
                    answer.complete(payload.isObject() || payload.isTextual() ? payload : MissingNode.getInstance());
                }
            });
        }

        @Override
        public void onWebsocketPing(WebSocket connection, Framedata frame) {
            if (!silent.contains(connection)) {
                super.onWebsocketPing(connection, frame);
            }
        }

        @Override
        public void onError(WebSocket connection, Exception problem) {
            // A broken connection is closed next; what cannot be bound is noticed by start().
        }

        @Override
        public void onStart() {
            started.countDown();
        }
    }
}
