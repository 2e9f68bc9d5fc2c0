package dev.stepback.connection;

import dev.stepback.connection.ClusterConnection.Patience;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is heard of a websocket, which is pinged, and given up when there is no sign of life. */
final class AttentiveWebSocket implements WebSocket.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(AttentiveWebSocket.class);

    private final WebSocket.Listener listener;
    private final Patience patience;
    private final Executor worker;
    private volatile long heardAt = System.nanoTime();
    private volatile @Nullable Future<?> pings;
    private volatile boolean over;

    private AttentiveWebSocket(WebSocket.Listener listener, Patience patience, Executor worker) {
        this.listener = listener;
        this.patience = patience;
        this.worker = worker;
    }

    @Override
    public void onOpen(WebSocket socket) {
        heardAt = System.nanoTime();
        pings = Timers.every(patience.ping().toNanos(), () -> ping(socket));
        listener.onOpen(socket);
    }

    private void ping(WebSocket socket) {
        if (over || socket.isInputClosed()) {
            end();
        } else if (System.nanoTime() - heardAt < patience.pong().toNanos()) {
            // One that cannot be sent is not answered either, so the future need not be looked at.
            socket.sendPing(ByteBuffer.allocate(0));
        } else if (end()) {
            LOG.info(
                    "no sign of life of a watch for {} s, it is begun anew",
                    patience.pong().toSeconds());
            socket.abort();
            worker.execute(() -> listener.onError(
                    socket,
                    new HttpTimeoutException(
                            "no sign of life for " + patience.pong().toMillis() + " ms")));
        }
    }

    /** Whether it was not over before. */
    private synchronized boolean end() {
        boolean before = over;
        over = true;
        Future<?> future = pings;
        if (future != null) {
            future.cancel(false);
        }
        return !before;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
        heardAt = System.nanoTime();
        return listener.onText(socket, text, last);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer bytes, boolean last) {
        heardAt = System.nanoTime();
        return listener.onBinary(socket, bytes, last);
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
        heardAt = System.nanoTime();
        return listener.onPing(socket, message);
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
        heardAt = System.nanoTime();
        return listener.onPong(socket, message);
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        return end() ? listener.onClose(socket, code, reason) : null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
        if (end()) {
            listener.onError(socket, failure);
        }
    }

    /** Builds websockets that are listened to so. */
    static final class Builder implements WebSocket.Builder {
        private final WebSocket.Builder builder;
        private final Patience patience;
        private final Executor worker;

        /** @param worker tells the listener that there was no sign of life */
        Builder(WebSocket.Builder builder, Patience patience, Executor worker) {
            // A handshake that is not answered is no sign of life either. Whoever sets another limit does so
            // afterwards.
            this.builder = builder.connectTimeout(patience.pong());
            this.patience = patience;
            this.worker = worker;
        }

        @Override
        public WebSocket.Builder header(String name, String value) {
            builder.header(name, value);
            return this;
        }

        @Override
        public WebSocket.Builder connectTimeout(Duration timeout) {
            builder.connectTimeout(timeout);
            return this;
        }

        @Override
        public WebSocket.Builder subprotocols(String most, String... lesser) {
            builder.subprotocols(most, lesser);
            return this;
        }

        @Override
        public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
            return builder.buildAsync(uri, new AttentiveWebSocket(listener, patience, worker));
        }
    }
}
