package dev.stepback.sandbox.cluster.controller;

import static org.awaitility.Awaitility.await;

import dev.stepback.stage.Edits;
import dev.stepback.stage.ParityCluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** One StatefulSet of a test on either cluster, and short ways to say what is done to it. */
final class Stateful {
    final ParityCluster cluster;
    final KubernetesClient client;
    final String name;
    private final OneApp app;

    Stateful(ParityCluster cluster, String name) {
        this.cluster = cluster;
        this.client = cluster.client();
        this.name = name;
        this.app = new OneApp(cluster, name);
    }

    /** Three pods, with a volume each. */
    StatefulSet create(String tag, UnaryOperator<StatefulSetBuilder> settings) {
        StatefulSetBuilder set = new StatefulSetBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withServiceName(name)
                .withReplicas(3)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(1L)
                .addNewContainer()
                .withName("main")
                .withImage(OneApp.IMAGE + tag)
                .addNewVolumeMount()
                .withName("data")
                .withMountPath("/data")
                .endVolumeMount()
                .endContainer()
                .endSpec()
                .endTemplate()
                .addNewVolumeClaimTemplate()
                .withNewMetadata()
                .withName("data")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withNewResources()
                .addToRequests("storage", new io.fabric8.kubernetes.api.model.Quantity("1Gi"))
                .endResources()
                .endSpec()
                .endVolumeClaimTemplate()
                .endSpec();
        return client.apps()
                .statefulSets()
                .inNamespace(cluster.namespace())
                .resource(settings.apply(set).build())
                .create();
    }

    /** As {@link #create}, and waits until all pods are ready. */
    Stateful running(String tag, UnaryOperator<StatefulSetBuilder> settings) {
        create(tag, settings);
        awaitImages(tag, tag, tag);
        return this;
    }

    StatefulSet live() {
        return client.apps()
                .statefulSets()
                .inNamespace(cluster.namespace())
                .withName(name)
                .require();
    }

    void edit(UnaryOperator<StatefulSetBuilder> change) {
        Edits.untilNobodyWasFaster(() -> client.apps()
                .statefulSets()
                .inNamespace(cluster.namespace())
                .withName(name)
                .edit(set -> change.apply(new StatefulSetBuilder(set)).build()));
    }

    void release(String tag) {
        edit(set -> set.editSpec()
                .editTemplate()
                .editSpec()
                .editFirstContainer()
                .withImage(OneApp.IMAGE + tag)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec());
    }

    List<Pod> pods() {
        return app.pods(Comparator.comparing(pod -> pod.getMetadata().getName()));
    }

    List<String> names() {
        return pods().stream().map(pod -> pod.getMetadata().getName()).toList();
    }

    void delete(int ordinal) {
        client.pods()
                .inNamespace(cluster.namespace())
                .withName(name + "-" + ordinal)
                .delete();
    }

    /** The tag of each pod's image, followed by {@code !} while the pod is not ready. */
    List<String> tags() {
        return OneApp.tags(pods());
    }

    void awaitImages(String... tags) {
        OneApp.eventually(
                () -> org.assertj.core.api.Assertions.assertThat(tags()).containsExactly(tags));
        await().atMost(Duration.ofMinutes(1)).until(this::isObserved);
    }

    private boolean isObserved() {
        StatefulSet set = live();
        return set.getStatus().getObservedGeneration() != null
                && set.getStatus().getObservedGeneration() >= set.getMetadata().getGeneration()
                && set.getStatus().getReadyReplicas() != null
                && set.getStatus().getReadyReplicas()
                        == tags().stream().filter(tag -> !tag.endsWith("!")).count();
    }

    /** Waits for the status to say that the rollout has ended. */
    void awaitRolledOut() {
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            StatefulSet set = live();
            return isObserved()
                    && set.getStatus()
                            .getUpdateRevision()
                            .equals(set.getStatus().getCurrentRevision())
                    && set.getSpec().getReplicas().equals(set.getStatus().getUpdatedReplicas());
        });
    }

    List<ControllerRevision> controllerRevisions() {
        return app.controllerRevisions();
    }

    /** The image tags by revision number. */
    Map<Long, String> history() {
        return app.history();
    }

    String revisionName(String tag) {
        return controllerRevisions().stream()
                .filter(revision -> OneApp.tagOf(revision).equals(tag))
                .map(revision -> revision.getMetadata().getName())
                .findFirst()
                .orElseThrow();
    }

    String kubectl(String... arguments) throws Exception {
        return cluster.kubectl(arguments).text();
    }

    static StatefulSetBuilder parallel(StatefulSetBuilder set) {
        return set.editSpec().withPodManagementPolicy("Parallel").endSpec();
    }

    static StatefulSetBuilder onDelete(StatefulSetBuilder set) {
        return set.editSpec()
                .withNewUpdateStrategy()
                .withType("OnDelete")
                .endUpdateStrategy()
                .endSpec();
    }

    /** As manifests have it that name the type and nothing else. */
    static StatefulSetBuilder withoutPartition(StatefulSetBuilder set) {
        return set.editSpec()
                .withNewUpdateStrategy()
                .withType("RollingUpdate")
                .endUpdateStrategy()
                .endSpec();
    }

    static StatefulSetBuilder start(StatefulSetBuilder set, int start) {
        return set.editSpec().withNewOrdinals(start).endSpec();
    }

    static StatefulSetBuilder partition(StatefulSetBuilder set, int partition) {
        return set.editSpec()
                .withNewUpdateStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withPartition(partition)
                .endRollingUpdate()
                .endUpdateStrategy()
                .endSpec();
    }
}
