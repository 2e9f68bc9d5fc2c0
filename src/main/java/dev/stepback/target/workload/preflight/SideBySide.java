package dev.stepback.target.workload.preflight;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes reads at the same time, on threads that keep no process alive. */
final class SideBySide {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "preflight");
        thread.setDaemon(true);
        return thread;
    });

    private SideBySide() {}

    static <T> Future<T> start(Callable<T> read) {
        return THREADS.submit(read);
    }

    /** Waits for all of them; the first that fails is thrown. */
    static <T> List<T> all(List<Callable<T>> reads) {
        return reads.stream().map(SideBySide::start).toList().stream()
                .map(SideBySide::get)
                .toList();
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
