package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stepback.stage.Clients;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterGatewayTest {
    private final SandboxCluster behind = SandboxCluster.start(0, Clock.systemUTC());
    private final ClusterGateway gateway =
            ClusterGateway.start(Config.fromKubeconfig(behind.kubeconfig()), Clock.systemUTC());
    private final KubernetesClient client = client();

    private KubernetesClient client() {
        return Clients.impatient(gateway.kubeconfig());
    }

    @AfterEach
    void close() {
        client.close();
        gateway.close();
        behind.close();
    }

    @Test
    void requests_reachTheClusterBehind_andAreCounted() {
        client.resource(map("a", "x")).create();

        assertThat(client.configMaps()
                        .inNamespace("default")
                        .withName("a")
                        .get()
                        .getData())
                .containsEntry("key", "x");
        assertThat(gateway.requests())
                .extracting(r -> r.verb() + " " + r.resource() + " " + r.namespace() + "/" + r.name())
                .containsExactly("create configmaps default/", "get configmaps default/a");
    }

    @Test
    void impersonation_isPassedOn() {
        Config config = Config.fromKubeconfig(gateway.kubeconfig());
        config.setImpersonateUsername("jane@example.com");
        try (KubernetesClient jane = Clients.of(config)) {
            assertThatThrownBy(() -> jane.resource(map("a", "x")).create())
                    .hasMessageContaining("User \"jane@example.com\" cannot create resource \"configmaps\"");
        }
        assertThat(gateway.requests()).extracting(RecordedRequest::user).containsOnly("jane@example.com");
    }

    @Test
    void faults_areTheGateways() {
        gateway.faults().fail(1, 503, "create", "configmaps");
        assertThatThrownBy(() -> client.resource(map("a", "x")).create())
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(503));
        gateway.faults().dropAnswers(1, "create", "configmaps");
        assertThatThrownBy(() -> client.resource(map("a", "x")).create()).isInstanceOf(KubernetesClientException.class);

        assertThat(client.resource(map("a", "x")).get()).isNotNull();
    }

    @Test
    void informers_goOn_whenWatchesEndAndHistoryExpires() {
        String large = "é".repeat(10_000);
        try (var informer = client.configMaps().inNamespace("default").inform()) {
            client.resource(map("a", large)).create();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> informer.getStore().list().size() == 1);
            gateway.faults().expireHistory();
            gateway.faults().closeWatches();
            client.resource(map("b", large)).create();

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> informer.getStore().list().size() == 2);
            assertThat(informer.getStore().list())
                    .allSatisfy(m -> assertThat(m.getData()).containsEntry("key", large));
        }
    }

    private static ConfigMap map(String name, String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName(name)
                .endMetadata()
                .addToData("key", value)
                .build();
    }
}
