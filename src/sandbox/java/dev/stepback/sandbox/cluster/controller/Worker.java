package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ApiException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which all controllers run, with a queue that holds every object at most once. What is said about the
 * queue holds on that thread; only {@link #run} may be called from others.
 */
final class Worker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final Duration RETRY = Duration.ofMillis(20);
    private static final int MAX_DOUBLINGS = 9;

    private final ScheduledThreadPoolExecutor thread;
    private final Set<Key> queued = new HashSet<>();
    private final Map<Key, Long> wakeUps = new HashMap<>();
    private final Map<Key, Integer> failures = new HashMap<>();

    Worker() {
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, "cluster-controllers");
            created.setDaemon(true);
            return created;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs a task on the thread, in the order of the calls. */
    void run(Runnable task) {
        try {
            thread.execute(() -> guarded(task));
        } catch (RejectedExecutionException e) {
            log.debug("Stopped: what arrives now is for nobody");
        }
    }

    /** Has an object reconciled soon; once, however often this is said before. */
    void enqueue(Reconciler reconciler, String namespace, String name) {
        Key key = new Key(reconciler, namespace, name);
        if (queued.add(key)) {
            run(() -> reconcile(key));
        }
    }

    /** Has an object reconciled after a while. Of several delays the one that ends first counts. */
    void enqueueAfter(Reconciler reconciler, String namespace, String name, Duration delay) {
        Key key = new Key(reconciler, namespace, name);
        long due = System.nanoTime() + delay.toNanos();
        Long earlier = wakeUps.get(key);
        if (earlier != null && earlier - due <= 0) {
            return;
        }
        wakeUps.put(key, due);
        Runnable wakeUp = () -> guarded(() -> {
            wakeUps.remove(key, due);
            enqueue(reconciler, namespace, name);
        });
        try {
            var unused = thread.schedule(wakeUp, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("Stopped: nothing is done later");
        }
    }

    private void reconcile(Key key) {
        queued.remove(key);
        try {
            key.reconciler.reconcile(key.namespace, key.name);
            failures.remove(key);
        } catch (ApiException e) {
            retry(key, e);
        } catch (RuntimeException e) {
            log.warn("Reconciling {}/{} failed", key.namespace, key.name, e);
            retry(key, e);
        }
    }

    private void retry(Key key, RuntimeException cause) {
        int times = failures.merge(key, 1, Integer::sum);
        log.debug("{}/{} again, after {} failures: {}", key.namespace, key.name, times, cause.getMessage());
        Duration delay = RETRY.multipliedBy(1L << Math.min(times, MAX_DOUBLINGS));
        enqueueAfter(key.reconciler, key.namespace, key.name, delay);
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.warn("A task of the cluster's controllers failed", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                log.warn("The cluster's controllers did not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Key(Reconciler reconciler, String namespace, String name) {}
}
