package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ApiException;
import dev.stepback.sandbox.cluster.ObjectStore;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetOrdinals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The pods of StatefulSets, which have a number and keep their volumes. */
final class StatefulPods {
    private static final String COMPONENT = "statefulset-controller";
    private static final String NAME_LABEL = "statefulset.kubernetes.io/pod-name";
    private static final String INDEX_LABEL = "apps.kubernetes.io/pod-index";

    private final ObjectStore store;
    private final Informer<Pod> pods;
    private final EventRecorder events;

    StatefulPods(Cluster cluster) {
        this.store = cluster.store();
        this.pods = cluster.pods();
        this.events = cluster.events();
    }

    /** The number of the first pod. */
    static int start(StatefulSet set) {
        StatefulSetOrdinals ordinals = set.getSpec().getOrdinals();
        return ordinals == null || ordinals.getStart() == null ? 0 : ordinals.getStart();
    }

    static String name(StatefulSet set, int ordinal) {
        return set.getMetadata().getName() + "-" + ordinal;
    }

    /** @return -1 for a pod whose name is not of this set */
    static int ordinal(StatefulSet set, Pod pod) {
        String prefix = set.getMetadata().getName() + "-";
        String name = pod.getMetadata().getName();
        String number = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        return number.matches("\\d{1,9}") ? Integer.parseInt(number) : -1;
    }

    static String revisionOf(Pod pod) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels == null ? "" : labels.getOrDefault(TemplateRevision.POD_LABEL, "");
    }

    static Pod make(StatefulSet set, TemplateRevision revision, int ordinal) {
        PodTemplateSpec template = revision.template();
        ObjectMeta metadata = template.getMetadata();
        String name = name(set, ordinal);
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(set.getMetadata().getNamespace())
                .withName(name)
                .withGenerateName(set.getMetadata().getName() + "-")
                .withLabels(metadata.getLabels())
                .addToLabels(NAME_LABEL, name)
                .addToLabels(INDEX_LABEL, Integer.toString(ordinal))
                .addToLabels(TemplateRevision.POD_LABEL, revision.name())
                .withAnnotations(metadata.getAnnotations())
                .withOwnerReferences(Resource.controlledBy(set))
                .endMetadata()
                .withSpec(template.getSpec())
                .editSpec()
                .withHostname(name)
                .withSubdomain(set.getSpec().getServiceName())
                .withVolumes(volumes(set, template.getSpec().getVolumes(), ordinal))
                .endSpec()
                .build();
    }

    private static List<Volume> volumes(StatefulSet set, List<Volume> ofTemplate, int ordinal) {
        List<Volume> volumes = new ArrayList<>();
        for (PersistentVolumeClaim template : set.getSpec().getVolumeClaimTemplates()) {
            volumes.add(new VolumeBuilder()
                    .withName(template.getMetadata().getName())
                    .withNewPersistentVolumeClaim()
                    .withClaimName(claimName(set, template, ordinal))
                    .endPersistentVolumeClaim()
                    .build());
        }
        ofTemplate.stream()
                .filter(volume ->
                        volumes.stream().noneMatch(claimed -> claimed.getName().equals(volume.getName())))
                .forEach(volumes::add);
        return volumes;
    }

    private static String claimName(StatefulSet set, PersistentVolumeClaim template, int ordinal) {
        return template.getMetadata().getName() + "-" + name(set, ordinal);
    }

    /** Creates a pod after its claims; those that exist already are used as they are. */
    void create(StatefulSet set, Pod pod, int ordinal) {
        String name = pod.getMetadata().getName();
        try {
            set.getSpec().getVolumeClaimTemplates().forEach(template -> claim(set, template, ordinal));
            pods.create(pod);
        } catch (ApiException e) {
            events.warning(
                    COMPONENT,
                    set,
                    "FailedCreate",
                    said(set, "create Pod " + name) + " failed error: " + e.getMessage());
            throw e;
        }
        events.normal(COMPONENT, set, "SuccessfulCreate", said(set, "create Pod " + name) + " successful");
    }

    private void claim(StatefulSet set, PersistentVolumeClaim template, int ordinal) {
        String namespace = set.getMetadata().getNamespace();
        String name = claimName(set, template, ordinal);
        if (store.get(Resource.CLAIMS.name(), namespace, name).isPresent()) {
            return;
        }
        store.create(Resource.CLAIMS.name(), Resource.write(claimOf(set, template, ordinal)));
        events.normal(
                COMPONENT,
                set,
                "SuccessfulCreate",
                "create Claim " + name + " Pod " + name(set, ordinal) + " in StatefulSet "
                        + set.getMetadata().getName() + " success");
    }

    static PersistentVolumeClaim claimOf(StatefulSet set, PersistentVolumeClaim template, int ordinal) {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace(set.getMetadata().getNamespace())
                .withName(claimName(set, template, ordinal))
                .withLabels(template.getMetadata().getLabels())
                .addToLabels(set.getSpec().getSelector().getMatchLabels())
                .withAnnotations(template.getMetadata().getAnnotations())
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
    }

    void delete(StatefulSet set, Pod pod) {
        pods.delete(pod);
        events.normal(
                COMPONENT,
                set,
                "SuccessfulDelete",
                said(set, "delete Pod " + pod.getMetadata().getName()) + " successful");
    }

    /** A pod that has ended for good is replaced. */
    void replaceFailed(StatefulSet set, Pod pod) {
        events.warning(
                COMPONENT,
                set,
                "RecreatingFailedPod",
                "StatefulSet " + set.getMetadata().getNamespace() + "/"
                        + set.getMetadata().getName() + " is recreating "
                        + pod.getStatus().getPhase().toLowerCase(Locale.ROOT) + " Pod "
                        + pod.getMetadata().getName());
        delete(set, pod);
    }

    private static String said(StatefulSet set, String what) {
        return what + " in StatefulSet " + set.getMetadata().getName();
    }
}
