package dev.stepback.connection;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.time.Duration;

/** Makes clients that do not wait for ever for an API server that has gone away without a word. */
public final class ClusterConnection {
    static {
        // As JDK 20 and later: of the connections that nobody uses, few are left that may have died in the meantime.
        if (System.getProperty("jdk.httpclient.keepalive.timeout") == null) {
            System.setProperty("jdk.httpclient.keepalive.timeout", "30");
        }
    }

    private ClusterConnection() {}

    /** A client that is patient as {@link Patience#DEFAULT}. */
    public static KubernetesClient client(Config config) {
        return builder(config, Patience.DEFAULT).build();
    }

    /** For a client that is configured further; whoever configures its HTTP client's builder calls {@link #configure}, too. */
    public static KubernetesClientBuilder builder(Config config, Patience patience) {
        JdkHttpClientFactory factory = new JdkHttpClientFactory() {
            @Override
            protected java.net.http.HttpClient.Builder createNewHttpClientBuilder() {
                return new AttentiveHttpClient.Builder(super.createNewHttpClientBuilder(), patience);
            }
        };
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(factory)
                .withHttpClientBuilderConsumer(ClusterConnection::configure);
    }

    /**
     * Requests do not share a connection: when one over HTTP/2 is dead, all that are sent go into it, for a quarter of an hour.
     */
    public static void configure(HttpClient.Builder http) {
        http.preferHttp11().addOrReplaceInterceptor(HttpWatches.NAME, new HttpWatches());
    }

    /**
     * How long silence is borne.
     *
     * @param ping how often a websocket is asked for a sign of life
     * @param pong how long it may give none
     * @param event how long a watch by plain HTTP may bring nothing; API servers send a bookmark about every minute
     */
    public record Patience(Duration ping, Duration pong, Duration event) {
        public static final Patience DEFAULT =
                new Patience(Duration.ofSeconds(10), Duration.ofSeconds(25), Duration.ofSeconds(90));
    }
}
