package dev.stepback.rollback;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the Lease {@value #LEASE}, or waits for it, until closed. */
final class Leadership implements AutoCloseable {
    static final String LEASE = "stepback";

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final KubernetesClient client;
    private final String namespace;
    private final String identity;
    private final Times times;
    private final Runnable begin;
    private final Runnable end;

    /** Competes again after the Lease was lost; the elector itself runs on the client's threads. */
    private final ExecutorService elections = Executors.newSingleThreadExecutor(daemon("leader-election"));

    /** Begins and ends the work, in order, without holding the elector up. */
    private final ExecutorService work = Executors.newSingleThreadExecutor(daemon("leadership"));

    private volatile boolean leading;
    private volatile boolean closed;
    private volatile String problem = "";
    private @Nullable CompletableFuture<?> election;
    private @Nullable LeaderElector elector;

    /**
     * @param begin called when this replica becomes the leader
     * @param end called when it no longer is; both on one thread, in turn
     */
    Leadership(KubernetesClient client, @Nullable String namespace, Times times, Runnable begin, Runnable end) {
        this.client = client;
        String own = client.getNamespace();
        this.namespace = namespace != null ? namespace : own != null ? own : "default";
        this.identity = hostName() + "-" + UUID.randomUUID();
        this.times = times;
        this.begin = begin;
        this.end = end;
    }

    /** How long a Lease is good without being renewed, when its holder gives up, and how often it is tried. */
    record Times(Duration lease, Duration renew, Duration retry) {
        static final Times DEFAULT = new Times(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    boolean leading() {
        return leading;
    }

    /** Why this replica could not do its work, or empty. */
    String problem() {
        return problem;
    }

    synchronized void start() {
        if (closed) {
            return;
        }
        LeaderElector next = client.leaderElector()
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName(LEASE)
                        .withLock(new LeaseLock(namespace, LEASE, identity))
                        .withLeaseDuration(times.lease())
                        .withRenewDeadline(times.renew())
                        .withRetryPeriod(times.retry())
                        .withReleaseOnCancel(true)
                        .withLeaderCallbacks(new LeaderCallbacks(this::began, this::ended, leader -> {}))
                        .build())
                .build();
        elector = next;
        election = next.start();
        election.whenComplete((result, e) -> again());
    }

    /** The election ends when the Lease is lost: compete again. */
    private void again() {
        if (!closed) {
            CompletableFuture.delayedExecutor(times.retry().toMillis(), TimeUnit.MILLISECONDS, elections)
                    .execute(this::start);
        }
    }

    private synchronized void began() {
        if (!closed) {
            LOG.info("leading");
            leading = true;
            work.execute(this::beginUntilItWorks);
        }
    }

    private void beginUntilItWorks() {
        while (leading) {
            try {
                begin.run();
                problem = "";
                return;
            } catch (RuntimeException e) {
                problem = "rollbacks are not reconciled: " + e.getMessage();
                LOG.warn("cannot begin to reconcile, trying again", e);
                stopQuietly();
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(times.retry().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            leading = false;
        }
    }

    private synchronized void ended() {
        if (leading) {
            LOG.info("no longer leading");
            leading = false;
            work.execute(this::stopQuietly);
        }
    }

    private void stopQuietly() {
        try {
            end.run();
        } catch (RuntimeException e) {
            LOG.warn("while no longer reconciling", e);
        }
    }

    /** Ends the work first, then releases the Lease, so that there are never two who work. */
    @Override
    public void close() {
        CompletableFuture<?> running;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            leading = false;
            running = election;
            work.execute(this::stopQuietly);
            work.shutdown();
        }
        try {
            if (!work.awaitTermination(8, TimeUnit.SECONDS)) {
                LOG.warn("the work did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (running != null) {
            running.cancel(true);
        }
        release();
        elections.shutdown();
    }

    /** Whoever waits need not wait until the Lease ends by itself. */
    private void release() {
        LeaderElector last;
        synchronized (this) {
            last = elector;
        }
        try {
            if (last != null) {
                last.release();
            }
        } catch (RuntimeException e) {
            LOG.warn("the Lease could not be released and ends by itself", e);
        }
    }

    private static ThreadFactory daemon(String name) {
        return runnable -> {
            Thread thread = new Thread(runnable, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
