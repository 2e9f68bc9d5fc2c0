package dev.stepback.sandbox.slack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Troubles that were asked for; each one that has a count is used up by the calls that it hits. */
final class Faults {
    private static final class Planned {
        private final String method;
        private final String error;
        private final int retryAfter;
        private int left;

        Planned(String method, String error, int retryAfter, int count) {
            this.method = method;
            this.error = error;
            this.retryAfter = retryAfter;
            this.left = count;
        }
    }

    private final List<Planned> planned = new ArrayList<>();
    private Duration latency = Duration.ZERO;
    private boolean duplicates;

    /** @param method such as {@code chat.update}, or {@code *} for any */
    synchronized void rateLimit(String method, int count, int retryAfter) {
        planned.add(new Planned(method, "ratelimited", Math.max(1, retryAfter), count));
    }

    /** @param error what the method answers; {@code http_500} makes it a bare server error */
    synchronized void fail(String method, String error, int count) {
        planned.add(new Planned(method, error, 0, count));
    }

    synchronized Optional<SlackError> next(String method) {
        for (Planned fault : planned) {
            if (fault.left > 0 && (fault.method.equals("*") || fault.method.equals(method))) {
                fault.left--;
                return Optional.of(
                        fault.retryAfter > 0 ? SlackError.rateLimited(fault.retryAfter) : new SlackError(fault.error));
            }
        }
        return Optional.empty();
    }

    synchronized void latency(Duration perCall) {
        latency = perCall;
    }

    synchronized Duration latency() {
        return latency;
    }

    synchronized void duplicateDeliveries(boolean on) {
        duplicates = on;
    }

    synchronized boolean duplicateDeliveries() {
        return duplicates;
    }

    synchronized void clear() {
        planned.clear();
        latency = Duration.ZERO;
        duplicates = false;
    }
}
