package dev.stepback.slack;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackListener;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.group.GroupListener;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroups;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Keeps the cards: one writer for each of them, which only ever draws the newest state that it was told, at most once a
 * second, and goes on until Slack has the last one.
 */
final class Projector implements RollbackListener, GroupListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Projector.class);
    private static final int THREADS = 4;
    private static final Duration BETWEEN_EDITS = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final CardWriter writer;
    private final Rollbacks rollbacks;
    private final RollbackGroups groups;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    // A state that was read before the last write may still be told after it; what was changed after the end is none.
    private final Cache<String, Integer> done = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(Duration.ofHours(1))
            .build();
    private final ScheduledExecutorService threads = pool();
    private volatile BooleanSupplier leading = () -> true;

    Projector(CardWriter writer, Rollbacks rollbacks, RollbackGroups groups) {
        this.writer = writer;
        this.rollbacks = rollbacks;
        this.groups = groups;
    }

    /** From now on, cards are drawn without anything being told only while this replica is the one that reconciles. */
    void onlyWhile(BooleanSupplier leads) {
        leading = leads;
    }

    private static ScheduledExecutorService pool() {
        ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(THREADS, Threads.named("slack-card"));
        pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        pool.setRemoveOnCancelPolicy(true);
        return pool;
    }

    /** One that is part of a group has no card of its own. */
    @Override
    public void changed(Rollback rollback) {
        if (rollback.getSpec().group() == null) {
            changed(new RollbackTopic(rollback, rollbacks));
        }
    }

    @Override
    public void changed(GroupView view) {
        changed(new GroupTopic(view, groups));
    }

    private void changed(Topic topic) {
        if (topic.card().complete() || topic.metadata().getDeletionTimestamp() != null) {
            return;
        }
        String key = topic.id() + "/" + topic.metadata().getUid();
        Integer drawn = done.getIfPresent(key);
        if (drawn == null || topic.afterwards() > drawn) {
            lanes.computeIfAbsent(key, Lane::new).offer(topic);
        }
    }

    @Override
    public void close() {
        Threads.end(threads);
    }

    /** The one writer of one card. */
    private final class Lane {
        private final String key;
        private final CardMemory memory = new CardMemory();
        private @Nullable Topic newest;
        private boolean dirty;
        private boolean running;
        private int afterwards;
        private long notBefore = System.nanoTime();
        private @Nullable ScheduledFuture<?> next;
        private Duration pause = FIRST_PAUSE;

        private Lane(String key) {
            this.key = key;
        }

        private synchronized void offer(Topic topic) {
            newest = topic;
            dirty = true;
            if (!running) {
                schedule(notBefore - System.nanoTime());
            }
        }

        // At most one run is ahead; a refresh that was planned for later gives way.
        private void schedule(long nanos) {
            if (next != null) {
                next.cancel(false);
            }
            try {
                next = threads.schedule(this::run, Math.max(0, nanos), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("closed: {} is left to whoever reconciles next", key);
            }
        }

        private void run() {
            Topic drawn;
            boolean told;
            synchronized (this) {
                drawn = newest;
                if (running || drawn == null) {
                    return;
                }
                if (!dirty && !leading.getAsBoolean()) {
                    // Whoever leads now is told of it and draws it.
                    lanes.remove(key, this);
                    return;
                }
                told = dirty;
                running = true;
                dirty = false;
            }
            try (MDC.MDCCloseable field =
                    MDC.putCloseable("rollback", drawn.metadata().getName())) {
                if (!told && !drawn.phase().terminal() && isDeleted(drawn)) {
                    writer.bury(drawn, memory);
                    rest(BETWEEN_EDITS, null);
                    return;
                }
                Optional<Duration> refresh = writer.write(drawn, memory);
                pause = FIRST_PAUSE;
                afterwards = drawn.afterwards();
                rest(BETWEEN_EDITS, refresh.orElse(null));
                later(drawn).ifPresent(Projector.this::changed);
            } catch (SlackFailure.RateLimited e) {
                LOG.info("{}", e.getMessage());
                rest(e.retryAfter(), e.retryAfter());
            } catch (RuntimeException e) {
                // Slack or the API server cannot be reached, or a defect: the final state has to arrive all the same.
                LOG.warn("card not written, next attempt in {} ms: {}", pause.toMillis(), e.toString());
                rest(pause, pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        }

        private boolean isDeleted(Topic topic) {
            try {
                return !topic.exists();
            } catch (RuntimeException e) {
                LOG.debug("not known whether it is still there", e);
                return false;
            }
        }

        /**
         * @param atLeast how long nothing is sent for
         * @param refresh when to write again even if nothing changes; null for never
         */
        private synchronized void rest(Duration atLeast, @Nullable Duration refresh) {
            running = false;
            notBefore = System.nanoTime() + atLeast.toNanos();
            if (memory.complete()) {
                done.put(key, afterwards);
                lanes.remove(key, this);
            } else if (dirty) {
                schedule(atLeast.toNanos());
            } else if (refresh != null) {
                schedule(refresh.toNanos());
            }
        }

        /** What was told while the end was drawn, if it was changed even after that. */
        private synchronized Optional<Topic> later(Topic drawn) {
            return Optional.ofNullable(newest)
                    .filter(told -> memory.complete() && told.afterwards() > drawn.afterwards());
        }
    }
}
