package dev.stepback.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measured durations. Safe to add to from several threads. */
final class Samples {
    private final List<Duration> all = new ArrayList<>();

    synchronized void add(Duration sample) {
        all.add(sample);
    }

    /** Adds the time since a reading of {@link System#nanoTime}. */
    void since(long start) {
        add(Duration.ofNanos(System.nanoTime() - start));
    }

    synchronized int size() {
        return all.size();
    }

    Duration median() {
        return quantile(0.5);
    }

    Duration p99() {
        return quantile(0.99);
    }

    /** The nearest rank: with few samples p99 is the largest. */
    private synchronized Duration quantile(double q) {
        List<Duration> sorted = all.stream().sorted().toList();
        return sorted.isEmpty() ? Duration.ZERO : sorted.get((int) Math.ceil(q * sorted.size()) - 1);
    }

    static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
