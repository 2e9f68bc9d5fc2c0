package dev.stepback.slack;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.stepback.config.Rate;
import dev.stepback.config.StepbackConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often one person, and how often all people in one channel, are listened to. What decides about something that
 * waits or runs already does not count for the channel: others must not be able to keep somebody from approving, rejecting,
 * cancelling, stopping or locking. Each replica counts for itself. Safe for use by several threads.
 */
final class RateLimits {
    private static final int MOST = 50_000;

    private final Rate perUser;
    private final Rate perChannel;
    private final Ticker ticker;
    private final Cache<String, Bucket> buckets;
    private final Cache<String, Boolean> told;

    /**
     * Who asks, and where.
     *
     * @param deciding whether it is about something that waits or runs already
     */
    record Asker(String user, String channel, boolean deciding) {}

    /** What becomes of a delivery. */
    sealed interface Outcome {
        record Go() implements Outcome {}

        /** Too much; the person is told so. */
        record Tell(String words) implements Outcome {}

        /** Too much, and the person knows. */
        record Ignore() implements Outcome {}
    }

    /** @param tokens as many as it may hold, refilled evenly; at the time {@code at}, in nanoseconds */
    private record Bucket(double tokens, long at) {}

    RateLimits(StepbackConfig.Limits limits, Clock clock) {
        perUser = limits.perUser();
        perChannel = limits.perChannel();
        ticker = () -> TimeUnit.MILLISECONDS.toNanos(clock.millis());
        Duration longest = perUser.per().compareTo(perChannel.per()) > 0 ? perUser.per() : perChannel.per();
        buckets = cache(longest);
        told = cache(longest);
    }

    private <V> Cache<String, V> cache(Duration time) {
        return Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(time)
                .ticker(ticker)
                .build();
    }

    Outcome take(Asker asker) {
        // Somebody who looked at a lot can still approve.
        String own = asker.user() + (asker.deciding() ? " deciding" : " asking");
        double wait = take(own, perUser);
        if (wait > 0) {
            return refuse(
                    own,
                    "⏳ I take " + perUser
                            + " from one person, and this was one too many: it was not done. Try again in "
                            + seconds(wait) + ".");
        }
        wait = asker.deciding() ? 0 : take(asker.channel(), perChannel);
        if (wait > 0) {
            return refuse(
                    asker.channel() + " " + asker.user(),
                    "⏳ I take " + perChannel
                            + " from one channel, and this was one too many: it was not done. Try again in "
                            + seconds(wait)
                            + ", or in another channel. Approving, rejecting, cancelling and stopping"
                            + " work all the same.");
        }
        return new Outcome.Go();
    }

    private Outcome refuse(String key, String words) {
        return told.asMap().putIfAbsent(key, true) == null ? new Outcome.Tell(words) : new Outcome.Ignore();
    }

    private static String seconds(double wait) {
        return (long) Math.ceil(wait) + " s";
    }

    /** How many seconds it takes until there is room; 0 when there was. */
    private double take(String key, Rate rate) {
        double perSecond = rate.count() / (double) rate.per().toSeconds();
        AtomicLong waitNanos = new AtomicLong();
        buckets.asMap().compute(key, (k, known) -> {
            long now = ticker.read();
            Bucket bucket = known == null ? new Bucket(rate.count(), now) : known;
            double passed = Math.max(0, now - bucket.at()) / 1e9;
            double tokens = Math.min(rate.count(), bucket.tokens() + passed * perSecond);
            boolean room = tokens >= 1;
            waitNanos.set(room ? 0 : (long) Math.ceil((1 - tokens) / perSecond * 1e9));
            return new Bucket(room ? tokens - 1 : tokens, now);
        });
        return waitNanos.get() / 1e9;
    }
}
