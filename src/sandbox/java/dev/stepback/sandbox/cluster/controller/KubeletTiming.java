package dev.stepback.sandbox.cluster.controller;

import java.time.Duration;

/**
 * How long things take on the nodes, in real time.
 *
 * @param start from scheduling until the containers run: pulling and creating
 * @param ready from running until the readiness probe succeeds, and until a crashing container crashes
 * @param backOff before the first restart or the second pull; doubles with each, up to 32 times
 * @param termination from the deletion of a pod until it is gone
 */
public record KubeletTiming(Duration start, Duration ready, Duration backOff, Duration termination) {
    private static final int MAX_DOUBLINGS = 5;

    /** Slow enough that a person sees a rollout pass, fast enough that nobody waits. */
    public static KubeletTiming visible() {
        return new KubeletTiming(
                Duration.ofMillis(1500), Duration.ofMillis(2500), Duration.ofSeconds(5), Duration.ofSeconds(2));
    }

    /** For tests: everything takes well under a second. */
    public static KubeletTiming fast() {
        return new KubeletTiming(
                Duration.ofMillis(20), Duration.ofMillis(40), Duration.ofMillis(100), Duration.ofMillis(30));
    }

    /** @param times how often the container was started, or the pull was tried, before */
    Duration backOff(int times) {
        return backOff.multipliedBy(1L << Math.min(times, MAX_DOUBLINGS));
    }
}
