package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * How many more pods of a template there is room for now: an estimate by the ResourceQuotas of the namespace and by what the
 * nodes have left.
 */
public record Room(Count quotas, Count nodes) {
    private static final int PAGE = 500;
    private static final int MAX_PAGES = 20;

    /** For how many pods there is room, by one of the two. */
    public sealed interface Count {
        record Pods(int number) implements Count {}

        /** Nothing is said about what these pods ask for. */
        record Unlimited() implements Count {}

        /** It may not be read, or is too much to be counted. */
        record Unread() implements Count {}

        /**
         * Nobody has counted yet what a quota has in use.
         *
         * @param most for how many there is room if that is nothing
         */
        record Uncounted(int most) implements Count {}

        /** @param waited how long it was waited for */
        record Late(Duration waited) implements Count {}
    }

    /** The least of what is known; empty when nothing limits it as far as is known. */
    public OptionalInt pods() {
        return Stream.of(quotas, nodes)
                .flatMapToInt(count -> most(count).stream())
                .min();
    }

    private static OptionalInt most(Count count) {
        if (count instanceof Count.Pods pods) {
            return OptionalInt.of(pods.number());
        }
        return count instanceof Count.Uncounted uncounted ? OptionalInt.of(uncounted.most()) : OptionalInt.empty();
    }

    /** By the quotas of the namespace. Throws nothing: that it cannot be read is said by the answer. */
    public static Count byQuotas(ApiServer api, String namespace, PodTemplate template) {
        try {
            List<PodQuota> quotas = PodQuota.in(api, namespace);
            if (quotas.isEmpty()) {
                return new Count.Unlimited();
            }
            PodResources each = PodResources.of(template, PodResources.ranges(api, namespace));
            List<PodQuota.Allowed> allowed = quotas.stream()
                    .filter(quota -> quota.counts(template, each))
                    .flatMap(quota -> quota.allowed().stream())
                    .filter(of -> of.of(each).signum() > 0)
                    .toList();
            OptionalInt least = allowed.stream()
                    .flatMapToInt(of -> pods(of.leftAtMost(), of.of(each)).stream())
                    .min();
            if (least.isEmpty()) {
                return new Count.Unlimited();
            }
            return allowed.stream().allMatch(PodQuota.Allowed::counted)
                    ? new Count.Pods(least.getAsInt())
                    : new Count.Uncounted(least.getAsInt());
        } catch (KubernetesClientException e) {
            return new Count.Unread();
        }
    }

    /** By the nodes that take such pods, and all pods that they run: it may take a while. Throws nothing, as well. */
    public static Count byNodes(ApiServer api, PodTemplate template) {
        JsonNode spec = template.json().path("spec");
        Requests each = Requests.of(spec);
        try {
            List<ObjectNode> usable = api.list("/api/v1/nodes").stream()
                    .filter(node -> takes(node, spec))
                    .toList();
            if (usable.isEmpty()) {
                return new Count.Pods(0);
            }
            return used(api)
                    .<Count>map(byNode -> new Count.Pods(usable.stream()
                            .mapToInt(node -> fits(node, byNode.getOrDefault(Json.name(node), Used.NONE), each))
                            .sum()))
                    .orElseGet(Count.Unread::new);
        } catch (KubernetesClientException e) {
            return new Count.Unread();
        }
    }

    private static OptionalInt pods(BigDecimal left, BigDecimal each) {
        if (each.signum() <= 0) {
            return OptionalInt.empty();
        }
        BigDecimal count = left.max(BigDecimal.ZERO).divide(each, 0, RoundingMode.DOWN);
        return OptionalInt.of(count.min(BigDecimal.valueOf(100_000)).intValue());
    }

    private record Used(BigDecimal cpu, BigDecimal memory, int pods) {
        static final Used NONE = new Used(BigDecimal.ZERO, BigDecimal.ZERO, 0);

        Used and(Requests pod) {
            return new Used(cpu.add(pod.cpu()), memory.add(pod.memory()), pods + 1);
        }
    }

    /** By node; empty when there are too many pods to count them now. A page at a time: they may be large. */
    private static Optional<Map<String, Used>> used(ApiServer api) {
        Map<String, Used> used = new HashMap<>();
        String more = "";
        for (int page = 0; page < MAX_PAGES; page++) {
            String query = "?limit=" + PAGE + (more.isEmpty() ? "" : "&" + ApiServer.query("continue", more));
            ObjectNode list = api.get("/api/v1/pods" + query).orElse(Json.object());
            Json.elements(list.path("items"))
                    .filter(pod -> !pod.path("status").path("phase").asText().matches("Succeeded|Failed"))
                    .forEach(pod -> used.merge(
                            pod.path("spec").path("nodeName").asText(""),
                            Used.NONE.and(Requests.of(pod.path("spec"))),
                            (a, b) -> new Used(a.cpu().add(b.cpu()), a.memory().add(b.memory()), a.pods() + b.pods())));
            more = list.path("metadata").path("continue").asText("");
            if (more.isEmpty()) {
                return Optional.of(used);
            }
        }
        return Optional.empty();
    }

    private static int fits(ObjectNode node, Used used, Requests each) {
        JsonNode room = node.path("status").path("allocatable");
        OptionalInt cpu = pods(Requests.amount(room.path("cpu")).subtract(used.cpu()), each.cpu());
        OptionalInt memory = pods(Requests.amount(room.path("memory")).subtract(used.memory()), each.memory());
        int pods = Math.max(0, Requests.amount(room.path("pods")).intValue() - used.pods());
        return Math.min(pods, Math.min(cpu.orElse(pods), memory.orElse(pods)));
    }

    private static boolean takes(ObjectNode node, JsonNode podSpec) {
        boolean ready = Json.condition(node.path("status"), "Ready")
                .filter(c -> c.path("status").asText().equals("True"))
                .isPresent();
        return ready && NodeFit.selects(node, podSpec) && NodeFit.tolerated(node, podSpec);
    }
}
