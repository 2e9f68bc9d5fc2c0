package dev.stepback.sandbox.cluster;

import com.sun.net.httpserver.HttpExchange;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** One watch that is passed on, by the thread that the client's request has. */
final class GatewayWatch {
    private static final byte[] END = {};

    private final HttpExchange exchange;
    private final BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>();

    GatewayWatch(HttpExchange exchange) {
        this.exchange = exchange;
    }

    /** Returns when the watch has ended, from whichever side. */
    void run(HttpClient client, HttpRequest request) throws IOException {
        HttpResponse<AsyncBody> answer = client.consumeBytes(request, (buffers, body) -> {
                    buffers.forEach(buffer -> {
                        byte[] chunk = new byte[buffer.remaining()];
                        buffer.get(chunk);
                        chunks.add(chunk);
                    });
                    body.consume();
                })
                .join();
        AsyncBody events = answer.body();
        events.done().whenComplete((done, failure) -> chunks.add(END));
        events.consume();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.code(), 0);
        try (OutputStream out = exchange.getResponseBody()) {
            // The headers leave now: a client waits for them before it calls the watch open.
            out.flush();
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (byte[] chunk = chunks.take(); chunk != END; chunk = chunks.take()) {
                for (byte b : chunk) {
                    line.write(b);
                    if (b == '\n') {
                        out.write(ascii(line.toString(StandardCharsets.UTF_8)));
                        line.reset();
                    }
                }
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            events.cancel();
            exchange.close();
        }
    }

    /** Escaped: fabric8 decodes what it receives of an event piece by piece, and misreads what is longer than a byte. */
    private static byte[] ascii(String line) {
        StringBuilder escaped = new StringBuilder(line.length());
        line.chars().forEach(c -> escaped.append(c < 128 ? String.valueOf((char) c) : "\\u%04x".formatted(c)));
        return escaped.toString().getBytes(StandardCharsets.US_ASCII);
    }

    void close() {
        chunks.add(END);
    }
}
