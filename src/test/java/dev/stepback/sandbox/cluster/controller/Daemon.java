package dev.stepback.sandbox.cluster.controller;

import static dev.stepback.sandbox.cluster.controller.Stateful.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.stage.ParityCluster;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** One DaemonSet of a test on either cluster of three nodes, and short ways to say what is done to it. */
final class Daemon {
    private static final String IMAGE = "registry.k8s.io/pause:";

    private final ParityCluster cluster;
    private final String name;

    Daemon(ParityCluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
    }

    Daemon running(String tag, UnaryOperator<DaemonSetBuilder> settings) {
        DaemonSetBuilder set = new DaemonSetBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
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
                .withImage(IMAGE + tag)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec();
        cluster.client()
                .apps()
                .daemonSets()
                .inNamespace(cluster.namespace())
                .resource(settings.apply(set).build())
                .create();
        awaitImages(tag, tag, tag);
        return this;
    }

    static UnaryOperator<DaemonSetBuilder> rolling(int maxSurge, int maxUnavailable) {
        return set -> set.editSpec()
                .withNewUpdateStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(maxSurge == 0 ? null : new IntOrString(maxSurge))
                .withMaxUnavailable(new IntOrString(maxUnavailable))
                .endRollingUpdate()
                .endUpdateStrategy()
                .endSpec();
    }

    static DaemonSetBuilder onDelete(DaemonSetBuilder set) {
        return set.editSpec()
                .withNewUpdateStrategy()
                .withType("OnDelete")
                .endUpdateStrategy()
                .endSpec();
    }

    DaemonSet live() {
        return cluster.client()
                .apps()
                .daemonSets()
                .inNamespace(cluster.namespace())
                .withName(name)
                .require();
    }

    void edit(UnaryOperator<DaemonSetBuilder> change) {
        cluster.client()
                .apps()
                .daemonSets()
                .inNamespace(cluster.namespace())
                .withName(name)
                .edit(set -> change.apply(new DaemonSetBuilder(set)).build());
    }

    void release(String tag) {
        edit(set -> set.editSpec()
                .editTemplate()
                .editSpec()
                .editFirstContainer()
                .withImage(IMAGE + tag)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec());
    }

    /** By node. */
    List<Pod> pods() {
        return cluster
                .client()
                .pods()
                .inNamespace(cluster.namespace())
                .withLabel("app", name)
                .list()
                .getItems()
                .stream()
                .sorted(Comparator.comparing((Pod pod) -> Nodes.wantedBy(pod).orElse("")))
                .toList();
    }

    void delete(Pod pod) {
        cluster.client().resource(pod).delete();
    }

    /** The tag of each pod's image, followed by {@code !} while the pod is not ready. */
    List<String> tags() {
        return pods().stream()
                .map(pod -> Stateful.tagOf(pod.getSpec().getContainers().get(0).getImage())
                        + (Readiness.isReady(pod) && !Resource.isDeleting(pod) ? "" : "!"))
                .toList();
    }

    /** In any order. */
    void awaitImages(String... tags) {
        eventually(() -> assertThat(tags()).containsExactlyInAnyOrder(tags));
        eventually(() -> {
            DaemonSetStatus status = live().getStatus();
            assertThat(status.getObservedGeneration())
                    .isEqualTo(live().getMetadata().getGeneration());
            assertThat(status.getNumberReady()).isEqualTo((int)
                    tags().stream().filter(tag -> !tag.endsWith("!")).count());
        });
    }

    List<ControllerRevision> controllerRevisions() {
        return cluster
                .client()
                .apps()
                .controllerRevisions()
                .inNamespace(cluster.namespace())
                .withLabel("app", name)
                .list()
                .getItems()
                .stream()
                .sorted(Comparator.comparing(ControllerRevision::getRevision))
                .toList();
    }

    /** The image tags by revision number. */
    Map<Long, String> history() {
        Map<Long, String> history = new TreeMap<>();
        controllerRevisions().forEach(revision -> history.put(revision.getRevision(), Stateful.tagOf(revision)));
        return history;
    }

    String kubectl(String... arguments) throws Exception {
        return cluster.kubectl(arguments).text();
    }
}
