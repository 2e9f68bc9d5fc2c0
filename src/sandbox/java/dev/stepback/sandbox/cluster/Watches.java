package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** All open watches. An idle one costs no thread, only its connection. */
final class Watches implements AutoCloseable {
    private static final Duration BOOKMARKS_EVERY = Duration.ofSeconds(20);
    private static final long LONGEST_SECONDS = 3600;

    private final InMemoryStore store;
    private final Set<Watch> open = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Daemons.named("cluster-watches"));

    Watches(InMemoryStore store) {
        this.store = store;
        long seconds = BOOKMARKS_EVERY.toSeconds();
        var unused = timer.scheduleWithFixedDelay(
                () -> open.forEach(watch -> watch.bookmark(store.version())), seconds, seconds, TimeUnit.SECONDS);
    }

    /** Answers the request with a stream of events that goes on after this method has returned. */
    void start(HttpExchange exchange, ApiRequest request, RequestInfo info) throws IOException {
        Watch watch = new Watch(exchange, request, info, open::remove);
        String version = request.parameter("resourceVersion", "");
        boolean initialEvents = request.flag("sendInitialEvents");
        if (request.parameter("sendInitialEvents") != null
                && !(request.flag("allowWatchBookmarks")
                        && "NotOlderThan".equals(request.parameter("resourceVersionMatch")))) {
            throw Failures.unprocessable("ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden:"
                    + " sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }
        if (!version.isEmpty()) {
            Lists.requireNotTooNew(Lists.version(version), store.version());
        }
        long timeout = timeout(request);
        watch.begin();
        open.add(watch);
        long from;
        if (initialEvents || version.isEmpty() || version.equals("0")) {
            InMemoryStore.Snapshot snapshot = store.snapshot(info.type(), info.namespace());
            for (ObjectNode object : snapshot.objects()) {
                watch.initial(object);
            }
            if (initialEvents) {
                watch.endOfInitialEvents(snapshot.version());
            }
            from = snapshot.version();
        } else {
            from = Long.parseLong(version);
        }
        try {
            watch.follow(store.subscribe(info.type(), from, watch::change));
        } catch (ApiException expired) {
            // The answer has begun, so the refusal is an event, as the watch cache of an API server sends it.
            watch.fail(expired);
            return;
        }
        var unused = timer.schedule(watch::close, timeout, TimeUnit.SECONDS);
    }

    void closeAll() {
        open.forEach(Watch::close);
    }

    private static long timeout(ApiRequest request) {
        String seconds = request.parameter("timeoutSeconds", "0");
        try {
            long value = Long.parseLong(seconds);
            return value <= 0 ? LONGEST_SECONDS : Math.min(value, LONGEST_SECONDS);
        } catch (NumberFormatException e) {
            throw Failures.badRequest("timeoutSeconds: Invalid value: \"" + seconds + "\"");
        }
    }

    @Override
    public void close() {
        closeAll();
        timer.shutdownNow();
    }
}
