package dev.stepback.sandbox;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the page lets a newcomer try, over the sandbox's own HTTP interface. */
final class SandboxStoryIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newHttpClient();
    private Sandbox sandbox;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(new Sandbox.Options(0, true, true, true, KubeletTiming.fast(), Map.of()));
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    @Test
    void requester_cannotApproveButTheLeadCan() throws Exception {
        command("responder", "/rollback checkout");
        String card = awaited("lead", "AwaitingApproval", "Rollback of checkout")
                .path("ts")
                .asText();

        click("responder", card, "approve");
        awaited("responder", "somebody else has to approve");
        click("guest", card, "approve");
        awaited("guest", "You may not approve a rollback of production/deployment/checkout");
        click("lead", card, "approve");
        awaited("lead", "*Succeeded*", "Rollback of checkout");
    }

    @Test
    void staging_countsDown() throws Exception {
        command("responder", "/rollback staging/payments");
        String card = awaited("lead", "*Starts in ", "Rollback of payments")
                .path("ts")
                .asText();
        click("responder", card, "cancel");
        awaited("lead", "*Cancelled*", "Rollback of payments");
    }

    @Test
    void payments_areTypedToConfirm() throws Exception {
        command("responder", "/rollback production/payments");
        String card =
                awaited("lead", "Approve…", "Rollback of payments").path("ts").asText();
        click("lead", card, "approve");
        JsonNode views = await().atMost(PATIENCE)
                .until(
                        () -> get("/sandbox/views?user=lead"),
                        v -> v.toString().contains("Type sandbox/production/payments"));
        String id = views.at("/views/0/id").asText();
        post("/sandbox/view", """
            {"user": "lead", "view_id": "%s", "values": {"typed": {"typed":
              {"type": "plain_text_input", "value": "sandbox/production/payments"}}}}\
            """.formatted(id));
        awaited("lead", "*Succeeded*", "Rollback of payments");
    }

    @Test
    void lead_mayGoAlone() throws Exception {
        command("lead", "/rollback cart");
        awaited("lead", "Break glass…", "Rollback of cart");
        command("guest", "/rollback checkout");
        awaited("guest", "You may not ask for a rollback of production/deployment/checkout");
    }

    @Test
    void databasesData_isCheckedFirst() throws Exception {
        command("responder", "/rollback db");
        String card = awaited("lead", "*First*: Run the data check mysql-data")
                .path("ts")
                .asText();
        click("lead", card, "approve");
        awaited("lead", "the data directory can be opened", "*Succeeded*", "Rollback of db");
    }

    private void command(String user, String text) throws Exception {
        String body = """
            {"user": "%s", "channel": "incidents", "text": "%s"}\
            """.formatted(user, text);
        await().atMost(PATIENCE).until(() -> post("/sandbox/command", body).contains("\"acknowledged\":true"));
    }

    private void click(String user, String ts, String action) throws Exception {
        post("/sandbox/action", """
            {"user": "%s", "channel": "incidents", "ts": "%s", "action_id": "%s"}\
            """.formatted(user, ts, action));
    }

    private JsonNode awaited(String user, String... words) {
        return await().atMost(PATIENCE)
                .until(
                        () -> StreamSupport.stream(
                                        get("/sandbox/messages?channel=incidents&user=" + user)
                                                .path("messages")
                                                .spliterator(),
                                        false)
                                .filter(m -> Arrays.stream(words).allMatch(m.toString()::contains))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private JsonNode get(String path) throws Exception {
        return JSON.readTree(http.send(
                        HttpRequest.newBuilder(URI.create(sandbox.address() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body());
    }

    private String post(String path, String body) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create(sandbox.address() + path))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
