package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.NodeFit;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Requests;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether there are nodes for the restored pods. Never more than a warning: where nodes are added when pods wait for them,
 * there may be none now.
 *
 * <p>Nodes are many and large, so they are looked at only when the restored pods ask for others than the present ones.
 */
final class Placement {
    static final String CHECK = "nodes";

    private final ApiServer api;
    private final Supplier<List<ObjectNode>> pods;

    /** @param pods the workload's, of whatever revision */
    Placement(ApiServer api, Supplier<List<ObjectNode>> pods) {
        this.api = api;
        this.pods = pods;
    }

    List<Finding> findings(Preflight.Subject subject) {
        boolean everywhere = subject.workload().ref().kind() == Kind.DAEMONSET;
        JsonNode template = subject.restored().json().path("spec");
        JsonNode spec = everywhere ? NodeFit.ofDaemon(template) : template;
        if (asksForTheSame(subject.workload().template(), subject.restored())) {
            return List.of(waiting(template)
                    .orElseGet(() ->
                            Finding.pass(CHECK, "The restored pods ask for the same nodes as the present ones.")));
        }
        List<ObjectNode> nodes = api.list("/api/v1/nodes");
        List<ObjectNode> selected =
                nodes.stream().filter(node -> NodeFit.selects(node, spec)).toList();
        if (selected.isEmpty()) {
            String wanted = wanted(spec);
            return List.of(nowhere(
                    "No node has what the restored pods ask for" + (wanted.isEmpty() ? "" : " (%s)".formatted(wanted)),
                    everywhere));
        }
        List<ObjectNode> open =
                selected.stream().filter(node -> NodeFit.tolerated(node, spec)).toList();
        if (open.isEmpty()) {
            return List.of(nowhere(
                    "The restored pods do not tolerate the taints of any node that they may run on (%s)"
                            .formatted(taints(selected)),
                    everywhere));
        }
        return List.of(
                open.stream().anyMatch(node -> isLargeEnough(node, spec))
                        ? Finding.pass(CHECK, "There are nodes for the restored pods.")
                        : nowhere("No node is as large as a restored pod asks for" + devices(spec), everywhere));
    }

    /** Where a present pod finds no node, it is no comfort that the restored ones ask for the same. */
    private Optional<Finding> waiting(JsonNode restored) {
        try {
            return pods.get().stream()
                    .filter(pod -> asksForNoMore(pod.path("spec"), restored))
                    .flatMap(pod -> waiting(pod).stream())
                    .findFirst();
        } catch (KubernetesClientException e) {
            return Optional.empty(); // other checks say that pods cannot be looked at
        }
    }

    private static Optional<Finding> waiting(ObjectNode pod) {
        return Json.condition(pod.path("status"), "PodScheduled")
                .filter(c -> c.path("reason").asText().equals("Unschedulable"))
                .map(c -> Finding.warn(
                        CHECK,
                        "Pod %s finds no node now (%s), and the restored pods ask for no others: they may stay Pending, too. Look at the node pools first."
                                .formatted(
                                        Json.name(pod),
                                        OneLine.of(c.path("message").asText(), 100))));
    }

    /** Whether what keeps the pod from a node would keep the restored ones, too: the release that is left may ask for more. */
    private static boolean asksForNoMore(JsonNode pod, JsonNode restored) {
        return Requests.of(pod).within(Requests.of(restored))
                && pod.path("nodeSelector").properties().stream()
                        .allMatch(label -> label.getValue()
                                .equals(restored.path("nodeSelector").path(label.getKey())))
                && Stream.of("/topologySpreadConstraints", "/affinity/podAffinity", "/affinity/podAntiAffinity")
                        .allMatch(field ->
                                pod.at(field).isMissingNode() || pod.at(field).equals(restored.at(field)))
                && hostPorts(restored).containsAll(hostPorts(pod));
    }

    private static Set<String> hostPorts(JsonNode podSpec) {
        return Json.elements(podSpec.path("containers"))
                .flatMap(container -> Json.elements(container.path("ports")))
                .filter(port -> port.path("hostPort").asInt(0) > 0)
                .map(port -> port.path("hostPort").asText())
                .collect(Collectors.toSet());
    }

    /** A DaemonSet makes no pods for nodes that it is not for. */
    private static Finding nowhere(String why, boolean everywhere) {
        return everywhere
                ? Finding.warn(CHECK, why + ": it would run nowhere. Look at the labels and taints of the nodes first.")
                : pending(why);
    }

    private static Finding pending(String why) {
        return Finding.warn(
                CHECK,
                why
                        + ": they would stay Pending, unless such a node is added by itself. Look at the node pools"
                        + " first.");
    }

    private static boolean asksForTheSame(PodTemplate now, PodTemplate restored) {
        JsonNode a = now.json().path("spec");
        JsonNode b = restored.json().path("spec");
        return List.of("nodeSelector", "tolerations", "nodeName").stream()
                        .allMatch(field -> a.path(field).equals(b.path(field)))
                && a.path("affinity")
                        .path("nodeAffinity")
                        .equals(b.path("affinity").path("nodeAffinity"))
                && Requests.of(b).within(Requests.of(a));
    }

    private static boolean isLargeEnough(ObjectNode node, JsonNode spec) {
        JsonNode room = node.path("status").path("allocatable");
        return room.isMissingNode() || Requests.of(spec).fitInto(room);
    }

    private static String devices(JsonNode spec) {
        Set<String> devices = new TreeSet<>(Requests.of(spec).devices().keySet());
        return devices.isEmpty() ? "" : " (%s)".formatted(OneLine.of(String.join(", ", devices), 100));
    }

    private static String wanted(JsonNode spec) {
        Set<String> wanted = new TreeSet<>();
        spec.path("nodeSelector")
                .properties()
                .forEach(label ->
                        wanted.add(label.getKey() + "=" + label.getValue().asText()));
        if (spec.path("affinity").path("nodeAffinity").has("requiredDuringSchedulingIgnoredDuringExecution")) {
            wanted.add("node affinity");
        }
        return OneLine.of(String.join(", ", wanted), 150);
    }

    private static String taints(List<ObjectNode> nodes) {
        Set<String> taints = new TreeSet<>();
        nodes.forEach(node -> {
            node.path("spec")
                    .path("taints")
                    .forEach(taint -> taints.add(taint.path("key").asText()));
            if (node.path("spec").path("unschedulable").asBoolean(false)) {
                taints.add("cordoned");
            }
        });
        return OneLine.of(String.join(", ", taints), 150);
    }
}
