package dev.stepback.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stepback.connection.ClusterConnection.Patience;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.stage.Link;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An API server that is gone without having closed a connection. */
class DeadConnectionTest {
    private static final Patience IMPATIENT =
            new Patience(Duration.ofMillis(50), Duration.ofMillis(400), Duration.ofMillis(400));

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final Link link;
    private final Config config;

    DeadConnectionTest() throws IOException {
        config = Config.fromKubeconfig(cluster.kubeconfig());
        URI server = URI.create(config.getMasterUrl());
        link = new Link(server.getPort());
        config.setMasterUrl(config.getMasterUrl().replace(":" + server.getPort(), ":" + link.port()));
    }

    @AfterEach
    void close() throws IOException {
        link.close();
        cluster.close();
    }

    @Test
    void watch_isBegunAnew() {
        try (KubernetesClient client = client();
                SharedIndexInformer<ConfigMap> informer = client.configMaps()
                        .inNamespace("default")
                        .withLabel("of", "test")
                        .inform()) {
            write("before");
            await().until(() -> informer.getStore().list().size() == 1);

            assertThat(link.freeze()).isPositive();
            write("after");

            await().until(() -> informer.getStore().list().size() == 2);
            assertThat(informer.isRunning()).isTrue();
        }
    }

    @Test
    void answerThatStopsInTheMiddle_fails() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> beginAnAnswer(server));
            thread.setDaemon(true);
            thread.start();
            config.setMasterUrl("http://127.0.0.1:" + server.getLocalPort() + "/");
            config.setRequestTimeout(300);
            config.setRequestRetryBackoffLimit(0);
            try (KubernetesClient client = client()) {
                var maps = client.configMaps().inNamespace("default").withName("one");
                assertThatThrownBy(maps::get)
                        .isInstanceOf(KubernetesClientException.class)
                        .hasRootCauseInstanceOf(HttpTimeoutException.class);
            }
        }
    }

    private static void beginAnAnswer(ServerSocket server) {
        try {
            Socket connection = server.accept();
            connection.getInputStream().read(new byte[8192]);
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{\"kind\":"
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private KubernetesClient client() {
        return ClusterConnection.builder(config, IMPATIENT).build();
    }

    private void write(String name) {
        try (KubernetesClient direct = ClusterConnection.client(Config.fromKubeconfig(cluster.kubeconfig()))) {
            direct.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withNamespace("default")
                            .withName(name)
                            .addToLabels("of", "test")
                            .endMetadata()
                            .build())
                    .create();
        }
    }
}
