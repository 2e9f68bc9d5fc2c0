package dev.stepback.connection;

import dev.stepback.connection.ClusterConnection.Patience;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Java's HTTP client, which times out until the first line of an answer only, and asks no websocket whether it lives. Here
 * the rest of an answer may pause for as long as its first line may take, or, where that is not limited, as a watch may.
 */
final class AttentiveHttpClient extends HttpClient {
    private final HttpClient client;
    private final Patience patience;

    private AttentiveHttpClient(HttpClient client, Patience patience) {
        this.client = client;
        this.patience = patience;
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        return client.send(request, attentive(request, handler));
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        return client.sendAsync(request, attentive(request, handler));
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, HttpResponse.@Nullable PushPromiseHandler<T> pushed) {
        return client.sendAsync(request, attentive(request, handler), pushed);
    }

    private <T> BodyHandler<T> attentive(HttpRequest request, BodyHandler<T> handler) {
        Duration pause = request.timeout().orElse(patience.event());
        return response -> new AttentiveBody<>(handler.apply(response), pause, worker());
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return new AttentiveWebSocket.Builder(client.newWebSocketBuilder(), patience, worker());
    }

    /** What a timer finds out is told on another thread, so that nothing keeps the other timers waiting. */
    private Executor worker() {
        return client.executor().orElse(ForkJoinPool.commonPool());
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return client.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return client.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return client.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return client.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return client.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return client.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return client.authenticator();
    }

    @Override
    public Version version() {
        return client.version();
    }

    @Override
    public Optional<Executor> executor() {
        return client.executor();
    }

    /** Builds an attentive client of what another builder builds. */
    static final class Builder implements HttpClient.Builder {
        private final HttpClient.Builder builder;
        private final Patience patience;

        Builder(HttpClient.Builder builder, Patience patience) {
            this.builder = builder;
            this.patience = patience;
        }

        @Override
        public HttpClient build() {
            return new AttentiveHttpClient(builder.build(), patience);
        }

        @Override
        public HttpClient.Builder cookieHandler(CookieHandler cookies) {
            builder.cookieHandler(cookies);
            return this;
        }

        @Override
        public HttpClient.Builder connectTimeout(Duration timeout) {
            builder.connectTimeout(timeout);
            return this;
        }

        @Override
        public HttpClient.Builder sslContext(SSLContext context) {
            builder.sslContext(context);
            return this;
        }

        @Override
        public HttpClient.Builder sslParameters(SSLParameters parameters) {
            builder.sslParameters(parameters);
            return this;
        }

        @Override
        public HttpClient.Builder executor(Executor executor) {
            builder.executor(executor);
            return this;
        }

        @Override
        public HttpClient.Builder followRedirects(Redirect policy) {
            builder.followRedirects(policy);
            return this;
        }

        @Override
        public HttpClient.Builder version(Version version) {
            builder.version(version);
            return this;
        }

        @Override
        public HttpClient.Builder priority(int priority) {
            builder.priority(priority);
            return this;
        }

        @Override
        public HttpClient.Builder proxy(ProxySelector selector) {
            builder.proxy(selector);
            return this;
        }

        @Override
        public HttpClient.Builder authenticator(Authenticator authenticator) {
            builder.authenticator(authenticator);
            return this;
        }
    }
}
