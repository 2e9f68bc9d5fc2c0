package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ObjectStore;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The machines of the sandbox, and which pods they take. */
public final class Nodes {
    static final List<String> NAMES = List.of("node-1", "node-2", "node-3");
    static final String NAME_FIELD = "metadata.name";

    private static final Set<String> HARD = Set.of("NoSchedule", "NoExecute");

    private Nodes() {}

    /** Creates those that do not exist yet, ready. */
    public static void register(ObjectStore store) {
        for (String name : NAMES) {
            if (store.get(Resource.NODES.name(), null, name).isEmpty()) {
                store.create(Resource.NODES.name(), Resource.write(node(name)));
            }
        }
    }

    private static Node node(String name) {
        Map<String, Quantity> room =
                Map.of("cpu", new Quantity("16"), "memory", new Quantity("64Gi"), "pods", new Quantity("110"));
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/hostname", name)
                .addToLabels("kubernetes.io/os", "linux")
                .endMetadata()
                .withNewStatus()
                .withCapacity(room)
                .withAllocatable(room)
                .addNewAddress("10.0.0." + name.substring(name.length() - 1), "InternalIP")
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withReason("KubeletReady")
                .withMessage("kubelet is posting ready status")
                .endCondition()
                .endStatus()
                .build();
    }

    /** Whether a node has the labels that a pod asks for and no taint that the pod does not tolerate. */
    static boolean fits(Node node, PodSpec pod) {
        Map<String, String> labels = node.getMetadata().getLabels();
        boolean selected = pod.getNodeSelector() == null
                || pod.getNodeSelector().isEmpty()
                || (labels != null
                        && labels.entrySet().containsAll(pod.getNodeSelector().entrySet()));
        List<Taint> taints = node.getSpec() == null ? List.of() : node.getSpec().getTaints();
        return selected
                && taints.stream()
                        .filter(taint -> HARD.contains(taint.getEffect()))
                        .allMatch(taint ->
                                pod.getTolerations().stream().anyMatch(toleration -> tolerates(toleration, taint)));
    }

    private static boolean tolerates(Toleration toleration, Taint taint) {
        boolean effect =
                isEmpty(toleration.getEffect()) || toleration.getEffect().equals(taint.getEffect());
        if ("Exists".equals(toleration.getOperator())) {
            return effect
                    && (isEmpty(toleration.getKey()) || toleration.getKey().equals(taint.getKey()));
        }
        String value = taint.getValue() == null ? "" : taint.getValue();
        String wanted = toleration.getValue() == null ? "" : toleration.getValue();
        return effect && taint.getKey().equals(toleration.getKey()) && value.equals(wanted);
    }

    private static boolean isEmpty(String text) {
        return text == null || text.isEmpty();
    }

    /** The one node that a pod of a DaemonSet is made for. */
    static Optional<String> wantedBy(Pod pod) {
        if (pod.getSpec().getNodeName() != null) {
            return Optional.of(pod.getSpec().getNodeName());
        }
        var affinity = pod.getSpec().getAffinity();
        if (affinity == null
                || affinity.getNodeAffinity() == null
                || affinity.getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution() == null) {
            return Optional.empty();
        }
        return affinity
                .getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms()
                .stream()
                .map(NodeSelectorTerm::getMatchFields)
                .flatMap(List::stream)
                .filter(field -> field.getKey().equals(NAME_FIELD))
                .map(NodeSelectorRequirement::getValues)
                .flatMap(List::stream)
                .findFirst();
    }
}
