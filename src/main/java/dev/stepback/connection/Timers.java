package dev.stepback.connection;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread that looks at the time, for all connections. What it finds out is told elsewhere. */
final class Timers {
    private static final ScheduledThreadPoolExecutor TIMERS = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "silence");
        thread.setDaemon(true);
        return thread;
    });

    static {
        // Every answer has one, and nearly all are cancelled a moment later.
        TIMERS.setRemoveOnCancelPolicy(true);
    }

    private Timers() {}

    static ScheduledFuture<?> after(long nanos, Runnable task) {
        return TIMERS.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    static ScheduledFuture<?> every(long nanos, Runnable task) {
        return TIMERS.scheduleWithFixedDelay(task, nanos, nanos, TimeUnit.NANOSECONDS);
    }
}
