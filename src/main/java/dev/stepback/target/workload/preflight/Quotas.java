package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodResources;
import dev.stepback.target.workload.Requests;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the ResourceQuotas of the namespace let the restored pods in, beside the old ones where the strategy has it. */
final class Quotas {
    static final String CHECK = "quota";

    private static final String PODS = "pods";

    /** What a quota counts, by all its names: a resource that pods ask for, or may use. */
    private static final Map<String, String> COUNTED = Map.of(
            "cpu", "requests.cpu",
            "memory", "requests.memory",
            "requests.cpu", "requests.cpu",
            "requests.memory", "requests.memory",
            "limits.cpu", "limits.cpu",
            "limits.memory", "limits.memory",
            "pods", PODS,
            "count/pods", PODS);

    private final ApiServer api;

    Quotas(ApiServer api) {
        this.api = api;
    }

    /** @param each what one restored pod counts, or one of those that run now */
    private record Counted(String quota, String what, BigDecimal left, BigDecimal each, BigDecimal now) {}

    List<Finding> findings(Preflight.Subject subject) {
        String namespace = subject.workload().ref().namespace();
        List<ObjectNode> quotas = api.list("/api/v1/namespaces/" + namespace + "/resourcequotas").stream()
                .filter(Quotas::countsAll)
                .toList();
        if (quotas.isEmpty()) {
            return List.of();
        }
        List<ObjectNode> ranges = Limits.ranges(api, namespace);
        PodResources restored = PodResources.of(subject.restored(), ranges);
        PodResources now = PodResources.of(subject.workload().template(), ranges);
        Optional<String> refused = quotas.stream()
                .flatMap(quota -> unsaid(quota, restored).stream())
                .findFirst();
        if (refused.isPresent()) {
            boolean already =
                    quotas.stream().anyMatch(quota -> unsaid(quota, now).isPresent());
            return List.of(
                    already
                            ? Finding.warn(CHECK, Limits.MAYBE_REFUSED.formatted(refused.get()))
                            : Finding.block(CHECK, Limits.REFUSED.formatted(refused.get())));
        }
        Turnover turnover = Turnover.of(subject);
        if (turnover.pods() == 0) {
            return List.of();
        }
        return List.of(quotas.stream()
                .flatMap(quota -> counted(quota, restored, now))
                .flatMap(counted -> tooLittle(counted, turnover).stream())
                .findFirst()
                .orElseGet(() -> Finding.pass(CHECK, "The ResourceQuotas have room for the restored pods.")));
    }

    /** One with a scope is about some pods only, and hardly about these. */
    private static boolean countsAll(ObjectNode quota) {
        return quota.path("spec").path("scopes").isEmpty()
                && !quota.path("spec").has("scopeSelector");
    }

    /** A quota of a resource refuses pods that do not say how much of it they want. */
    private static Optional<String> unsaid(ObjectNode quota, PodResources pod) {
        return quota.path("spec").path("hard").properties().stream()
                .map(hard -> COUNTED.getOrDefault(hard.getKey(), PODS))
                .filter(what -> !what.equals(PODS))
                .flatMap(what -> pod.containers().entrySet().stream()
                        .filter(container -> amount(container.getValue(), what).isEmpty())
                        .map(container ->
                                "ResourceQuota %s wants every container to say its %s, and container %s does not"
                                        .formatted(Json.name(quota), what, container.getKey())))
                .findFirst();
    }

    private static Optional<BigDecimal> amount(PodResources.Amounts of, String what) {
        String resource = what.substring(what.indexOf('.') + 1);
        return what.startsWith("limits.") ? of.limit(resource) : of.request(resource);
    }

    private static Stream<Counted> counted(ObjectNode quota, PodResources restored, PodResources now) {
        JsonNode used = quota.path("status").path("used");
        return quota.path("spec").path("hard").properties().stream()
                .filter(hard -> COUNTED.containsKey(hard.getKey()))
                .map(hard -> {
                    String what = COUNTED.getOrDefault(hard.getKey(), PODS);
                    boolean pods = what.equals(PODS);
                    return new Counted(
                            Json.name(quota),
                            what,
                            Requests.amount(hard.getValue()).subtract(Requests.amount(used.path(hard.getKey()))),
                            pods ? BigDecimal.ONE : amount(restored.sum(), what).orElse(BigDecimal.ZERO),
                            pods ? BigDecimal.ONE : amount(now.sum(), what).orElse(BigDecimal.ZERO));
                });
    }

    private static Optional<Finding> tooLittle(Counted counted, Turnover turnover) {
        if (turnover.unavailable() == 0 && counted.left().compareTo(counted.each()) < 0) {
            return Optional.of(Finding.warn(
                    CHECK,
                    "ResourceQuota %s has no room for one more pod (%s), and no old one stops before a new one is ready: the rollout would stand still. Raise the quota first."
                            .formatted(counted.quota(), counted.what())));
        }
        BigDecimal more = counted.each().subtract(counted.now()).multiply(BigDecimal.valueOf(turnover.pods()));
        if (more.compareTo(counted.left()) <= 0) {
            return Optional.empty();
        }
        String why = counted.left().signum() < 0
                ? "it was lowered, and more is in use than it allows"
                : "they want more than those that run now";
        return Optional.of(Finding.warn(
                CHECK,
                "ResourceQuota %s has no room for all restored pods (%s), for %s: some would not start. Raise the quota first."
                        .formatted(counted.quota(), counted.what(), why)));
    }
}
