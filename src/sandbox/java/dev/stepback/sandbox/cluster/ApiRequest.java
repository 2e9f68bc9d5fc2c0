package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.sun.net.httpserver.HttpExchange;
import dev.stepback.sandbox.cluster.rbac.Tokens;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/** One HTTP request, read. */
record ApiRequest(
        String method,
        String path,
        List<String> segments,
        String rawQuery,
        Map<String, List<String>> query,
        String accept,
        String contentType,
        String userAgent,
        String token,
        Map<String, List<String>> headers,
        byte[] body) {
    private static final YAMLMapper YAML =
            new YAMLMapper(YAMLFactory.builder().loaderOptions(loaderOptions()).build());

    static ApiRequest read(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        List<String> segments = segments(path);
        String token = Tokens.presented(header(exchange, "Authorization"), segments);
        int prefix = Tokens.prefix(segments);
        if (prefix > 0) {
            segments = segments.subList(prefix, segments.size());
            path = path.replaceFirst("^/+[^/]+/+[^/]+", "");
        }
        String query = exchange.getRequestURI().getRawQuery();
        return new ApiRequest(
                exchange.getRequestMethod(),
                path,
                segments,
                query == null ? "" : query,
                parse(query),
                header(exchange, "Accept"),
                mediaType(header(exchange, "Content-Type")),
                header(exchange, "User-Agent"),
                token,
                exchange.getRequestHeaders(),
                exchange.getRequestBody().readAllBytes());
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/")) {
            if (!segment.isEmpty()) {
                segments.add(decode(segment));
            }
        }
        return segments;
    }

    @Nullable
    String parameter(String name) {
        List<String> values = query.getOrDefault(name, List.of());
        return values.isEmpty() || values.get(0).isEmpty() ? null : values.get(0);
    }

    String parameter(String name, String fallback) {
        String value = parameter(name);
        return value == null ? fallback : value;
    }

    boolean flag(String name) {
        String value = parameter(name);
        return value != null && (value.equals("true") || value.equals("1"));
    }

    boolean dryRun() {
        return DryRun.of(query.getOrDefault("dryRun", List.of()).stream()
                .filter(value -> !value.isEmpty())
                .toList());
    }

    /** Who writes: the {@code fieldManager}, else the first word of the user agent. */
    String manager() {
        String[] agent = userAgent.split("[/ ]");
        return parameter("fieldManager", agent.length == 0 || agent[0].isEmpty() ? "unknown" : agent[0]);
    }

    /** The body as an object, JSON YAML or protobuf as its content type says. */
    ObjectNode object() {
        JsonNode node = tree();
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw Failures.badRequest("the body is not an object");
    }

    JsonNode tree() {
        if (contentType.equals(Protobuf.MEDIA_TYPE)) {
            return Protobuf.read(body);
        }
        boolean yaml = contentType.endsWith("yaml");
        if (!yaml && !contentType.isEmpty() && !contentType.endsWith("json")) {
            throw Failures.unsupportedMediaType(
                    "the body of the request was in an unknown format - accepted media types"
                            + " include: application/json, application/yaml, " + Protobuf.MEDIA_TYPE);
        }
        try {
            JsonNode node = (yaml ? YAML : Json.MAPPER).readTree(body);
            return node == null || node.isMissingNode() ? Json.object() : node;
        } catch (IOException e) {
            throw Failures.badRequest("the body cannot be read: " + e.getMessage());
        }
    }

    private static LoaderOptions loaderOptions() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(16 * 1024 * 1024);
        return options;
    }

    private static String header(HttpExchange exchange, String name) {
        List<String> values = exchange.getRequestHeaders().get(name);
        return values == null ? "" : String.join(",", values);
    }

    private static String mediaType(String contentType) {
        return contentType.split(";")[0].trim().toLowerCase(Locale.ROOT);
    }

    private static Map<String, List<String>> parse(@Nullable String query) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String pair : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
            String[] sides = pair.split("=", 2);
            parameters
                    .computeIfAbsent(decode(sides[0].replace('+', ' ')), name -> new ArrayList<>())
                    .add(sides.length == 1 ? "" : decode(sides[1].replace("+", "%20")));
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
