package dev.stepback.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One half of the sandbox with somebody's own other half. */
final class HalfSandboxTest {
    private final HttpClient http = HttpClient.newHttpClient();

    private static Sandbox start(boolean slack, boolean cluster, boolean bot, Map<String, String> environment)
            throws Exception {
        return Sandbox.start(new Sandbox.Options(0, slack, cluster, bot, KubeletTiming.fast(), environment));
    }

    private HttpResponse<String> get(Sandbox sandbox, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(sandbox.address() + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void clusterAlone_servesABotOnAnotherSlack() throws Exception {
        try (Sandbox slack = start(true, false, false, Map.of());
                Sandbox cluster = start(false, true, true, slack.environment())) {
            assertThat(get(cluster, "/sandbox/workspace").statusCode()).isEqualTo(404);
            assertThat(get(cluster, "/sandbox/kubeconfig").statusCode()).isEqualTo(200);
            String command = "{\"user\":\"responder\",\"channel\":\"incidents\",\"text\":\"/rollback checkout\"}";
            await().untilAsserted(() -> assertThat(http.send(
                                    HttpRequest.newBuilder(URI.create(slack.address() + "/sandbox/command"))
                                            .POST(HttpRequest.BodyPublishers.ofString(command))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body())
                    .contains("\"acknowledged\":true"));
            await().untilAsserted(() -> assertThat(get(slack, "/sandbox/messages?channel=incidents&user=lead")
                            .body())
                    .contains("AwaitingApproval"));
        }
    }

    @Test
    void slackAlone_saysThatTheClusterIsElsewhere() throws Exception {
        try (Sandbox slack = start(true, false, false, Map.of("SLACK_BOT_TOKEN", "xoxb-real"))) {
            assertThat(get(slack, "/sandbox/kubeconfig").statusCode()).isEqualTo(404);
            assertThat(get(slack, "/sandbox/cluster").body()).contains("\"namespaces\":[]");
            assertThat(slack.environment())
                    .containsKeys("SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
                    .doesNotContainValue("xoxb-real");
        }
    }

    @Test
    void tokensOfARealSlack_areNotShown() throws Exception {
        try (Sandbox cluster = start(false, true, false, Map.of("SLACK_BOT_TOKEN", "xoxb-real"))) {
            assertThat(cluster.environment()).isEmpty();
        }
    }
}
