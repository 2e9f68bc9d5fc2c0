package dev.stepback.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.connection.ClusterConnection.Patience;
import dev.stepback.stage.Link;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttentiveWebSocketTest {
    private static final Patience IMPATIENT =
            new Patience(Duration.ofMillis(50), Duration.ofMillis(500), Duration.ofSeconds(10));

    private final Server server = new Server();
    private final Heard heard = new Heard();
    private final HttpClient client = new AttentiveHttpClient.Builder(HttpClient.newBuilder(), IMPATIENT).build();

    @SuppressWarnings("NullAway.Init")
    private Link link;

    @BeforeEach
    void start() throws Exception {
        server.start();
        server.started.await();
        link = new Link(server.getPort());
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        link.close();
        server.stop();
    }

    private WebSocket connect() {
        return client.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + link.port()), heard)
                .join();
    }

    @Test
    void deadConnection_isAnError() {
        WebSocket socket = connect();
        link.freeze();

        await().until(() -> !heard.errors.isEmpty());

        assertThat(heard.errors).hasSize(1);
        assertThat(heard.errors.get(0)).isInstanceOf(HttpTimeoutException.class);
        assertThat(socket.isInputClosed()).isTrue();
    }

    @Test
    void quietConnection_isLeftAlone() {
        WebSocket socket = connect();
        // as many pings as a dead one would have gone without an answer, twice over
        await().until(() -> server.pings.get() > 20);

        server.broadcast("hello");

        await().until(() -> heard.texts.contains("hello"));
        assertThat(heard.errors).isEmpty();
        socket.abort();
    }

    @Test
    void closedConnection_isToldOnce() {
        connect();
        server.getConnections().forEach(c -> c.close(1001, "going away"));

        await().until(() -> heard.closed.get() == 1);

        int pings = server.pings.get();
        await().during(IMPATIENT.pong().multipliedBy(2)).until(() -> server.pings.get() == pings);
        assertThat(heard.errors).isEmpty();
    }

    private static final class Heard implements WebSocket.Listener {
        private final List<String> texts = new CopyOnWriteArrayList<>();
        private final List<Throwable> errors = new CopyOnWriteArrayList<>();
        private final AtomicInteger closed = new AtomicInteger();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            texts.add(text.toString());
            return WebSocket.Listener.super.onText(socket, text, last);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.incrementAndGet();
            return WebSocket.Listener.super.onClose(socket, code, reason);
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            errors.add(failure);
        }
    }

    private static final class Server extends WebSocketServer {
        private final CountDownLatch started = new CountDownLatch(1);
        private final AtomicInteger pings = new AtomicInteger();

        Server() {
            super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }

        @Override
        public void onStart() {
            started.countDown();
        }

        @Override
        public void onWebsocketPing(org.java_websocket.WebSocket socket, Framedata frame) {
            pings.incrementAndGet();
            super.onWebsocketPing(socket, frame);
        }

        @Override
        public void onOpen(org.java_websocket.WebSocket socket, ClientHandshake handshake) {}

        @Override
        public void onClose(org.java_websocket.WebSocket socket, int code, String reason, boolean remote) {}

        @Override
        public void onMessage(org.java_websocket.WebSocket socket, String text) {}

        @Override
        public void onMessage(org.java_websocket.WebSocket socket, ByteBuffer bytes) {}

        @Override
        public void onError(org.java_websocket.WebSocket socket, Exception failure) {}
    }
}
