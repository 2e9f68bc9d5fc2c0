package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.stepback.sandbox.slack.RateLimits.Tier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The Web API: who calls, may they, not too often, and then the method. */
final class WebApi {
    /** All that the bot's manifest may ask for; a test takes some away. */
    static final Set<String> ALL_SCOPES = Set.of(
            "app_mentions:read",
            "channels:history",
            "channels:join",
            "channels:read",
            "chat:write",
            "commands",
            "files:write",
            "groups:history",
            "groups:read",
            "im:history",
            "im:read",
            "im:write",
            "metadata.message:read",
            "reactions:write",
            "team:read",
            "usergroups:read",
            "users:read",
            "users:read.email");

    private record Method(String scope, Tier tier, Function<Call, ObjectNode> handler) {}

    private final Workspace workspace;
    private final RateLimits limits;
    private final Faults faults;
    private final Tokens tokens;
    private final Map<String, Method> methods = new HashMap<>();
    private final Set<String> scopes = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final List<String> violations = new ArrayList<>();

    WebApi(Workspace workspace, Tokens tokens, RateLimits limits, Faults faults) {
        this.workspace = workspace;
        this.tokens = tokens;
        this.limits = limits;
        this.faults = faults;
        scopes.addAll(ALL_SCOPES);
    }

    /** @param scope what the bot token needs; empty for none, {@code connections:write} for an app token's method */
    void method(String name, String scope, Tier tier, Function<Call, ObjectNode> handler) {
        methods.put(name, new Method(scope, tier, handler));
    }

    /** What the bot token may do; live. */
    Set<String> scopes() {
        return scopes;
    }

    /** How many times a method was called, refused calls included. */
    int calls(String method) {
        AtomicInteger count = calls.get(method);
        return count == null ? 0 : count.get();
    }

    /** Notes something that Slack lets pass although it should not be done. */
    void violation(String what) {
        synchronized (violations) {
            violations.add(what);
        }
    }

    List<String> violations() {
        synchronized (violations) {
            return List.copyOf(violations);
        }
    }

    void handle(HttpExchange exchange) throws IOException {
        String name = exchange.getRequestURI().getPath().replaceFirst("^.*/api/", "");
        calls.computeIfAbsent(name, any -> new AtomicInteger()).incrementAndGet();
        Optional<ObjectNode> arguments = Http.arguments(exchange);
        exchange.getResponseHeaders().set("x-oauth-scopes", String.join(",", new TreeSet<>(scopes)));
        try {
            pause();
            if (arguments.isEmpty()) {
                throw new SlackError("invalid_json");
            }
            Http.answer(exchange, 200, call(name, arguments.get(), token(exchange, arguments.get())));
        } catch (SlackError e) {
            refuse(exchange, e);
        }
    }

    private static void refuse(HttpExchange exchange, SlackError e) throws IOException {
        String error = Json.text(e.body(), "error");
        if (error.equals("http_500")) {
            Http.answer(exchange, 500, "Internal Server Error");
        } else if (e.retryAfter() > 0) {
            exchange.getResponseHeaders().set("Retry-After", Integer.toString(e.retryAfter()));
            Http.answer(exchange, 429, e.body());
        } else {
            Http.answer(exchange, 200, e.body());
        }
    }

    private void pause() throws IOException {
        try {
            Thread.sleep(faults.latency().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the sandbox is closing", e);
        }
    }

    private static String token(HttpExchange exchange, ObjectNode arguments) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        if (header != null && header.startsWith("Bearer ")) {
            return header.substring("Bearer ".length()).trim();
        }
        return Json.text(arguments, "token");
    }

    private ObjectNode call(String name, ObjectNode arguments, String token) {
        Method method = methods.get(name);
        if (method == null) {
            throw new SlackError("unknown_method");
        }
        faults.next(name).ifPresent(error -> {
            throw error;
        });
        if (name.equals("api.test")) {
            return method.handler().apply(new Call(name, arguments, scopes));
        }
        authorize(name, method, token);
        String bucket = method.tier() == Tier.POST_MESSAGE ? name + " " + Json.text(arguments, "channel") : name;
        limits.take(method.tier(), bucket);
        synchronized (workspace) {
            return method.handler().apply(new Call(name, arguments, Set.copyOf(scopes)));
        }
    }

    private void authorize(String name, Method method, String token) {
        boolean forApp = method.scope().equals("connections:write");
        if (token.isEmpty()) {
            throw new SlackError("not_authed");
        }
        if (!token.equals(tokens.bot()) && !token.equals(tokens.app())) {
            throw new SlackError("invalid_auth");
        }
        if (name.equals("auth.test")) {
            return; // says whose token it is, whichever it is
        }
        if (token.equals(tokens.app()) != forApp) {
            throw new SlackError("not_allowed_token_type");
        }
        if (!forApp && !method.scope().isEmpty() && !scopes.contains(method.scope())) {
            throw SlackError.missingScope(method.scope(), String.join(",", new TreeSet<>(scopes)));
        }
    }
}
