package dev.stepback.sandbox.cluster;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers changes to one listener in order, one at a time, on a thread of its own only while there are any. */
final class Subscription implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Subscription.class);

    private final Executor executor;
    private final Consumer<Change> listener;
    private final Runnable onClose;
    private final Queue<Change> pending = new ArrayDeque<>();
    private boolean running;
    private boolean closed;

    Subscription(Executor executor, Consumer<Change> listener, Consumer<Subscription> onClose) {
        this.executor = executor;
        this.listener = listener;
        this.onClose = () -> onClose.accept(this);
    }

    synchronized void offer(Change change) {
        if (closed) {
            return;
        }
        pending.add(change);
        if (!running) {
            running = true;
            executor.execute(this::drain);
        }
    }

    private void drain() {
        while (true) {
            Change change;
            synchronized (this) {
                change = closed ? null : pending.poll();
                if (change == null) {
                    running = false;
                    return;
                }
            }
            try {
                listener.accept(change);
            } catch (RuntimeException e) {
                log.warn("A listener failed on {} of {}", change.type(), Json.name(change.object()), e);
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            pending.clear();
        }
        onClose.run();
    }
}
