package dev.stepback.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SandboxTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private Sandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(options(0));
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private static Sandbox.Options options(int port) {
        return new Sandbox.Options(port, true, true, false, KubeletTiming.fast(), Map.of());
    }

    @Test
    void page_needsNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type"))
                .hasValueSatisfying(t -> assertThat(t).startsWith("text/html"));
        assertThat(page.body())
                .doesNotContainPattern("(src|href)=\"(https?:)?//")
                .doesNotContain("@import");
        assertThat(get("/somewhere").statusCode()).isEqualTo(404);
    }

    @Test
    void kubeconfig_namesTheLocalCluster() throws Exception {
        assertThat(get("/sandbox/kubeconfig").body())
                .contains(sandbox.cluster().orElseThrow().uri().toString());
    }

    @Test
    void kubeconfigs_areForWhoeverIsNamed() throws Exception {
        String bot = get("/sandbox/kubeconfig?as=" + BotAccount.USER).body();

        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(bot))
                .build()) {
            assertThat(client.apps().deployments().inAnyNamespace().list().getItems())
                    .isNotEmpty();
            assertThatThrownBy(() -> client.secrets().inNamespace("production").list())
                    .hasMessageContaining("User \"" + BotAccount.USER + "\" cannot list resource \"secrets\"");
        }
        assertThat(get("/sandbox/kubeconfig?as=%22").statusCode()).isEqualTo(400);
    }

    @Test
    void badRelease_crashes() throws Exception {
        long before = checkout().path("revision").asLong();

        assertThat(post("/sandbox/ship-bad-release", null).statusCode()).isEqualTo(200);

        await().untilAsserted(() -> {
            JsonNode checkout = checkout();
            assertThat(checkout.path("revision").asLong()).isEqualTo(before + 1);
            assertThat(checkout.at("/revisions/0/number").asLong()).isEqualTo(before + 1);
            assertThat(StreamSupport.stream(checkout.path("pods").spliterator(), false))
                    .anySatisfy(pod -> {
                        assertThat(pod.path("state").asText()).isEqualTo("failed");
                        assertThat(pod.path("revision").asLong()).isEqualTo(before + 1);
                    });
            assertThat(checkout.path("health").asText()).isEqualTo("bad");
        });
    }

    @Test
    void panel_showsEveryInterestingState() throws Exception {
        JsonNode panel = panel();

        assertThat(panel.findValuesAsText("state")).contains("healthy", "paused", "deadline exceeded");
    }

    @Test
    void otherPage_isRefused() throws Exception {
        assertThat(post("/sandbox/ship-bad-release", "http://elsewhere.example").statusCode())
                .isEqualTo(403);
        assertThat(post("/sandbox/command", "http://elsewhere.example").statusCode())
                .isEqualTo(403);
        assertThat(post("/sandbox/ship-bad-release", sandbox.address()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void takenPort_isNoticed() {
        int taken = URI.create(sandbox.address()).getPort();

        assertThatThrownBy(() -> Sandbox.start(options(taken))).isInstanceOf(BindException.class);
    }

    private JsonNode checkout() throws Exception {
        for (JsonNode namespace : panel().path("namespaces")) {
            for (JsonNode workload : namespace.path("workloads")) {
                if (namespace.path("name").asText().equals("production")
                        && workload.path("name").asText().equals("checkout")) {
                    return workload;
                }
            }
        }
        throw new AssertionError("no checkout");
    }

    private JsonNode panel() throws Exception {
        return new ObjectMapper().readTree(get("/sandbox/cluster").body());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(sandbox.address() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, @Nullable String origin) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sandbox.address() + path))
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        if (origin != null) {
            request.header("Origin", origin);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
