package dev.stepback.slack;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stepback.ops.Metrics;
import dev.stepback.slack.card.Message;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what Slack delivers off the acknowledging thread: each delivery is worked on once, never fails silently, and
 * tells the person when it takes long.
 */
final class Deliveries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final int THREADS = 8;
    private static final int QUEUE = 500;
    private static final Duration SLOW = Duration.ofSeconds(2);

    private final Metrics metrics;
    private final RateLimits limits;
    private final Cache<String, Boolean> seen = Caffeine.newBuilder()
            .maximumSize(50_000)
            .expireAfterWrite(Duration.ofMinutes(30))
            .build();
    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
            THREADS, THREADS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(QUEUE), Threads.named("slack-delivery"));
    private final ScheduledExecutorService slow =
            Executors.newSingleThreadScheduledExecutor(Threads.named("slack-slow"));

    Deliveries(Metrics metrics, RateLimits limits) {
        this.metrics = metrics;
        this.limits = limits;
    }

    /** What is done about a delivery; answers through what it is given. */
    interface Work {
        void run(Answers answers) throws Exception;
    }

    /**
     * Returns at once. What exceeds the limits of the asker is not done; what is delivered again does not count again.
     *
     * @param key the same for every delivery of the same thing
     * @return false when there is too much to do; nothing will happen then
     */
    boolean accept(String type, String key, RateLimits.Asker asker, Answers answers, Work work) {
        metrics.delivery(type);
        if (seen.asMap().putIfAbsent(type + " " + key, true) != null) {
            LOG.info("{} delivered again, ignored", type);
            return true;
        }
        RateLimits.Outcome outcome = take(type, asker);
        try {
            if (outcome instanceof RateLimits.Outcome.Go) {
                workers.execute(() -> run(type, answers, work));
            } else if (outcome instanceof RateLimits.Outcome.Tell tell) {
                workers.execute(() -> tell(answers, tell.words()));
            }
            return true;
        } catch (RejectedExecutionException e) {
            seen.invalidate(type + " " + key);
            LOG.warn("{} turned away: {} are waiting", type, QUEUE);
            return false;
        }
    }

    /**
     * What came of something that an acknowledgement waits for.
     *
     * @param result null unless it is done
     */
    record Awaited<T>(State state, @Nullable T result) {
        enum State {
            DONE,
            /** It goes on, and is told when it is done. */
            LATE,
            /** There is too much to do; nothing will happen. */
            BUSY
        }

        T resultOr(T other) {
            return result == null ? other : result;
        }
    }

    /**
     * Waits for the result, but not longer than an acknowledgement may take.
     *
     * @param work never throws
     * @param late is given the result when nobody waits for it any more
     */
    <T> Awaited<T> awaited(String type, Supplier<T> work, Consumer<T> late) {
        metrics.delivery(type);
        CompletableFuture<T> result;
        try {
            result = CompletableFuture.supplyAsync(work, workers);
        } catch (RejectedExecutionException e) {
            LOG.warn("{} turned away: {} are waiting", type, QUEUE);
            return new Awaited<>(Awaited.State.BUSY, null);
        }
        try {
            return new Awaited<>(Awaited.State.DONE, result.get(SLOW.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.info("{} takes long, its result will follow", type);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        result.thenAccept(late).exceptionally(e -> {
            LOG.warn("the result of a late {} could not be told: {}", type, e.getMessage());
            return null;
        });
        return new Awaited<>(Awaited.State.LATE, null);
    }

    /** Whether the asker is within the limits; counts. */
    boolean hasRoom(String type, RateLimits.Asker asker) {
        return take(type, asker) instanceof RateLimits.Outcome.Go;
    }

    private RateLimits.Outcome take(String type, RateLimits.Asker asker) {
        RateLimits.Outcome outcome = limits.take(asker);
        if (!(outcome instanceof RateLimits.Outcome.Go)) {
            metrics.delivery("limited");
            LOG.info("{} of {} in {} is one too many", type, asker.user(), asker.channel());
        }
        return outcome;
    }

    private void run(String type, Answers answers, Work work) {
        AtomicBoolean answered = new AtomicBoolean();
        Future<?> notice = slow.schedule(
                () -> {
                    if (!answered.get()) {
                        workers.execute(() -> tell(answers, "⏳ Working on it…"));
                    }
                },
                SLOW.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            work.run(new Noticing(answers, answered));
        } catch (Throwable e) { // Error too: whoever asked shall hear of it
            String id = UUID.randomUUID().toString().substring(0, 8);
            if (e instanceof SlackFailure || e instanceof KubernetesClientException) {
                LOG.warn("{} failed, error {}: {}", type, id, e.getMessage());
            } else {
                LOG.error("{} failed, error {}", type, id, e);
            }
            answered.set(true);
            tell(
                    answers,
                    "😖 That did not work, and it is not your fault. Nothing is half done: please try again in a"
                            + " moment. If it happens again, give"
                            + " `" + id + "` to whoever runs this bot; it is in the log.");
        } finally {
            answered.set(true);
            notice.cancel(false);
        }
    }

    private static void tell(Answers answers, String words) {
        try {
            answers.toPerson(Message.of(words));
        } catch (RuntimeException e) {
            LOG.warn("the person could not be told: {}", e.getMessage());
        }
    }

    /** Takes no more work; what has begun goes on. */
    void stopTaking() {
        workers.shutdown();
    }

    /** Takes no more work and gives what has begun a moment. */
    @Override
    public void close() {
        slow.shutdownNow();
        Threads.end(workers);
    }

    private record Noticing(Answers to, AtomicBoolean answered) implements Answers {
        @Override
        public void toPerson(Message message) {
            answered.set(true);
            to.toPerson(message);
        }

        @Override
        public void toChannel(Message message) {
            answered.set(true);
            to.toChannel(message);
        }
    }
}
