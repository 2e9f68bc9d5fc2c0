package dev.stepback.leadership;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the Lease {@value #LEASE}, or waits for it, until closed. Who could not renew it in time stops to lead before it
 * ends, and competes again: whatever the API server does, this goes on.
 */
public final class Leadership implements AutoCloseable {
    public static final String LEASE = "stepback";

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    /** The promise is ten seconds for all of the bot. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private static final Duration RELEASE_WITHIN = Duration.ofMillis(1500);

    private final Times times;
    private final LeaderLease lease;
    private final Runnable begin;
    private final Runnable end;
    private final ScheduledExecutorService elections = Executors.newSingleThreadScheduledExecutor(named("election"));

    /** Begins and ends the work, in order, without holding the election up. */
    private final ExecutorService work = Executors.newSingleThreadExecutor(named("leadership"));

    private volatile boolean elected;
    private volatile boolean closed;
    private volatile String problem = "";

    /** Why the Lease may not be had at all, or empty. */
    private volatile String refusal = "";

    /** By {@link System#nanoTime}. */
    private volatile long leadsUntil;

    private volatile long answeredAt = System.nanoTime();

    /**
     * @param begin called when this replica becomes the leader
     * @param end called when it no longer is; both on one thread, in turn
     */
    public Leadership(KubernetesClient client, @Nullable String namespace, Times times, Runnable begin, Runnable end) {
        String own = client.getNamespace();
        this.times = times;
        this.lease = new LeaderLease(
                client,
                namespace != null ? namespace : own != null ? own : "default",
                LEASE,
                hostName() + "-" + UUID.randomUUID(),
                times.lease(),
                times.patience(),
                Clock.systemUTC(),
                System::nanoTime);
        this.begin = begin;
        this.end = end;
    }

    /** How long a Lease is good without being renewed, when its holder gives up, and how often it is tried. */
    public record Times(Duration lease, Duration renew, Duration retry) {
        public static final Times DEFAULT =
                new Times(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

        /** Whoever waits for an answer when it should give up does so before the Lease ends. */
        Duration patience() {
            return lease.minus(renew).dividedBy(2);
        }
    }

    /** A fence: false as soon as the Lease was not renewed in time, whether or not the work has been ended by then. */
    public boolean leading() {
        return elected && System.nanoTime() - leadsUntil < 0;
    }

    /** Why this replica could not do its work, or empty. */
    public String problem() {
        long silent = System.nanoTime() - answeredAt;
        return silent > times.lease().toNanos()
                ? "the cluster has not answered for " + TimeUnit.NANOSECONDS.toSeconds(silent) + " s"
                : refusal.isEmpty() ? problem : refusal;
    }

    public void start() {
        elections.scheduleWithFixedDelay(this::look, 0, times.retry().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        long asked = System.nanoTime();
        try {
            boolean held = lease.hold();
            answeredAt = System.nanoTime();
            refusal = "";
            if (held) {
                leadsUntil = asked + times.renew().toNanos();
                began();
            } else {
                ended();
            }
        } catch (KubernetesClientException e) {
            LOG.debug("the Lease could not be held", e);
            answeredAt = e.getCode() > 0 ? System.nanoTime() : answeredAt;
            refused(e);
        } catch (RuntimeException e) { // would end the schedule
            LOG.warn("the Lease could not be held", e);
        }
        if (!leading()) {
            ended();
        }
    }

    /** Permissions and a namespace that is not there: nobody leads until somebody mends it, so it must be seen. */
    private void refused(KubernetesClientException e) {
        if (e.getCode() == 401 || e.getCode() == 403 || e.getCode() == 404) {
            String now = "no Lease: "
                    + (e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage());
            if (!now.equals(refusal)) {
                LOG.warn("{}", now);
            }
            refusal = now;
        }
    }

    private synchronized void began() {
        if (!closed && !elected) {
            LOG.info("leading");
            elected = true;
            work.execute(this::beginUntilItWorks);
        }
    }

    /** Ends the work and begins it anew after a moment, because it does not get on. */
    public synchronized void again(String why) {
        if (!closed && elected) {
            problem = why;
            LOG.error("{}; beginning anew", why);
            work.execute(() -> {
                stopQuietly();
                pause();
                beginUntilItWorks();
            });
        }
    }

    private void beginUntilItWorks() {
        while (leading()) {
            try {
                begin.run();
                problem = "";
                return;
            } catch (RuntimeException e) {
                problem = "rollbacks are not reconciled: " + e.getMessage();
                LOG.warn("cannot begin to reconcile, trying again: {}", e.toString());
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
            elected = false;
        }
    }

    private synchronized void ended() {
        if (!closed && elected) {
            LOG.warn("no longer leading: the Lease could not be renewed in time, or another replica has it");
            elected = false;
            problem = "";
            work.execute(this::stopQuietly);
        }
    }

    private void stopQuietly() {
        try {
            end.run();
        } catch (RuntimeException e) {
            LOG.warn("while no longer reconciling: {}", e.toString());
        }
    }

    /**
     * Ends the work first, then releases the Lease, so that there are never two who work. Takes seven seconds at most,
     * whatever the API server does.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            elected = false;
            work.execute(this::stopQuietly);
            work.shutdown();
        }
        boolean ended = ended(work, STOP_WITHIN);
        if (ended) {
            elections.execute(this::release);
        } else {
            LOG.warn("the work did not end in time; the Lease ends by itself");
        }
        elections.shutdown();
        if (!ended(elections, RELEASE_WITHIN)) {
            LOG.info("the API server does not answer; the Lease ends by itself");
        }
    }

    private static boolean ended(ExecutorService threads, Duration within) {
        boolean ended = false;
        try {
            ended = threads.awaitTermination(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            threads.shutdownNow();
        }
        return ended;
    }

    /** Whoever waits need not wait until the Lease ends by itself. */
    private void release() {
        try {
            lease.release();
        } catch (RuntimeException e) {
            LOG.info("the Lease could not be released and ends by itself: {}", e.getMessage());
        }
    }

    private static ThreadFactory named(String name) {
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
