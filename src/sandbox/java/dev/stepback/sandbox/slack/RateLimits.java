package dev.stepback.sandbox.slack;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Slack's rate limits as leaky buckets on the given clock. A tier's bucket holds a minute's worth;
 * {@code chat.postMessage} has one bucket per channel that holds a short burst and refills once a second.
 */
final class RateLimits {
    /** How often a method may be called. */
    enum Tier {
        ONE(1, 60),
        TWO(20, 3),
        THREE(50, 1.2),
        FOUR(100, 0.6),
        POST_MESSAGE(4, 1),
        UNLIMITED(Integer.MAX_VALUE, 0);

        private final int capacity;
        private final double secondsPerCall;

        Tier(int capacity, double secondsPerCall) {
            this.capacity = capacity;
            this.secondsPerCall = secondsPerCall;
        }
    }

    private record Bucket(double tokens, Instant at) {}

    private final Clock clock;
    private final Map<String, Bucket> buckets = new HashMap<>();
    private boolean enabled = true;

    RateLimits(Clock clock) {
        this.clock = clock;
    }

    synchronized void enable(boolean on) {
        enabled = on;
    }

    /** @throws SlackError {@code ratelimited} when the bucket is empty */
    synchronized void take(Tier tier, String bucket) {
        if (!enabled || tier == Tier.UNLIMITED) {
            return;
        }
        Instant now = clock.instant();
        Bucket known = buckets.getOrDefault(bucket, new Bucket(tier.capacity, now));
        double passed = Math.max(0, (now.toEpochMilli() - known.at().toEpochMilli()) / 1000.0);
        double tokens = Math.min(tier.capacity, known.tokens() + passed / tier.secondsPerCall);
        if (tokens < 1) {
            buckets.put(bucket, new Bucket(tokens, now));
            throw SlackError.rateLimited((int) Math.ceil((1 - tokens) * tier.secondsPerCall));
        }
        buckets.put(bucket, new Bucket(tokens - 1, now));
    }
}
