package dev.stepback.sandbox.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControlApiTest {
    private SandboxSlack slack;
    private HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        slack = SandboxSlack.start(0, Clock.systemUTC());
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        ControlApi.mount(server, slack);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
        slack.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/sandbox/" + path));
    }

    private HttpResponse<String> post(String path, String json) throws Exception {
        return send(at(path).POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private JsonNode get(String path) throws Exception {
        return Json.parse(send(at(path)).body()).orElseThrow();
    }

    @Test
    void messages_areThoseThatTheUserSees() throws Exception {
        post("command", "{\"user\": \"lead\", \"channel\": \"incidents\", \"text\": \"hello\"}");
        post("command", "{\"user\": \"U0LEAD\", \"channel\": \"C0INCIDENTS\", \"text\": \"/rollback x\"}");

        assertThat(get("messages?channel=incidents&user=lead").path("messages")).hasSize(2);
        JsonNode seen = get("messages?channel=%23incidents&user=responder").path("messages");
        assertThat(seen).hasSize(1);
        assertThat(seen.get(0).path("user_name").asText()).isEqualTo("Lee Lead");
    }

    @Test
    void workspace_listsUsersAndChannels() throws Exception {
        JsonNode workspace = get("workspace");

        assertThat(workspace.path("channels")).hasSize(5);
        assertThat(workspace.path("users").findValuesAsText("name")).contains("responder", "lead", "guest");
    }

    @Test
    void people_canBeChanged() throws Exception {
        post("people", "{\"user\": \"lead\", \"leave\": \"@oncall\", \"deactivated\": true}");
        post("people", "{\"user\": \"guest\", \"join\": \"oncall\", \"role\": \"member\"}");
        post("people", "{\"group\": \"leads\", \"disabled\": true}");

        var methods = SlackClient.methods(slack);
        assertThat(methods.usersInfo(request -> request.user("U0LEAD"))
                        .getUser()
                        .isDeleted())
                .isTrue();
        assertThat(methods.usersInfo(request -> request.user("U0GUEST"))
                        .getUser()
                        .isRestricted())
                .isFalse();
        var groups =
                methods.usergroupsList(request -> request.includeUsers(true)).getUsergroups();
        assertThat(groups).hasSize(1);
        assertThat(groups.get(0).getHandle()).isEqualTo("oncall");
        assertThat(groups.get(0).getUsers()).containsExactly("U0RESPONDER", "U0GUEST");
        assertThat(post("command", "{\"user\": \"lead\", \"channel\": \"incidents\", \"text\": \"hello\"}")
                        .body())
                .contains("cannot sign in");
        assertThat(post("people", "{\"user\": \"lead\", \"join\": \"nobody\"}").body())
                .contains("no such user group: nobody");
    }

    @Test
    void events_waitForWhatComes() throws Exception {
        post("command", "{\"user\": \"lead\", \"channel\": \"incidents\", \"text\": \"hello\"}");

        JsonNode events = get("events?since=0");

        assertThat(events.path("events").get(0).path("type").asText()).isEqualTo("message");
        assertThat(events.path("next").asLong()).isEqualTo(1);
    }

    @Test
    void request_thatCannotBeDone_saysWhy() throws Exception {
        HttpResponse<String> stranger =
                post("command", "{\"user\": \"nobody\", \"channel\": \"incidents\", \"text\": \"hello\"}");

        assertThat(stranger.statusCode()).isEqualTo(400);
        assertThat(stranger.body()).contains("no such user: nobody");
        assertThat(post("command", "no json").statusCode()).isEqualTo(400);
        assertThat(post("action", "{\"user\": \"lead\"}").body()).contains("missing: channel");
        assertThat(send(at("command")).statusCode()).isEqualTo(405);
    }

    @Test
    void faults_hitTheNextCalls() throws Exception {
        post("faults", "{\"slack\": {\"fail\": {\"method\": \"chat.postMessage\", \"error\": \"fatal_error\"}}}");

        assertThat(SlackClient.methods(slack)
                        .chatPostMessage(
                                message -> message.channel("C0INCIDENTS").text("x"))
                        .getError())
                .isEqualTo("fatal_error");
    }
}
