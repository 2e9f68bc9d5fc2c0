package dev.stepback.leadership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.stage.Clients;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaderLeaseTest {
    private static final Duration DURATION = Duration.ofSeconds(15);
    private static final Clock WRONG = Clock.fixed(Instant.parse("2001-01-01T00:00:00Z"), ZoneOffset.UTC);

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final KubernetesClient client = client(cluster);
    private long nanos;
    private final LeaderLease first = lease("first", Clock.systemUTC());
    private final LeaderLease second = lease("second", Clock.systemUTC());

    @BeforeEach
    void namespace() {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("default")
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void freeLease_isTakenAndKept() {
        assertThat(first.hold()).isTrue();
        assertThat(second.hold()).isFalse();
        assertThat(first.hold()).isTrue();

        assertThat(spec().getHolderIdentity()).isEqualTo("first");
        assertThat(spec().getLeaseDurationSeconds()).isEqualTo(15);
        assertThat(spec().getLeaseTransitions()).isZero();
    }

    @Test
    void releasedLease_isFreeAtOnce() {
        first.hold();

        first.release();

        assertThat(spec().getHolderIdentity()).isEmpty();
        assertThat(second.hold()).isTrue();
        assertThat(spec().getHolderIdentity()).isEqualTo("second");
        assertThat(spec().getLeaseTransitions()).isEqualTo(1);
    }

    @Test
    void release_leavesTheLeaseOfAnotherAlone() {
        first.hold();

        second.release();

        assertThat(spec().getHolderIdentity()).isEqualTo("first");
    }

    @Test
    void leaseThatWasSeenUnchangedForItsDuration_isTaken() {
        first.hold();
        assertThat(second.hold()).isFalse();

        nanos += DURATION.toNanos() - 1;
        assertThat(second.hold()).isFalse();
        nanos += 1;
        assertThat(second.hold()).isTrue();

        assertThat(first.hold()).isFalse();
    }

    @Test
    void holderWhoseClockIsWrong_keepsTheLeaseWhileItRenews() {
        LeaderLease wrong = lease("wrong", WRONG);
        assertThat(wrong.hold()).isTrue();
        assertThat(first.hold()).isFalse();

        nanos += DURATION.toNanos() - 1;
        first.hold();
        client.leases().inNamespace("default").withName("stepback").edit(l -> {
            l.getSpec().setLeaseTransitions(7); // what changes at a renewal is the time; the clock stands here
            return l;
        });
        nanos += 1;

        assertThat(first.hold()).isFalse();
    }

    @Test
    void handMadeLeaseWithoutAnything_isTaken() {
        client.resource("""
            apiVersion: coordination.k8s.io/v1
            kind: Lease
            metadata: {name: stepback, namespace: default}
            """).create();

        assertThat(first.hold()).isTrue();
        assertThat(spec().getHolderIdentity()).isEqualTo("first");
    }

    @Test
    void apiServerThatDoesNotAnswer_isNotWaitedForLong() {
        first.hold();
        cluster.faults().latency(Duration.ofMinutes(5));

        assertThatThrownBy(first::hold).isInstanceOf(KubernetesClientException.class);
        cluster.faults().clear();

        assertThat(spec().getHolderIdentity()).isEqualTo("first");
    }

    private LeaderLease lease(String identity, Clock clock) {
        return new LeaderLease(
                client, "default", "stepback", identity, DURATION, Duration.ofSeconds(1), clock, () -> nanos);
    }

    private LeaseSpec spec() {
        return client.leases()
                .inNamespace("default")
                .withName("stepback")
                .require()
                .getSpec();
    }

    /** One that gives up at once, as the bot's. */
    static KubernetesClient client(SandboxCluster cluster) {
        return Clients.impatient(cluster.kubeconfig());
    }
}
