package dev.stepback.slack;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers of Slack that rights depend on: never older than {@link #OLDEST}. Those that were used lately are asked for again
 * before that, for as long as anything is asked at all, so that whoever clicks does not wait for Slack. A failure is no
 * answer; it is remembered for a moment, so that a Slack that is down is not waited for at every step.
 */
final class Fresh<V> {
    static final Duration OLDEST = Duration.ofSeconds(30);
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Fresh.class);
    private static final Duration AHEAD = Duration.ofSeconds(20);
    private static final Duration TICK = Duration.ofSeconds(5);
    private static final Duration FAILURE = Duration.ofSeconds(2);
    /** Says nothing about Slack, only about what was asked for. */
    private static final Set<String> NOT_THERE =
            Set.of("user_not_found", "user_not_visible", "channel_not_found", "no_such_subteam");

    private static final Duration AWAKE = Duration.ofMinutes(20);

    private final String what;
    private final Question<V> question;
    private final ScheduledExecutorService threads;
    private final Ticker ticker;
    private final AsyncCache<String, Asked<V>> answers;
    private final Map<String, Boolean> recent;
    private final int keptFresh;
    private volatile long lastUse;
    private volatile String problem = "";

    /** One question to Slack. Throws {@link SlackFailure}. */
    interface Question<V> {
        V ask(String key);
    }

    /** @param value null when Slack gave none */
    private record Asked<V>(@Nullable V value, long at, Duration keep) {
        Duration left(long now) {
            return Duration.ofNanos(Math.max(1, keep.toNanos() - (now - at)));
        }

        boolean isOld(long now) {
            return now - at >= keep.toNanos();
        }
    }

    /**
     * @param what names it in the log and in {@link #problem}
     * @param keptFresh of how many keys, the ones used last
     */
    Fresh(String what, int keptFresh, Question<V> question, ScheduledExecutorService threads, Ticker ticker) {
        this.what = what;
        this.question = question;
        this.threads = threads;
        this.ticker = ticker;
        this.keptFresh = keptFresh;
        this.lastUse = ticker.read() - AWAKE.toNanos() - 1;
        this.answers = Caffeine.newBuilder()
                .maximumSize(10_000)
                .ticker(ticker)
                .executor(Runnable::run)
                .expireAfter(Expiry.<String, Asked<V>>writing((key, asked) -> asked.left(ticker.read())))
                .buildAsync();
        this.recent = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > keptFresh;
            }
        };
        threads.scheduleWithFixedDelay(this::refresh, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits no longer than {@link #PATIENCE}; empty when Slack gave no answer. */
    Optional<V> get(String key) {
        return get(key, 3);
    }

    private Optional<V> get(String key, int attempts) {
        CompletableFuture<Asked<V>> asked;
        try {
            asked = answers.get(key, (k, ignored) -> CompletableFuture.supplyAsync(() -> ask(k), threads));
            use(key);
        } catch (RejectedExecutionException e) {
            return Optional.empty(); // closed
        }
        try {
            Asked<V> answer = asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (!answer.isOld(ticker.read())) {
                return Optional.ofNullable(answer.value());
            }
            // It was written into the cache a moment after it was given to somebody, too late to be dropped in time;
            // or it grew old while it was waited for. Whoever removes it, an old answer gives no right.
            answers.asMap().remove(key, asked);
            return attempts > 1 ? get(key, attempts - 1) : Optional.empty();
        } catch (TimeoutException e) {
            // The next ones need not wait for it too; it is welcome when it comes.
            answers.put(key, CompletableFuture.completedFuture(failure(ticker.read(), FAILURE, "no answer in time")));
            asked.thenAccept(late -> remember(key, late));
        } catch (ExecutionException e) {
            problem = what + ": " + e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /** Asks for these soon and keeps them fresh, as far as nothing that was used has to give way. */
    void expect(Collection<String> keys) {
        synchronized (recent) {
            for (String key : keys) {
                if (recent.size() >= keptFresh) {
                    return;
                }
                recent.putIfAbsent(key, true);
            }
        }
    }

    /** Why the last question had no answer; empty when it had one. */
    String problem() {
        return problem;
    }

    private void use(String key) {
        long now = ticker.read();
        boolean slept = !awake(now);
        lastUse = now;
        synchronized (recent) {
            recent.put(key, true);
        }
        if (slept) {
            // Those who act together do it again: whoever is here now is followed by the same others.
            threads.execute(this::refresh);
        }
    }

    private boolean awake(long now) {
        return now - lastUse <= AWAKE.toNanos();
    }

    /** Asks again for what is used and will soon be too old. */
    void refresh() {
        if (!awake(ticker.read())) {
            return;
        }
        List<String> keys;
        synchronized (recent) {
            keys = new ArrayList<>(recent.keySet());
        }
        for (String key : keys) {
            Asked<V> known = answers.synchronous().getIfPresent(key);
            if (known != null && ticker.read() - known.at() < AHEAD.toNanos()) {
                continue;
            }
            CompletableFuture<Asked<V>> first = new CompletableFuture<>();
            if (known == null && answers.asMap().putIfAbsent(key, first) != null) {
                continue; // somebody waits for it already
            }
            Asked<V> asked = ask(key);
            if (known == null) {
                first.complete(asked);
            } else {
                remember(key, asked);
            }
            if (asked.value() == null) {
                return; // what is known holds until it is too old; the others would hardly fare better
            }
        }
    }

    private void remember(String key, Asked<V> asked) {
        if (asked.value() != null) {
            answers.put(key, CompletableFuture.completedFuture(asked));
        }
    }

    /** Its age counts from when it was asked for: Slack may have looked at once and answered late. */
    private Asked<V> ask(String key) {
        long at = ticker.read();
        try {
            V value = question.ask(key);
            problem = "";
            return new Asked<>(value, at, OLDEST);
        } catch (SlackFailure.RateLimited e) {
            Duration pause = e.retryAfter().compareTo(OLDEST) > 0 ? OLDEST : e.retryAfter();
            return failure(ticker.read(), pause, e.getMessage());
        } catch (SlackFailure e) {
            if (e instanceof SlackFailure.Refused refused && NOT_THERE.contains(refused.error())) {
                return new Asked<>(null, ticker.read(), FAILURE);
            }
            return failure(ticker.read(), FAILURE, e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{} could not be asked for", what, e);
            return failure(ticker.read(), FAILURE, e.toString());
        }
    }

    private Asked<V> failure(long at, Duration keep, String why) {
        String said = what + " cannot be looked up: " + why;
        if (!said.equals(problem)) {
            LOG.warn("{}", said);
        }
        problem = said;
        return new Asked<>(null, at, keep);
    }
}
