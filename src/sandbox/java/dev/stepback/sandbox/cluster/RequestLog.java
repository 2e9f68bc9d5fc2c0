package dev.stepback.sandbox.cluster;

import dev.stepback.sandbox.cluster.rbac.Attempt;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The latest requests. */
final class RequestLog {
    private static final int MOST = 20_000;

    private final Clock clock;
    private final Deque<RecordedRequest> requests = new ArrayDeque<>();

    RequestLog(Clock clock) {
        this.clock = clock;
    }

    /**
     * @param sender who authenticated
     * @param user as whom it is made
     */
    synchronized void add(ApiRequest request, String verb, @Nullable RequestInfo info, String sender, String user) {
        requests.add(new RecordedRequest(
                sender,
                user,
                verb,
                info == null ? "" : info.type().name(),
                info == null ? "" : Objects.requireNonNullElse(info.namespace(), ""),
                info == null ? "" : Objects.requireNonNullElse(info.name(), ""),
                info == null ? "" : Objects.requireNonNullElse(info.subresource(), ""),
                request.path(),
                request.rawQuery(),
                request.contentType(),
                request.userAgent(),
                clock.instant()));
        forgetOld();
    }

    /** One that is passed on to a cluster that knows better what it is about. */
    synchronized void add(ApiRequest request, Attempt attempt) {
        requests.add(new RecordedRequest(
                "",
                request.headers().getOrDefault("Impersonate-user", List.of("")).get(0),
                attempt.verb(),
                attempt.typeName(),
                attempt.namespace(),
                attempt.name(),
                attempt.subresource(),
                request.path(),
                request.rawQuery(),
                request.contentType(),
                request.userAgent(),
                clock.instant()));
        forgetOld();
    }

    private void forgetOld() {
        if (requests.size() > MOST) {
            requests.removeFirst();
        }
    }

    synchronized List<RecordedRequest> all() {
        return List.copyOf(requests);
    }

    synchronized void clear() {
        requests.clear();
    }
}
