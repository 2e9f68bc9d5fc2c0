package dev.stepback.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster behind a proxy that lets no websocket through. */
class HttpWatchesTest {
    private static final String TEXT = "zurück auf 1.4 — „dauert zu lange“ 再起動 🚀 \\u00e9 \"é\"";

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final HttpServer server;

    /** How many bytes the server sends at a time. */
    private volatile int chunk = Integer.MAX_VALUE;

    HttpWatchesTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "api");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        end.countDown();
        server.stop(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100, Integer.MAX_VALUE})
    void charactersBeyondAscii_comeAsTheyAre(int bytes) {
        chunk = bytes;
        try (KubernetesClient client = ClusterConnection.client(config());
                var informer = client.configMaps().inNamespace("production").inform(new Seen())) {
            await().until(() -> seen.size() == 3);

            assertThat(seen).containsOnly(TEXT);
            assertThat(informer.isWatching()).isTrue();
        }
    }

    @Test
    void otherRequests_areLeftAlone() {
        try (KubernetesClient client = ClusterConnection.client(config())) {
            assertThat(client.configMaps()
                            .inNamespace("production")
                            .list()
                            .getMetadata()
                            .getResourceVersion())
                    .isEqualTo("1");
        }
    }

    private Config config() {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .build();
        config.setOnlyHttpWatches(true);
        return config;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            boolean watch = String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            if (!watch) {
                send(
                        out,
                        "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},"
                                + "\"items\":[]}");
                return;
            }
            for (int i = 0; i < 3; i++) {
                send(out, event(i) + "\n");
            }
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(chunk, bytes.length - at);
            out.write(bytes, at, length);
            out.flush();
            at += length;
        }
    }

    private static String event(int i) {
        return "{\"type\":\"ADDED\",\"object\":{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"m"
                + i + "\",\"namespace\":\"production\",\"uid\":\"u" + i + "\",\"resourceVersion\":\"" + (i + 2)
                + "\"},\"data\":{\"text\":\"" + TEXT.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}}}";
    }

    private final class Seen implements ResourceEventHandler<ConfigMap> {
        @Override
        public void onAdd(ConfigMap map) {
            seen.add(map.getData().getOrDefault("text", ""));
        }

        @Override
        public void onUpdate(ConfigMap before, ConfigMap after) {}

        @Override
        public void onDelete(ConfigMap map, boolean unknown) {}
    }
}
