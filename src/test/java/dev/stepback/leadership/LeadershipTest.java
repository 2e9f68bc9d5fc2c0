package dev.stepback.leadership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.sandbox.cluster.SandboxCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class LeadershipTest {
    private static final Leadership.Times SHORT =
            new Leadership.Times(Duration.ofMillis(2000), Duration.ofMillis(1200), Duration.ofMillis(200));

    @Test
    void workThatDoesNotGetOn_isBegunAnewByTheSameLeader() throws Exception {
        List<String> did = new CopyOnWriteArrayList<>();
        try (SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
                KubernetesClient client = LeaderLeaseTest.client(cluster);
                Leadership leadership =
                        new Leadership(client, "default", SHORT, () -> did.add("begin"), () -> did.add("end"))) {
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
