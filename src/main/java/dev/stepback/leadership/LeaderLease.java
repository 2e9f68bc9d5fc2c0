package dev.stepback.leadership;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A Lease that one holder at a time has. Whether another's has ended is told by how long it was seen unchanged here, as
 * client-go does: the clocks of two nodes may differ. For one thread.
 */
final class LeaderLease {
    private final KubernetesClient client;
    private final Resource<Lease> lease;
    private final String namespace;
    private final String name;
    private final String identity;
    private final Duration duration;
    private final Clock clock;
    private final LongSupplier nanos;
    private @Nullable LeaseSpec seen;
    private long seenAt;

    /**
     * @param duration how long it is good without being renewed
     * @param patience how long one request may take; it is not repeated, for {@link #hold} is called again anyway
     * @param nanos as {@link System#nanoTime}
     */
    LeaderLease(
            KubernetesClient client,
            String namespace,
            String name,
            String identity,
            Duration duration,
            Duration patience,
            Clock clock,
            LongSupplier nanos) {
        RequestConfig quick = new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
                .withRequestTimeout((int) patience.toMillis())
                .withRequestRetryBackoffLimit(0)
                .build();
        this.client = client.newClient(quick).adapt(KubernetesClient.class);
        this.lease = this.client.leases().inNamespace(namespace).withName(name);
        this.namespace = namespace;
        this.name = name;
        this.identity = identity;
        this.duration = duration;
        this.clock = clock;
        this.nanos = nanos;
    }

    /**
     * Takes the Lease if it is free, renews it if it is held here.
     *
     * @return whether it is held here now
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when that is not known: no answer, or somebody
     *     wrote in between
     */
    boolean hold() {
        Lease now = lease.get();
        if (now == null) {
            create();
            return true;
        }
        LeaseSpec spec = now.getSpec() == null ? new LeaseSpec() : now.getSpec();
        boolean held = identity.equals(spec.getHolderIdentity());
        if (!held && !isFree(spec)) {
            return false;
        }
        ZonedDateTime time = time();
        Integer transitions = spec.getLeaseTransitions();
        write(
                now,
                new LeaseBuilder(now)
                        .editOrNewSpec()
                        .withHolderIdentity(identity)
                        .withLeaseDurationSeconds(seconds())
                        .withAcquireTime(held && spec.getAcquireTime() != null ? spec.getAcquireTime() : time)
                        .withRenewTime(time)
                        .withLeaseTransitions((transitions == null ? 0 : transitions) + (held ? 0 : 1))
                        .endSpec()
                        .build());
        return true;
    }

    private boolean isFree(LeaseSpec spec) {
        if (spec.getHolderIdentity() == null || spec.getHolderIdentity().isEmpty()) {
            return true;
        }
        if (!Objects.equals(spec, seen)) {
            seen = spec;
            seenAt = nanos.getAsLong();
        }
        return nanos.getAsLong() - seenAt >= duration.toNanos();
    }

    /**
     * Leaves it to whoever asks next, if it is held here.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when that failed; it ends by itself then
     */
    void release() {
        Lease now = lease.get();
        if (now != null
                && now.getSpec() != null
                && identity.equals(now.getSpec().getHolderIdentity())) {
            write(
                    now,
                    new LeaseBuilder(now)
                            .editSpec()
                            .withHolderIdentity("")
                            .withLeaseDurationSeconds(1)
                            .withRenewTime(time())
                            .endSpec()
                            .build());
        }
    }

    private void create() {
        ZonedDateTime time = time();
        client.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity(identity)
                        .withLeaseDurationSeconds(seconds())
                        .withAcquireTime(time)
                        .withRenewTime(time)
                        .withLeaseTransitions(0)
                        .endSpec()
                        .build())
                .create();
    }

    private void write(Lease before, Lease after) {
        client.resource(after)
                .lockResourceVersion(before.getMetadata().getResourceVersion())
                .update();
    }

    private int seconds() {
        return (int) Math.max(1, duration.plusMillis(999).toSeconds());
    }

    private ZonedDateTime time() {
        return clock.instant().atZone(ZoneOffset.UTC);
    }
}
