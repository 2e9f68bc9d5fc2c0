package dev.stepback.rollback;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.util.List;

/** Lets nothing through from the write on that it is told; only the newest engine of its client lives on it. */
final class Death implements Interceptor {
    private int deadly;
    private boolean written;
    private int writes;
    private boolean dead;

    synchronized void is(int write, boolean isWritten) {
        deadly = write;
        written = isWritten;
        writes = 0;
        dead = false;
    }

    synchronized boolean happened() {
        return dead;
    }

    @Override
    public synchronized void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        boolean write = !request.method().equals("GET");
        writes += write ? 1 : 0;
        if (write && writes == deadly && !written) {
            dead = true;
        }
        if (dead) {
            throw new IllegalStateException("dead");
        }
    }

    @Override
    public synchronized void after(
            HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (!request.method().equals("GET") && writes == deadly) {
            dead = true;
            throw new IllegalStateException("dead");
        }
    }
}
