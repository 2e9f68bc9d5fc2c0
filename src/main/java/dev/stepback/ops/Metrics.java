package dev.stepback.ops;

import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;

/** The bot's own figures, as Prometheus scrapes them. Safe for use by several threads. */
public final class Metrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** A command, click or other delivery from Slack was received. */
    public void delivery(String type) {
        registry.counter("stepback.deliveries", "type", type).increment();
    }

    /** Slack was acknowledged this long after the delivery came in. */
    public void acknowledged(Duration after) {
        record("stepback.acknowledgement", after);
    }

    /** A target was patched this long after the approval. */
    public void approvalToPatch(Duration duration) {
        record("stepback.approval.to.patch", duration);
    }

    /** A rollback ended. */
    public void outcome(String phase) {
        registry.counter("stepback.rollbacks", "phase", phase).increment();
    }

    /** A rollout that a rollback began took this long. */
    public void rollout(Duration duration) {
        record("stepback.rollout", duration);
    }

    /** @param result {@code ok}, or Slack's error code, or {@code ratelimited} */
    public void slackCall(String method, String result) {
        registry.counter("stepback.slack.calls", "method", method, "result", result)
                .increment();
    }

    /** In Prometheus' text format. */
    String scrape() {
        return registry.scrape();
    }

    private void record(String name, Duration duration) {
        Timer.builder(name)
                .publishPercentiles(0.5, 0.99)
                .publishPercentileHistogram(false)
                .register(registry)
                // The ends of it may have been written by two replicas, whose clocks differ a little.
                .record(duration.isNegative() ? Duration.ZERO : duration);
    }
}
