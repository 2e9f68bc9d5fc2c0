package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a pod asks for, in cores and bytes.
 *
 * @param devices what only some nodes have, in pieces, such as {@code nvidia.com/gpu}
 */
public record Requests(
        BigDecimal cpu,
        BigDecimal memory,
        BigDecimal cpuLimit,
        BigDecimal memoryLimit,
        Map<String, BigDecimal> devices) {

    /** @param podSpec the {@code spec} of a pod or of a template; one container after another while it is made ready */
    public static Requests of(JsonNode podSpec) {
        return new Requests(
                sum(podSpec, "requests", "cpu"),
                sum(podSpec, "requests", "memory"),
                sum(podSpec, "limits", "cpu"),
                sum(podSpec, "limits", "memory"),
                Stream.of("initContainers", "containers")
                        .flatMap(list -> Json.elements(podSpec.path(list)))
                        .flatMap(container -> container.path("resources").path("limits").properties().stream())
                        .map(Map.Entry::getKey)
                        .filter(name -> name.contains("/"))
                        .distinct()
                        .collect(Collectors.toMap(name -> name, name -> sum(podSpec, "requests", name))));
    }

    /** Whether it asks for no more than the other. */
    public boolean within(Requests other) {
        return cpu.compareTo(other.cpu) <= 0
                && memory.compareTo(other.memory) <= 0
                && devicesWithin(device -> other.devices.getOrDefault(device, BigDecimal.ZERO));
    }

    /** Whether an empty node with this much room ({@code status.allocatable}) is large enough. */
    public boolean fitInto(JsonNode allocatable) {
        return cpu.compareTo(amount(allocatable.path("cpu"))) <= 0
                && memory.compareTo(amount(allocatable.path("memory"))) <= 0
                && devicesWithin(device -> amount(allocatable.path(device)));
    }

    private boolean devicesWithin(Function<String, BigDecimal> most) {
        return devices.entrySet().stream()
                .allMatch(device -> device.getValue().compareTo(most.apply(device.getKey())) <= 0);
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

    /** One that starts before the others and stays. */
    static boolean isSidecar(JsonNode container) {
        return container.path("restartPolicy").asText().equals("Always");
    }

    /** Who says only how much at most asks for as much. */
    private static BigDecimal wanted(JsonNode container, String what, String resource) {
        JsonNode resources = container.path("resources");
        JsonNode own = resources.path(what).path(resource);
        return amount(own.isMissingNode() ? resources.path("limits").path(resource) : own);
    }

    /** In cores, bytes or pieces; nothing when it is no quantity. */
    public static BigDecimal amount(JsonNode quantity) {
        return quantity.isMissingNode() || quantity.isNull() ? BigDecimal.ZERO : amount(quantity.asText());
    }

    static BigDecimal amount(String quantity) {
        try {
            return quantity.isEmpty()
                    ? BigDecimal.ZERO
                    : Quantity.parse(quantity).getNumericalAmount();
        } catch (IllegalArgumentException e) {
            return BigDecimal.ZERO;
        }
    }
}
