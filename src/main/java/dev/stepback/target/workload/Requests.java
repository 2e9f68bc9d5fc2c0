package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.stream.Stream;

/** What a pod asks for, in cores and bytes. */
record Requests(BigDecimal cpu, BigDecimal memory, BigDecimal cpuLimit, BigDecimal memoryLimit) {

    /** @param podSpec the {@code spec} of a pod or of a template; one container after another while it is made ready */
    static Requests of(JsonNode podSpec) {
        return new Requests(
                sum(podSpec, "requests", "cpu"),
                sum(podSpec, "requests", "memory"),
                sum(podSpec, "limits", "cpu"),
                sum(podSpec, "limits", "memory"));
    }

    private static BigDecimal sum(JsonNode podSpec, String what, String resource) {
        BigDecimal running = Stream.concat(
                        Json.elements(podSpec.path("containers")),
                        Json.elements(podSpec.path("initContainers")).filter(Requests::isSidecar))
                .map(container -> wanted(container, what, resource))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        BigDecimal starting = Json.elements(podSpec.path("initContainers"))
                .map(container -> wanted(container, what, resource))
                .reduce(BigDecimal.ZERO, BigDecimal::max);
        return running.max(starting).add(amount(podSpec.path("overhead").path(resource)));
    }

    private static boolean isSidecar(JsonNode container) {
        return container.path("restartPolicy").asText().equals("Always");
    }

    /** Who says only how much at most asks for as much. */
    private static BigDecimal wanted(JsonNode container, String what, String resource) {
        JsonNode resources = container.path("resources");
        JsonNode own = resources.path(what).path(resource);
        return amount(own.isMissingNode() ? resources.path("limits").path(resource) : own);
    }

    /** In cores, bytes or pieces; nothing when it is no quantity. */
    static BigDecimal amount(JsonNode quantity) {
        try {
            return quantity.isMissingNode()
                            || quantity.isNull()
                            || quantity.asText().isEmpty()
                    ? BigDecimal.ZERO
                    : Quantity.parse(quantity.asText()).getNumericalAmount();
        } catch (IllegalArgumentException e) {
            return BigDecimal.ZERO;
        }
    }
}
