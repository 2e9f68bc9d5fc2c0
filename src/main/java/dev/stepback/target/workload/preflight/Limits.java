package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodResources;
import dev.stepback.target.workload.PodResources.Amounts;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Requests;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the LimitRanges of the namespace allow the restored pods; without, the API server refuses them (Kubernetes'
 * admission plugin {@code LimitRanger}).
 */
final class Limits {
    static final String CHECK = "limits";

    static final String REFUSED =
            "The restored pods would be refused: %s. Change that first, or choose another revision.";

    /** The present template is no better, and may yet have pods: something may change them before they are judged. */
    static final String MAYBE_REFUSED = "New pods may be refused, as those of the present revision would be: %s.";

    private final ApiServer api;

    Limits(ApiServer api) {
        this.api = api;
    }

    List<Finding> findings(Preflight.Subject subject) {
        List<ObjectNode> ranges =
                PodResources.ranges(api, subject.workload().ref().namespace());
        if (ranges.isEmpty()) {
            return List.of();
        }
        Optional<String> violation = violation(ranges, subject.restored());
        if (violation.isEmpty()) {
            return List.of(Finding.pass(CHECK, "The LimitRanges allow the restored pods."));
        }
        return List.of(
                violation(ranges, subject.workload().template()).isPresent()
                        ? Finding.warn(CHECK, MAYBE_REFUSED.formatted(violation.get()))
                        : Finding.block(CHECK, REFUSED.formatted(violation.get())));
    }

    private static Optional<String> violation(List<ObjectNode> ranges, PodTemplate template) {
        PodResources pod = PodResources.of(template, ranges);
        return Stream.concat(
                        ranges.stream()
                                .flatMap(range -> Json.elements(
                                                range.path("spec").path("limits"))
                                        .flatMap(limit -> violations(limit, pod)
                                                .map(v -> v + " (LimitRange " + Json.name(range) + ")"))),
                        pod.containers().entrySet().stream().flatMap(c -> contradictions(c.getKey(), c.getValue())))
                .findFirst();
    }

    /** A default may be less than what a container asks for: that makes a pod that is not valid. */
    private static Stream<String> contradictions(String container, Amounts has) {
        return has.limits().entrySet().stream()
                .filter(limit -> has.request(limit.getKey())
                        .filter(asked -> asked.compareTo(limit.getValue()) > 0)
                        .isPresent())
                .map(limit -> "by the default of a LimitRange container %s %s of %s"
                        .formatted(container, has.words(limit.getKey()), limit.getKey()))
                .sorted();
    }

    private static Stream<String> violations(JsonNode limit, PodResources pod) {
        return switch (limit.path("type").asText()) {
            case "Container" ->
                pod.containers().entrySet().stream()
                        .flatMap(container ->
                                violations(limit, "container " + container.getKey(), container.getValue()));
            case "Pod" -> violations(limit, "a pod", pod.sum());
            default -> Stream.empty();
        };
    }

    private static Stream<String> violations(JsonNode limit, String who, Amounts has) {
        Stream<String> most = fields(limit, "max").flatMap(max -> atMost(who, max, has).stream());
        Stream<String> least = fields(limit, "min").flatMap(min -> atLeast(who, min, has).stream());
        Stream<String> ratio = fields(limit, "maxLimitRequestRatio").flatMap(max -> ratio(who, max, has).stream());
        return Stream.of(most, least, ratio).flatMap(s -> s);
    }

    private static Stream<Map.Entry<String, JsonNode>> fields(JsonNode limit, String name) {
        return limit.path(name).properties().stream();
    }

    private static Optional<String> atMost(String who, Map.Entry<String, JsonNode> max, Amounts has) {
        BigDecimal allowed = Requests.amount(max.getValue());
        Optional<BigDecimal> asked = has.limit(max.getKey());
        boolean fits = asked.isPresent()
                && asked.get().compareTo(allowed) <= 0
                && has.request(max.getKey()).orElse(BigDecimal.ZERO).compareTo(allowed) <= 0;
        return fits
                ? Optional.empty()
                : Optional.of("%s may have at most %s %s, and %s"
                        .formatted(who, max.getValue().asText(), max.getKey(), has.words(max.getKey())));
    }

    private static Optional<String> atLeast(String who, Map.Entry<String, JsonNode> min, Amounts has) {
        BigDecimal wanted = Requests.amount(min.getValue());
        Optional<BigDecimal> asked = has.request(min.getKey());
        boolean fits = asked.isPresent()
                && asked.get().compareTo(wanted) >= 0
                && has.limit(min.getKey()).orElse(wanted).compareTo(wanted) >= 0;
        return fits
                ? Optional.empty()
                : Optional.of("%s has to ask for at least %s %s, and %s"
                        .formatted(who, min.getValue().asText(), min.getKey(), has.words(min.getKey())));
    }

    private static Optional<String> ratio(String who, Map.Entry<String, JsonNode> max, Amounts has) {
        BigDecimal allowed = Requests.amount(max.getValue());
        BigDecimal request = has.request(max.getKey()).orElse(BigDecimal.ZERO);
        BigDecimal limit = has.limit(max.getKey()).orElse(BigDecimal.ZERO);
        boolean fits = request.signum() > 0
                && limit.signum() > 0
                && limit.divide(request, MathContext.DECIMAL64).compareTo(allowed) <= 0;
        return fits
                ? Optional.empty()
                : Optional.of("the %s limit of %s may be at most %s times its request, and it %s"
                        .formatted(max.getKey(), who, max.getValue().asText(), has.words(max.getKey())));
    }
}
