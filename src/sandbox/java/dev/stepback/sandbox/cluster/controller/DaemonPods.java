package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ApiException;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.List;
import java.util.Map;

/** The pods of DaemonSets, each of which is made for one node. */
final class DaemonPods {
    static final String GENERATION = "deprecated.daemonset.template.generation";

    private static final String COMPONENT = "daemonset-controller";
    private static final String GENERATION_LABEL = "pod-template-generation";
    private static final List<String> TOLERATED =
            List.of("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable");

    private final Informer<Pod> pods;
    private final EventRecorder events;

    DaemonPods(Cluster cluster) {
        this.pods = cluster.pods();
        this.events = cluster.events();
    }

    static boolean isOf(Pod pod, String hash) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels != null && hash.equals(labels.get(TemplateRevision.POD_LABEL));
    }

    static boolean belongsOn(Node node, DaemonSet set) {
        PodSpec spec = tolerant(set.getSpec().getTemplate().getSpec());
        String name = node.getMetadata().getName();
        return (spec.getNodeName() == null || spec.getNodeName().equals(name)) && Nodes.fits(node, spec);
    }

    /** A pod that is pinned to a node by its affinity, for the scheduler to bind. */
    static Pod make(DaemonSet set, String hash, String node) {
        PodTemplateSpec template = set.getSpec().getTemplate();
        Map<String, String> annotations = set.getMetadata().getAnnotations();
        String generation = annotations == null ? "1" : annotations.getOrDefault(GENERATION, "1");
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(set.getMetadata().getNamespace())
                .withGenerateName(set.getMetadata().getName() + "-")
                .withLabels(template.getMetadata().getLabels())
                .addToLabels(TemplateRevision.POD_LABEL, hash)
                .addToLabels(GENERATION_LABEL, generation)
                .withAnnotations(template.getMetadata().getAnnotations())
                .withOwnerReferences(Resource.controlledBy(set))
                .endMetadata()
                .withSpec(pinned(tolerant(template.getSpec()), node))
                .build();
    }

    private static PodSpec tolerant(PodSpec spec) {
        PodSpecBuilder tolerant = new PodSpecBuilder(spec);
        for (String condition : List.of("not-ready", "unreachable")) {
            tolerant.addNewToleration("NoExecute", "node.kubernetes.io/" + condition, "Exists", null, null);
        }
        TOLERATED.forEach(condition ->
                tolerant.addNewToleration("NoSchedule", "node.kubernetes.io/" + condition, "Exists", null, null));
        return tolerant.build();
    }

    private static PodSpec pinned(PodSpec spec, String node) {
        return new PodSpecBuilder(spec)
                .editOrNewAffinity()
                .editOrNewNodeAffinity()
                .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                .addNewNodeSelectorTerm()
                .addNewMatchField()
                .withKey(Nodes.NAME_FIELD)
                .withOperator("In")
                .withValues(node)
                .endMatchField()
                .endNodeSelectorTerm()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
                .endAffinity()
                .build();
    }

    void create(DaemonSet set, String hash, String node) {
        try {
            Pod created = pods.create(make(set, hash, node));
            events.normal(
                    COMPONENT,
                    set,
                    "SuccessfulCreate",
                    "Created pod: " + created.getMetadata().getName());
        } catch (ApiException e) {
            events.warning(COMPONENT, set, "FailedCreate", "Error creating: " + e.getMessage());
            throw e;
        }
    }

    void delete(DaemonSet set, Pod pod) {
        if (PodOwnership.hasEnded(pod)) {
            events.warning(
                    COMPONENT,
                    set,
                    "FailedDaemonPod",
                    "Found failed daemon pod " + set.getMetadata().getNamespace() + "/"
                            + pod.getMetadata().getName() + ", will try to kill it");
        }
        pods.delete(pod);
        events.normal(
                COMPONENT,
                set,
                "SuccessfulDelete",
                "Deleted pod: " + pod.getMetadata().getName());
    }
}
