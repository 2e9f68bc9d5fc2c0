package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stepback.sandbox.cluster.rbac.Attempt;
import dev.stepback.sandbox.cluster.rbac.Caller;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a cluster of any kind, with its own credentials for it, so that tests can count what reaches that cluster
 * and make it fail. Whoever reaches the gateway acts with those credentials, or as whom its {@code Impersonate-} headers name
 * if these may: it listens on 127.0.0.1 only.
 */
public final class ClusterGateway implements ObservedCluster {
    private static final String IMPERSONATE = "Impersonate-";

    private final KubernetesClient cluster;
    private final HttpServer http;
    private final ExecutorService threads = Executors.newCachedThreadPool(Daemons.named("cluster-gateway"));
    private final Set<GatewayWatch> watches = ConcurrentHashMap.newKeySet();
    private final Faults faults = new Faults(() -> watches.forEach(GatewayWatch::close), this::expireHistory);
    private final RequestLog requests;
    private volatile long oldest;

    private ClusterGateway(Config config, Clock clock) {
        config.setRequestRetryBackoffLimit(0);
        cluster = new KubernetesClientBuilder().withConfig(config).build();
        requests = new RequestLog(clock);
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.setExecutor(threads);
        http.createContext("/", this::handle);
        http.start();
    }

    /** @param config of the cluster behind; changed to never try again by itself */
    public static ClusterGateway start(Config config, Clock clock) {
        return new ClusterGateway(config, clock);
    }

    private void handle(HttpExchange exchange) throws IOException {
        ApiRequest request = ApiRequest.read(exchange);
        if (ApiServer.isWebSocket(exchange)) {
            ApiServer.send(exchange, ApiReply.text(200, ""));
            return;
        }
        Attempt attempt = Attempt.of(request.method(), request.segments(), request.flag("watch"));
        requests.add(request, attempt);
        try {
            Optional<Faults.Planned> fault = faults.next(attempt.verb(), attempt.resourceName());
            if (fault.isPresent() && fault.get().code() > 0) {
                throw ApiServer.injected(fault.get().code());
            }
            if (fault.isPresent() && fault.get().code() == Faults.Planned.DROP) {
                exchange.close();
                return;
            }
            if (faults.isDenied(attempt.verb(), attempt.resourceName())) {
                throw attempt.forbidden(Caller.named("gateway"), "");
            }
            if (attempt.verb().equals("watch")) {
                watch(exchange, request);
                return;
            }
            ApiReply reply = forward(request);
            if (fault.isPresent()) {
                exchange.close();
                return;
            }
            ApiServer.send(exchange, reply);
        } catch (ApiException failure) {
            if (failure.code() == 429) {
                exchange.getResponseHeaders().set("Retry-After", "1");
            }
            ApiServer.send(exchange, ApiReply.failure(failure, null));
        } catch (CompletionException behind) {
            ApiServer.send(
                    exchange, ApiReply.failure(new ApiException(502, "BadGateway", String.valueOf(behind)), null));
        }
    }

    private ApiReply forward(ApiRequest request) {
        HttpResponse<byte[]> answer = cluster.getHttpClient()
                .sendAsync(rewritten(request), byte[].class)
                .join();
        byte[] body = answer.body();
        return new ApiReply(answer.code(), contentType(answer), body == null ? new byte[0] : body);
    }

    private HttpRequest rewritten(ApiRequest request) {
        URI uri = URI.create(cluster.getConfiguration().getMasterUrl().replaceAll("/+$", "")
                + request.path()
                + (request.rawQuery().isEmpty() ? "" : "?" + request.rawQuery()));
        HttpRequest.Builder builder =
                cluster.getHttpClient().newHttpRequestBuilder().uri(uri);
        @Nullable String body = request.body().length == 0 ? null : new String(request.body(), StandardCharsets.UTF_8);
        builder.method(request.method(), request.contentType().isEmpty() ? null : request.contentType(), body);
        if (!request.accept().isEmpty()) {
            builder.setHeader("Accept", request.accept());
        }
        request.headers().forEach((name, values) -> {
            if (name.startsWith(IMPERSONATE)) {
                values.forEach(value -> builder.header(name, value));
            }
        });
        return builder.setHeader("User-Agent", request.userAgent()).build();
    }

    private static String contentType(HttpResponse<?> answer) {
        List<String> types = answer.headers("Content-Type");
        return types.isEmpty() ? "application/json" : types.get(0);
    }

    private void watch(HttpExchange exchange, ApiRequest request) throws IOException {
        String version = request.parameter("resourceVersion", "0");
        if (!version.equals("0") && Long.parseLong(version) < oldest) {
            ObjectNode event = Json.object().put("type", "ERROR");
            event.set("object", ApiReply.status(Failures.expired("too old resource version: " + version), null));
            // A client that watches reads lines.
            ApiServer.send(exchange, ApiReply.text(200, event + "\n"));
            return;
        }
        GatewayWatch watch = new GatewayWatch(exchange);
        watches.add(watch);
        try {
            watch.run(cluster.getHttpClient(), rewritten(request));
        } finally {
            watches.remove(watch);
        }
    }

    private void expireHistory() {
        oldest = Long.parseLong(cluster.pods()
                .inAnyNamespace()
                .list(new ListOptionsBuilder().withLimit(1L).build())
                .getMetadata()
                .getResourceVersion());
    }

    @Override
    public URI uri() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    @Override
    public String kubeconfig() {
        return """
            apiVersion: v1
            kind: Config
            current-context: gateway
            clusters:
            - name: gateway
              cluster:
                server: %s
            contexts:
            - name: gateway
              context:
                cluster: gateway
                user: gateway
            users:
            - name: gateway
              user: {}
            """.formatted(uri());
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public List<RecordedRequest> requests() {
        return requests.all();
    }

    @Override
    public void clearRequests() {
        requests.clear();
    }

    @Override
    public void close() {
        watches.forEach(GatewayWatch::close);
        http.stop(0);
        threads.shutdownNow();
        cluster.close();
    }
}
