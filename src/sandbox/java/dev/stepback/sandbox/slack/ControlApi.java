package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The control API over HTTP, under {@code /sandbox/}: {@link Control} for scripts and for the page. A request that
 * cannot be done is answered with 400 and {@code {"ok": false, "error": why}}.
 *
 * <p>The server needs an executor with several threads: a command waits for the app, and events wait to happen.
 */
public final class ControlApi {
    private static final Duration LONG_POLL = Duration.ofSeconds(20);

    private final Control control;

    private ControlApi(Control control) {
        this.control = control;
    }

    private interface Handler {
        JsonNode handle(ObjectNode arguments) throws InterruptedException;
    }

    /** Adds the handlers to a server, one context each. */
    public static void mount(HttpServer server, SandboxSlack slack) {
        mount(server, slack, faults -> {});
    }

    /**
     * Adds the handlers to a server, one context each.
     *
     * @param otherFaults is given each request for faults as a whole; throws {@link IllegalArgumentException} for what
     *     cannot be done
     */
    public static void mount(HttpServer server, SandboxSlack slack, Consumer<JsonNode> otherFaults) {
        ControlApi api = new ControlApi(slack.control());
        api.add(server, "command", "POST", api::command);
        api.add(server, "action", "POST", api::action);
        api.add(server, "view", "POST", api::view);
        api.add(
                server,
                "messages",
                "GET",
                arguments ->
                        list("messages", api.control.messages(need(arguments, "channel"), need(arguments, "user"))));
        api.add(server, "views", "GET", arguments -> list("views", api.control.views(need(arguments, "user"))));
        api.add(server, "workspace", "GET", arguments -> api.control.describe());
        api.add(server, "people", "POST", api::people);
        api.add(server, "events", "GET", api::events);
        server.createContext(
                "/sandbox/faults",
                exchange -> api.handle(exchange, "POST", arguments -> {
                    applyFaults(api.control, arguments.path("slack"));
                    otherFaults.accept(arguments);
                    return Json.ok();
                }));
    }

    private void add(HttpServer server, String name, String httpMethod, Handler handler) {
        server.createContext("/sandbox/" + name, exchange -> handle(exchange, httpMethod, handler));
    }

    private void handle(HttpExchange exchange, String httpMethod, Handler handler) throws IOException {
        if (!OwnPage.asks(exchange)) {
            Http.answer(exchange, 403, problem("other pages may not ask"));
            return;
        }
        if (!exchange.getRequestMethod().equals(httpMethod)) {
            Http.answer(exchange, 405, problem("use " + httpMethod));
            return;
        }
        try {
            ObjectNode arguments = Json.object();
            Http.query(exchange).forEach(arguments::put);
            String body = Http.body(exchange);
            if (!body.isBlank()) {
                JsonNode parsed = Json.parse(body)
                        .filter(JsonNode::isObject)
                        .orElseThrow(() -> new IllegalArgumentException("the body is not a JSON object"));
                arguments.setAll((ObjectNode) parsed);
            }
            Http.answer(exchange, 200, handler.handle(arguments));
        } catch (IllegalArgumentException e) {
            Http.answer(exchange, 400, problem(String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Http.answer(exchange, 503, problem("the sandbox is closing"));
        }
    }

    private static ObjectNode problem(String why) {
        return Json.object().put("ok", false).put("error", why);
    }

    private JsonNode command(ObjectNode arguments) {
        return sent(control.command(
                need(arguments, "user"),
                need(arguments, "channel"),
                need(arguments, "text"),
                optional(arguments, "thread_ts")));
    }

    private JsonNode action(ObjectNode arguments) {
        String viewId = optional(arguments, "view_id");
        if (viewId != null) {
            return sent(control.viewAction(
                    need(arguments, "user"),
                    viewId,
                    need(arguments, "action_id"),
                    optional(arguments, "block_id"),
                    optional(arguments, "value")));
        }
        return sent(control.action(
                need(arguments, "user"),
                need(arguments, "channel"),
                need(arguments, "ts"),
                need(arguments, "action_id"),
                optional(arguments, "block_id"),
                optional(arguments, "value"),
                arguments.path("force").asBoolean()));
    }

    private JsonNode view(ObjectNode arguments) {
        String user = need(arguments, "user");
        String viewId = need(arguments, "view_id");
        return sent(
                arguments.path("close").asBoolean()
                        ? control.closeView(user, viewId)
                        : control.submit(user, viewId, arguments.path("values")));
    }

    /** Everything that is asked for, on one user. */
    private JsonNode people(ObjectNode arguments) {
        People people = control.people();
        if (arguments.has("group") && arguments.has("disabled")) {
            people.disable(need(arguments, "group"), arguments.path("disabled").asBoolean());
            return control.describe();
        }
        String user = need(arguments, "user");
        if (arguments.has("join")) {
            people.join(need(arguments, "join"), user);
        }
        if (arguments.has("leave")) {
            people.leave(need(arguments, "leave"), user);
        }
        if (arguments.has("deactivated")) {
            people.deactivate(user, arguments.path("deactivated").asBoolean());
        }
        if (arguments.has("role")) {
            people.become(user, role(need(arguments, "role")));
        }
        return control.describe();
    }

    private static User.Role role(String name) {
        return switch (name) {
            case "member" -> User.Role.MEMBER;
            case "guest" -> User.Role.MULTI_CHANNEL_GUEST;
            case "single_channel_guest" -> User.Role.SINGLE_CHANNEL_GUEST;
            default -> throw new IllegalArgumentException("no such role: " + name);
        };
    }

    private JsonNode events(ObjectNode arguments) throws InterruptedException {
        return control.events(arguments.path("since").asLong(), LONG_POLL);
    }

    private static JsonNode sent(Control.Sent sent) {
        ObjectNode result = Json.ok().put("acknowledged", sent.acknowledged());
        if (!sent.error().isEmpty()) {
            result.put("error", sent.error());
        }
        if (!sent.ts().isEmpty()) {
            result.put("ts", sent.ts());
        }
        if (!sent.errors().isEmpty()) {
            sent.errors().forEach(result.putObject("errors")::put);
        }
        return result;
    }

    private static JsonNode list(String field, Collection<ObjectNode> items) {
        ObjectNode result = Json.ok();
        ArrayNode array = result.putArray(field);
        items.forEach(array::add);
        return result;
    }

    /** Applies the {@code slack} part of a request for faults. */
    public static void applyFaults(Control control, JsonNode faults) {
        JsonNode rateLimit = faults.path("ratelimit");
        if (rateLimit.isObject()) {
            control.rateLimit(
                    rateLimit.path("method").asText("*"),
                    rateLimit.path("count").asInt(1),
                    rateLimit.path("retry_after").asInt(1));
        }
        JsonNode fail = faults.path("fail");
        if (fail.isObject()) {
            control.fail(
                    fail.path("method").asText("*"),
                    fail.path("error").asText("internal_error"),
                    fail.path("count").asInt(1));
        }
        if (faults.path("drop_connections").asBoolean()) {
            control.dropConnections();
        }
        if (faults.path("silence_connections").asBoolean()) {
            control.silenceConnections();
        }
        if (faults.has("duplicate_deliveries")) {
            control.duplicateDeliveries(faults.path("duplicate_deliveries").asBoolean());
        }
        if (faults.has("latency_ms")) {
            control.latency(Duration.ofMillis(faults.path("latency_ms").asLong()));
        }
        if (faults.path("clear").asBoolean()) {
            control.clearFaults();
        }
    }

    private static String need(ObjectNode arguments, String name) {
        String value = optional(arguments, name);
        if (value == null) {
            throw new IllegalArgumentException("missing: " + name);
        }
        return value;
    }

    private static @Nullable String optional(ObjectNode arguments, String name) {
        String value = Json.text(arguments, name);
        return value.isEmpty() ? null : value;
    }
}
