package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;

/**
 * Whether a node takes a pod (Kubernetes' scheduler, plugins {@code NodeAffinity}, {@code TaintToleration} and {@code
 * NodeUnschedulable}).
 */
public final class NodeFit {
    private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
    private static final Set<String> HARD = Set.of("NoSchedule", "NoExecute");

    /** AddOrUpdateDaemonPodTolerations of Kubernetes' DaemonSet controller. */
    private static final Map<String, String> OF_DAEMONS = Map.of(
            "not-ready", "NoExecute",
            "unreachable", "NoExecute",
            "disk-pressure", "NoSchedule",
            "memory-pressure", "NoSchedule",
            "pid-pressure", "NoSchedule",
            "unschedulable", "NoSchedule",
            "network-unavailable", "NoSchedule");

    private NodeFit() {}

    /** Whether the node is one of those that the pod asks for: its node selector, and the node affinity that is required. */
    public static boolean selects(JsonNode node, JsonNode podSpec) {
        JsonNode labels = node.path("metadata").path("labels");
        JsonNode terms = podSpec.path("affinity")
                .path("nodeAffinity")
                .path("requiredDuringSchedulingIgnoredDuringExecution")
                .path("nodeSelectorTerms");
        return podSpec.path("nodeSelector").properties().stream()
                        .allMatch(label -> labels.path(label.getKey()).equals(label.getValue()))
                && (terms.isMissingNode() || Json.elements(terms).anyMatch(term -> matches(term, node, labels)));
    }

    /** All of a term's requirements count; a term without any matches nothing. */
    private static boolean matches(JsonNode term, JsonNode node, JsonNode labels) {
        return !(term.path("matchExpressions").isEmpty()
                        && term.path("matchFields").isEmpty())
                && Json.elements(term.path("matchExpressions"))
                        .allMatch(e -> matches(e, labels.path(e.path("key").asText())))
                && Json.elements(term.path("matchFields"))
                        .allMatch(e -> matches(e, node.path("metadata").path("name")));
    }

    private static boolean matches(JsonNode requirement, JsonNode value) {
        boolean listed = Json.elements(requirement.path("values")).anyMatch(value::equals);
        return switch (requirement.path("operator").asText()) {
            case "In" -> listed;
            case "NotIn" -> !listed;
            case "Exists" -> !value.isMissingNode();
            case "DoesNotExist" -> value.isMissingNode();
            case "Gt" -> compare(value, requirement) > 0;
            case "Lt" -> compare(value, requirement) < 0;
            default -> false;
        };
    }

    /** 0 when one of them is no number. */
    private static int compare(JsonNode value, JsonNode requirement) {
        try {
            return new BigDecimal(value.asText())
                    .compareTo(new BigDecimal(requirement.path("values").path(0).asText()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Whether the pod tolerates the node's taints, also that of a node that takes no new pods. */
    public static boolean tolerated(JsonNode node, JsonNode podSpec) {
        JsonNode cordoned = Json.object().put("key", UNSCHEDULABLE).put("effect", "NoSchedule");
        boolean closed = node.path("spec").path("unschedulable").asBoolean(false);
        return (!closed || tolerates(podSpec, cordoned))
                && Json.elements(node.path("spec").path("taints"))
                        .filter(taint -> HARD.contains(taint.path("effect").asText()))
                        .allMatch(taint -> tolerates(podSpec, taint));
    }

    /** The pod spec of a DaemonSet as its controller makes pods of it: they stay on nodes that are not well. */
    public static JsonNode ofDaemon(JsonNode podSpec) {
        ObjectNode spec = podSpec.isObject() ? podSpec.deepCopy() : Json.object();
        ArrayNode tolerations = spec.withArray("/tolerations");
        OF_DAEMONS.forEach((key, effect) -> tolerations
                .addObject()
                .put("key", "node.kubernetes.io/" + key)
                .put("operator", "Exists")
                .put("effect", effect));
        return spec;
    }

    private static boolean tolerates(JsonNode podSpec, JsonNode taint) {
        return Json.elements(podSpec.path("tolerations")).anyMatch(toleration -> covers(toleration, taint));
    }

    private static boolean covers(JsonNode toleration, JsonNode taint) {
        String key = toleration.path("key").asText("");
        String effect = toleration.path("effect").asText("");
        boolean exists = toleration.path("operator").asText().equals("Exists");
        boolean about = key.isEmpty() ? exists : key.equals(taint.path("key").asText());
        return about
                && (effect.isEmpty() || effect.equals(taint.path("effect").asText()))
                && (exists
                        || toleration
                                .path("value")
                                .asText("")
                                .equals(taint.path("value").asText("")));
    }
}
