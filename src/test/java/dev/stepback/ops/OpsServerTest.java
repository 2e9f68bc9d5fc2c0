package dev.stepback.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpsServerTest {
    private final Metrics metrics = new Metrics();
    private final AtomicReference<String> slack = new AtomicReference<>("");
    private final Health health = new Health();
    private OpsServer server;

    @BeforeEach
    void start() throws IOException {
        health.register("slack", slack::get);
        health.register("cluster", () -> "");
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = OpsServer.start(anyPort, health, metrics, Optional.empty());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void readyz_saysWhatIsMissing() throws Exception {
        assertThat(get("/readyz").statusCode()).isEqualTo(200);

        slack.set("no connection to Slack");

        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("""
            [+]cluster ok
            [-]slack failed: no connection to Slack
            readyz check failed
            """);
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void readyzVerbose_listsEveryCheck() throws Exception {
        assertThat(get("/readyz").body()).isEqualTo("ok\n");
        assertThat(get("/readyz?verbose").statusCode()).isEqualTo(200);
        assertThat(get("/readyz?verbose").body()).isEqualTo("""
            [+]cluster ok
            [+]slack ok
            readyz check passed
            """);
    }

    @Test
    void metrics_areInPrometheusFormat() throws Exception {
        metrics.delivery("command");
        metrics.acknowledged(Duration.ofMillis(3));
        metrics.outcome("Succeeded");

        assertThat(get("/metrics").body())
                .contains("stepback_deliveries_total{type=\"command\"} 1.0")
                .contains("stepback_acknowledgement_seconds{quantile=\"0.99\"}")
                .contains("stepback_rollbacks_total{phase=\"Succeeded\"} 1.0");
    }

    @Test
    void timeBetweenTwoClocksThatDiffer_isNone_andCountsAllTheSame() throws Exception {
        metrics.approvalToPatch(Duration.ofMillis(-5));
        metrics.rollout(Duration.ofSeconds(-2));

        assertThat(get("/metrics").body())
                .contains("stepback_approval_to_patch_seconds_count 1")
                .contains("stepback_approval_to_patch_seconds_sum 0.0")
                .contains("stepback_rollout_seconds_count 1")
                .contains("stepback_rollout_seconds_sum 0.0");
    }

    @Test
    void readyz_tellsNotesWithoutFailing() throws Exception {
        health.note("configuration", () -> "");
        assertThat(get("/readyz").body()).isEqualTo("ok\n");
        health.note("configuration", () -> "has mistakes");
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").body()).isEqualTo("ok\n[!]configuration: has mistakes\n");
    }

    @Test
    void everyOtherPath_isNotFound() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/healthz/more").statusCode()).isEqualTo(404);
        assertThat(get("/slack/events").statusCode()).isEqualTo(404);
    }

    @Test
    void failure_staysInTheLog() throws Exception {
        server.close();
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = OpsServer.start(anyPort, health, metrics, Optional.of(exchange -> {
            throw new IllegalStateException("a secret detail");
        }));
        assertThat(get("/slack/events").statusCode()).isEqualTo(500);
        assertThat(get("/slack/events").body()).isEqualTo("error\n");
    }

    @Test
    void otherMethods_areNotAllowed() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .POST(HttpRequest.BodyPublishers.ofString("x"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
