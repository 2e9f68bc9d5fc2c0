package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A ResourceQuota, as far as it is about pods (Kubernetes' admission plugin {@code ResourceQuota}). */
public record PodQuota(ObjectNode quota) {
    public static final String PODS = "pods";

    private static final String REQUESTS = "requests.";
    private static final Set<String> OF_PODS = Set.of(PODS, "count/pods");
    private static final Set<String> SHORT = Set.of("cpu", "memory", "ephemeral-storage");

    /** Pods that do not say how much of these they want are refused. */
    private static final Set<String> HAS_TO_BE_SAID =
            Set.of("requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

    /**
     * What it allows of one resource.
     *
     * @param resource {@link #PODS}, or as in {@code requests.cpu}
     * @param hard in all
     * @param used empty when nobody has counted it yet
     */
    public record Allowed(String resource, BigDecimal hard, Optional<BigDecimal> used) {
        public boolean counted() {
            return used.isPresent();
        }

        /** What is left, or would be if nothing was in use where nobody has counted it. */
        public BigDecimal leftAtMost() {
            return hard.subtract(used.orElse(BigDecimal.ZERO));
        }

        public boolean hasToBeSaid() {
            return HAS_TO_BE_SAID.contains(resource);
        }

        /** What one pod takes of it. */
        public BigDecimal of(PodResources pod) {
            return resource.equals(PODS)
                    ? BigDecimal.ONE
                    : amount(pod.sum(), resource).orElse(BigDecimal.ZERO);
        }
    }

    /** All that are in the namespace. */
    public static List<PodQuota> in(ApiServer api, String namespace) {
        return api.list("/api/v1/namespaces/" + namespace + "/resourcequotas").stream()
                .map(PodQuota::new)
                .toList();
    }

    public String name() {
        return Json.name(quota);
    }

    /** Whether pods of the template are among those that it is about. */
    public boolean counts(PodTemplate template, PodResources pod) {
        JsonNode spec = quota.path("spec");
        JsonNode podSpec = template.json().path("spec");
        return Json.elements(spec.path("scopes")).allMatch(scope -> covers(scope.asText(), Json.object(), podSpec, pod))
                && Json.elements(spec.path("scopeSelector").path("matchExpressions"))
                        .allMatch(e -> covers(e.path("scopeName").asText(), e, podSpec, pod));
    }

    private static boolean covers(String scope, JsonNode expression, JsonNode podSpec, PodResources pod) {
        boolean terminating = podSpec.path("activeDeadlineSeconds").asLong(-1) >= 0;
        return switch (scope) {
            case "Terminating" -> terminating;
            case "NotTerminating" -> !terminating;
            case "BestEffort" -> pod.isBestEffort();
            case "NotBestEffort" -> !pod.isBestEffort();
            case "PriorityClass" -> selects(expression, podSpec.path("priorityClassName"));
            case "CrossNamespacePodAffinity" -> looksAtOtherNamespaces(podSpec.path("affinity"));
            default -> false; // about volumes and the like
        };
    }

    private static boolean selects(JsonNode expression, JsonNode priorityClass) {
        boolean named = !priorityClass.asText("").isEmpty();
        boolean listed = named && Json.elements(expression.path("values")).anyMatch(priorityClass::equals);
        return switch (expression.path("operator").asText("Exists")) {
            case "In" -> listed;
            case "NotIn" -> !listed;
            case "DoesNotExist" -> !named;
            default -> named;
        };
    }

    private static boolean looksAtOtherNamespaces(JsonNode affinity) {
        return Stream.of("podAffinity", "podAntiAffinity")
                .flatMap(kind -> Stream.concat(
                        Json.elements(affinity.path(kind).path("requiredDuringSchedulingIgnoredDuringExecution")),
                        Json.elements(affinity.path(kind).path("preferredDuringSchedulingIgnoredDuringExecution"))
                                .map(preferred -> preferred.path("podAffinityTerm"))))
                .anyMatch(term -> !term.path("namespaces").isEmpty() || term.has("namespaceSelector"));
    }

    /** Everything that it allows so much of to pods. */
    public List<Allowed> allowed() {
        JsonNode used = quota.path("status").path("used");
        return quota.path("spec").path("hard").properties().stream()
                .flatMap(hard -> resource(hard.getKey()).stream()
                        .map(resource -> new Allowed(
                                resource,
                                Requests.amount(hard.getValue()),
                                Optional.of(used.path(hard.getKey()))
                                        .filter(amount -> !amount.isMissingNode())
                                        .map(Requests::amount))))
                .toList();
    }

    /** What it counts under this name; empty when that is nothing of pods. */
    private static Optional<String> resource(String name) {
        if (OF_PODS.contains(name)) {
            return Optional.of(PODS);
        }
        if (SHORT.contains(name) || name.startsWith("hugepages-")) {
            return Optional.of(REQUESTS + name);
        }
        boolean ofPods = name.startsWith("limits.") || name.startsWith(REQUESTS) && !name.equals("requests.storage");
        return ofPods ? Optional.of(name) : Optional.empty();
    }

    /** @param resource as in {@code requests.cpu} or {@code limits.memory} */
    public static Optional<BigDecimal> amount(PodResources.Amounts of, String resource) {
        String plain = resource.substring(resource.indexOf('.') + 1);
        return resource.startsWith("limits.") ? of.limit(plain) : of.request(plain);
    }
}
