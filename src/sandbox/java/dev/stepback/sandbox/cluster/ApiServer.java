package dev.stepback.sandbox.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stepback.sandbox.cluster.rbac.Attempt;
import dev.stepback.sandbox.cluster.rbac.Caller;
import dev.stepback.sandbox.cluster.rbac.Impersonation;
import dev.stepback.sandbox.cluster.rbac.Rbac;
import dev.stepback.sandbox.cluster.rbac.Tokens;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP side: reads requests, sends them where they belong, and turns failures into {@code Status} answers. */
final class ApiServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

    static {
        // Without it each small answer waits for the client's delayed TCP acknowledgement, 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private volatile HttpServer http;
    private final ExecutorService threads = Executors.newCachedThreadPool(Daemons.named("cluster-api"));
    private final InMemoryStore store;
    private final Verbs verbs;
    private final Watches watches;
    private final Discovery discovery;
    private final AccessReviews reviews;
    private final Faults faults;
    private final RequestLog requests;
    private final Tokens tokens;
    private final Rbac rbac;
    private final Impersonation impersonation;

    ApiServer(
            int port,
            InMemoryStore store,
            Verbs verbs,
            Watches watches,
            Faults faults,
            RequestLog requests,
            Tokens tokens) {
        this.store = store;
        this.verbs = verbs;
        this.watches = watches;
        this.discovery = new Discovery(store.types());
        this.faults = faults;
        this.tokens = tokens;
        this.rbac = new Rbac(store::list);
        this.impersonation = new Impersonation(rbac);
        this.reviews = new AccessReviews(rbac, faults);
        this.requests = requests;
        http = listen(port);
    }

    private HttpServer listen(int port) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            server.setExecutor(threads);
            server.createContext("/", this::handle);
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nobody listens from now on, and what is open is cut. */
    synchronized void goAway() {
        watches.closeAll();
        http.stop(0);
    }

    /** Listens on the same port again. */
    synchronized void comeBack() {
        http = listen(port());
    }

    int port() {
        return http.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        ApiRequest request = ApiRequest.read(exchange);
        RequestInfo info = null;
        try {
            Optional<RequestInfo> parsed = RequestInfo.parse(request, store.types());
            info = parsed.orElse(null);
            Attempt attempt = Attempt.of(request.method(), request.segments(), request.flag("watch"));
            String verb = parsed.map(RequestInfo::verb).orElse(attempt.verb());
            String resource = parsed.map(RequestInfo::resource).orElse(attempt.resourceName());
            Optional<Caller> sender = tokens.caller(request.token());
            String name = sender.map(Caller::name).orElse("");
            String wanted = request.headers()
                    .getOrDefault("Impersonate-user", List.of(name))
                    .get(0);
            requests.add(request, verb, info, name, wanted);
            pause();
            Caller caller = impersonation.actingAs(sender.orElseThrow(Failures::unauthorized), request.headers());
            if (isWebSocket(exchange)) {
                // Clients that try a websocket first fall back to plain HTTP on this code.
                send(exchange, ApiReply.text(200, ""));
                return;
            }
            Optional<Faults.Planned> fault = faults.next(verb, resource);
            if (fault.isPresent() && fault.get().code() > 0) {
                throw injected(fault.get().code());
            }
            if (fault.isPresent() && fault.get().code() == Faults.Planned.DROP) {
                exchange.close();
                return;
            }
            rbac.require(caller, attempt);
            if (info != null && faults.isDenied(info.verb(), info.resource())) {
                throw attempt.forbidden(caller, "");
            }
            if (info != null && info.verb().equals("watch")) {
                watches.start(exchange, request, info);
                return;
            }
            ApiReply reply = answer(request, info, caller);
            if (fault.isPresent()) {
                exchange.close();
                return;
            }
            send(exchange, reply);
        } catch (ApiException failure) {
            if (failure.code() == 429) {
                exchange.getResponseHeaders().set("Retry-After", "1");
            }
            send(exchange, ApiReply.failure(failure, info));
        } catch (RuntimeException e) {
            log.warn("{} {} failed", request.method(), request.path(), e);
            send(exchange, ApiReply.failure(new ApiException(500, "InternalError", "Internal error: " + e), info));
        }
    }

    private ApiReply answer(ApiRequest request, @Nullable RequestInfo info, Caller caller) {
        if (info != null) {
            return verbs.handle(request, info);
        }
        List<String> path = request.segments();
        if (AccessReviews.isReview(path)) {
            return reviews.answer(request, caller);
        }
        if (!request.method().equals("GET")) {
            throw Failures.notServed();
        }
        return discovery.answer(path).orElseThrow(Failures::notServed);
    }

    private void pause() {
        long millis = faults.latency().toMillis();
        if (millis > 0) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static ApiException injected(int code) {
        return switch (code) {
            case 429 -> new ApiException(code, "TooManyRequests", "the server has received too many requests");
            case 503 ->
                new ApiException(code, "ServiceUnavailable", "the server is currently unable to handle the request");
            case 409 -> new ApiException(code, "Conflict", "injected conflict");
            case 403 -> Failures.forbidden("forbidden");
            default -> new ApiException(code, "InternalError", "an error on the server has prevented the request");
        };
    }

    static boolean isWebSocket(HttpExchange exchange) {
        String upgrade = exchange.getRequestHeaders().getFirst("Upgrade");
        return upgrade != null && upgrade.equalsIgnoreCase("websocket");
    }

    static void send(HttpExchange exchange, ApiReply reply) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", reply.contentType());
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(reply.code(), head || reply.body().length == 0 ? -1 : reply.body().length);
        if (!head && reply.body().length > 0) {
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(reply.body());
            }
        }
        exchange.close();
    }

    @Override
    public void close() {
        watches.close();
        http.stop(0);
        threads.shutdownNow();
    }
}
