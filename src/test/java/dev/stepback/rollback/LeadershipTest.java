package dev.stepback.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.sandbox.cluster.SandboxCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class LeadershipTest {

    @Test
    void workThatDoesNotGetOn_isBegunAnewByTheSameLeader() throws Exception {
        List<String> did = new CopyOnWriteArrayList<>();
        try (SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
                KubernetesClient client = Shop.client(cluster.kubeconfig());
                Leadership leadership =
                        new Leadership(client, "default", Shop.SHORT, () -> did.add("begin"), () -> did.add("end"))) {
            leadership.again("nothing was begun");
            leadership.start();
            await().until(() -> did.contains("begin"));

            leadership.again("the watch has ended");
            assertThat(leadership.problem()).isEqualTo("the watch has ended");

            await().untilAsserted(() -> assertThat(did).containsExactly("begin", "end", "begin"));
            await().until(() -> leadership.problem().isEmpty());
            assertThat(leadership.leading()).isTrue();
        }
    }
}
