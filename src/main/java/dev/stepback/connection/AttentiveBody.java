package dev.stepback.connection;

import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The body of an answer, which fails when nothing comes of it for too long although something was asked for. */
final class AttentiveBody<T> implements BodySubscriber<T> {
    private final BodySubscriber<T> body;
    private final Duration pause;
    private final Executor worker;
    private Flow.@Nullable Subscription subscription;
    private @Nullable Future<?> timer;

    /** How many pieces were asked for that have not come. */
    private long asked;

    private long waitingSince;
    private boolean over;

    /** @param worker tells the body that it failed */
    AttentiveBody(BodySubscriber<T> body, Duration pause, Executor worker) {
        this.body = body;
        this.pause = pause;
        this.worker = worker;
    }

    @Override
    public CompletionStage<T> getBody() {
        return body.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription pieces) {
        synchronized (this) {
            subscription = pieces;
            timer = Timers.after(pause.toNanos(), this::look);
        }
        body.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                asking(n);
                pieces.request(n);
            }

            @Override
            public void cancel() {
                end();
                pieces.cancel();
            }
        });
    }

    private synchronized void asking(long n) {
        if (asked == 0) {
            waitingSince = System.nanoTime();
        }
        asked = asked + n < 0 ? Long.MAX_VALUE : asked + n;
    }

    @Override
    public void onNext(List<ByteBuffer> piece) {
        synchronized (this) {
            if (over) {
                return;
            }
            asked = Math.max(0, asked - 1);
            waitingSince = System.nanoTime();
        }
        body.onNext(piece);
    }

    @Override
    public void onError(Throwable failure) {
        if (end()) {
            body.onError(failure);
        }
    }

    @Override
    public void onComplete() {
        if (end()) {
            body.onComplete();
        }
    }

    /** Whether it was not over before. */
    private synchronized boolean end() {
        boolean before = over;
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
        return !before;
    }

    private void look() {
        Flow.Subscription abandoned;
        synchronized (this) {
            if (over) {
                return;
            }
            long left = asked == 0 ? pause.toNanos() : waitingSince + pause.toNanos() - System.nanoTime();
            if (left > 0) {
                timer = Timers.after(left, this::look);
                return;
            }
            over = true;
            abandoned = subscription;
        }
        worker.execute(() -> {
            if (abandoned != null) {
                abandoned.cancel();
            }
            body.onError(new HttpTimeoutException(
                    "nothing came of an answer that had begun for " + pause.toMillis() + " ms"));
        });
    }
}
