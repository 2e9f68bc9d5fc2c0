package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What each container of a pod asks for and may use, with the defaults that LimitRanges add.
 *
 * @param containers by name, those that run first to its end included
 * @param sum of those that run together
 */
public record PodResources(Map<String, Amounts> containers, Amounts sum) {

    /**
     * Quantities by resource.
     *
     * @param text as they are written, such as {@code limits.memory} to {@code 2Gi}
     */
    public record Amounts(Map<String, BigDecimal> requests, Map<String, BigDecimal> limits, Map<String, String> text) {
        public Optional<BigDecimal> request(String resource) {
            return Optional.ofNullable(requests.get(resource));
        }

        public Optional<BigDecimal> limit(String resource) {
            return Optional.ofNullable(limits.get(resource));
        }

        /** As in {@code asks for 1Gi and may use 2Gi}. */
        public String words(String resource) {
            Optional<String> asks = Optional.ofNullable(text.get("requests." + resource));
            Optional<String> uses = Optional.ofNullable(text.get("limits." + resource));
            if (asks.isEmpty() && uses.isEmpty()) {
                return "says neither request nor limit";
            }
            return asks.map(a -> "asks for " + a).orElse("says no request") + " and "
                    + uses.map(u -> "may use " + u).orElse("says no limit");
        }
    }

    /** The LimitRanges of a namespace. */
    public static List<ObjectNode> ranges(ApiServer api, String namespace) {
        return api.list("/api/v1/namespaces/" + namespace + "/limitranges");
    }

    /** @param ranges the LimitRanges of the namespace */
    public static PodResources of(PodTemplate template, List<ObjectNode> ranges) {
        Map<String, Amounts> all = new LinkedHashMap<>();
        Map<String, BigDecimal> requests = new HashMap<>();
        Map<String, BigDecimal> limits = new HashMap<>();
        JsonNode spec = template.json().path("spec");
        List<JsonNode> together = new ArrayList<>();
        spec.path("containers").forEach(together::add);
        List<JsonNode> before = new ArrayList<>();
        spec.path("initContainers").forEach(c -> (Requests.isSidecar(c) ? together : before).add(c));
        for (JsonNode container : together) {
            Amounts own = amounts(container, ranges);
            all.put(container.path("name").asText(), own);
            own.requests().forEach((name, amount) -> requests.merge(name, amount, BigDecimal::add));
            own.limits().forEach((name, amount) -> limits.merge(name, amount, BigDecimal::add));
        }
        for (JsonNode container : before) {
            Amounts own = amounts(container, ranges);
            all.put(container.path("name").asText(), own);
            own.requests().forEach((name, amount) -> requests.merge(name, amount, BigDecimal::max));
            own.limits().forEach((name, amount) -> limits.merge(name, amount, BigDecimal::max));
        }
        Map<String, String> text = new HashMap<>();
        requests.forEach((name, amount) -> text.put("requests." + name, amount.toPlainString()));
        limits.forEach((name, amount) -> text.put("limits." + name, amount.toPlainString()));
        return new PodResources(all, new Amounts(requests, limits, text));
    }

    /** Whether no container asks for any CPU or memory, nor is limited (the QoS class). */
    public boolean isBestEffort() {
        return containers.values().stream()
                .flatMap(container -> Stream.of("cpu", "memory")
                        .flatMap(resource -> Stream.of(container.request(resource), container.limit(resource))))
                .flatMap(Optional::stream)
                .noneMatch(amount -> amount.signum() > 0);
    }

    private static void addMissing(Map<String, String> text, String prefix, JsonNode quantities) {
        quantities
                .properties()
                .forEach(q -> text.putIfAbsent(prefix + q.getKey(), q.getValue().asText()));
    }

    private static Amounts amounts(JsonNode container, List<ObjectNode> ranges) {
        Map<String, String> text = new HashMap<>();
        container.path("resources").path("limits").properties().forEach(limit -> {
            text.put("limits." + limit.getKey(), limit.getValue().asText());
            // Who says only how much at most asks for as much.
            text.put("requests." + limit.getKey(), limit.getValue().asText());
        });
        container
                .path("resources")
                .path("requests")
                .properties()
                .forEach(request -> text.put(
                        "requests." + request.getKey(), request.getValue().asText()));
        ranges.stream()
                .flatMap(range -> Json.elements(range.path("spec").path("limits")))
                .filter(limit -> limit.path("type").asText().equals("Container"))
                .forEach(limit -> {
                    // What it leaves out follows from the rest (Kubernetes' SetDefaults_LimitRangeItem).
                    List.of("default", "max").forEach(field -> addMissing(text, "limits.", limit.path(field)));
                    List.of("defaultRequest", "default", "max", "min")
                            .forEach(field -> addMissing(text, "requests.", limit.path(field)));
                });
        Map<String, BigDecimal> requests = new HashMap<>();
        Map<String, BigDecimal> limits = new HashMap<>();
        text.forEach((name, quantity) -> {
            boolean limit = name.startsWith("limits.");
            (limit ? limits : requests).put(name.substring(name.indexOf('.') + 1), Requests.amount(quantity));
        });
        return new Amounts(requests, limits, text);
    }
}
