package dev.stepback.sandbox.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What goes wrong in the sandbox cluster when a test or a user asks for it. Thread-safe. */
public final class Faults {
    private final List<Planned> planned = new CopyOnWriteArrayList<>();
    private final List<Rule> denied = new CopyOnWriteArrayList<>();
    private final Runnable closeWatches;
    private final Runnable expireHistory;
    private volatile Duration latency = Duration.ZERO;

    Faults(Runnable closeWatches, Runnable expireHistory) {
        this.closeWatches = closeWatches;
        this.expireHistory = expireHistory;
    }

    /** Makes the next requests fail, whatever they are. 429 comes with a {@code Retry-After} of one second. */
    public void fail(int count, int code) {
        fail(count, code, null, null);
    }

    /**
     * Makes the next matching requests fail.
     *
     * @param verb such as {@code patch}; null or {@code *} for any
     * @param resource such as {@code deployments.apps}; null or {@code *} for any
     */
    public void fail(int count, int code, @Nullable String verb, @Nullable String resource) {
        planned.add(new Planned(new Rule(verb, resource), code, new AtomicInteger(count)));
    }

    /** Makes the next matching requests end without an answer; the change that they ask for is not made. */
    public void dropConnections(int count, @Nullable String verb, @Nullable String resource) {
        planned.add(new Planned(new Rule(verb, resource), Planned.DROP, new AtomicInteger(count)));
    }

    /** Makes the next matching requests take effect but end without an answer. */
    public void dropAnswers(int count, @Nullable String verb, @Nullable String resource) {
        planned.add(new Planned(new Rule(verb, resource), Planned.DROP_ANSWER, new AtomicInteger(count)));
    }

    /** Ends all watches, as an API server does that restarts. */
    public void closeWatches() {
        closeWatches.run();
    }

    /** Forgets the history: the next watch from an older version gets 410. */
    public void expireHistory() {
        expireHistory.run();
    }

    /** Delays every answer from now on. */
    public void latency(Duration delay) {
        latency = delay;
    }

    /** Forbids what matches: access reviews say no, and requests get 403. */
    public void deny(@Nullable String verb, @Nullable String resource) {
        denied.add(new Rule(verb, resource));
    }

    /** Ends all of the above. */
    public void clear() {
        planned.clear();
        denied.clear();
        latency = Duration.ZERO;
    }

    Duration latency() {
        return latency;
    }

    boolean isDenied(String verb, String resource) {
        return denied.stream().anyMatch(rule -> rule.matches(verb, resource));
    }

    /** The fault that this request shall see, counted down. */
    Optional<Planned> next(String verb, String resource) {
        for (Planned fault : planned) {
            if (fault.rule.matches(verb, resource)) {
                int left = fault.left.decrementAndGet();
                if (left <= 0) {
                    planned.remove(fault);
                }
                if (left >= 0) {
                    return Optional.of(fault);
                }
            }
        }
        return Optional.empty();
    }

    record Rule(@Nullable String verb, @Nullable String resource) {
        boolean matches(String actualVerb, String actualResource) {
            return isAny(verb, actualVerb) && isAny(resource, actualResource);
        }

        private static boolean isAny(@Nullable String pattern, String actual) {
            return pattern == null || pattern.equals("*") || pattern.equals(actual);
        }
    }

    record Planned(Rule rule, int code, AtomicInteger left) {
        static final int DROP = 0;
        static final int DROP_ANSWER = -1;
    }
}
