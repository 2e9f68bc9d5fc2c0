package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Requests and responses of the JDK's HTTP server. */
final class Http {
    private Http() {}

    static String body(HttpExchange exchange) throws IOException {
        return new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    }

    static String contentType(HttpExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type"))
                .orElse("");
    }

    static Map<String, String> query(HttpExchange exchange) {
        return form(Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""));
    }

    static Map<String, String> form(String encoded) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String pair : encoded.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                fields.put(decode(name), equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** The body as JSON, or a form's fields as an object of strings; empty when it is neither. */
    static Optional<ObjectNode> arguments(HttpExchange exchange) throws IOException {
        String body = body(exchange);
        ObjectNode arguments = Json.object();
        query(exchange).forEach(arguments::put);
        if (contentType(exchange).startsWith("application/json")) {
            Optional<JsonNode> json = body.isBlank() ? Optional.of(Json.object()) : Json.parse(body);
            if (json.isPresent() && json.get() instanceof ObjectNode object) {
                arguments.setAll(object);
                return Optional.of(arguments);
            }
            return Optional.empty();
        }
        form(body).forEach(arguments::put);
        return Optional.of(arguments);
    }

    static void answer(HttpExchange exchange, int status, JsonNode body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        answer(exchange, status, body.toString());
    }

    static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }
}
