package dev.stepback.sandbox.cluster.controller;

import static dev.stepback.sandbox.cluster.controller.OneApp.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.stage.Edits;
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
import java.util.function.UnaryOperator;

/** One DaemonSet of a test on either cluster of three nodes, and short ways to say what is done to it. */
final class Daemon {
    private final ParityCluster cluster;
    private final String name;
    private final OneApp app;

    Daemon(ParityCluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
        this.app = new OneApp(cluster, name);
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
                .withImage(OneApp.IMAGE + tag)
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
        Edits.untilNobodyWasFaster(() -> cluster.client()
                .apps()
                .daemonSets()
                .inNamespace(cluster.namespace())
                .withName(name)
                .edit(set -> change.apply(new DaemonSetBuilder(set)).build()));
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

    /** By node. */
    List<Pod> pods() {
        return app.pods(Comparator.comparing(pod -> Nodes.wantedBy(pod).orElse("")));
    }

    void delete(Pod pod) {
        cluster.client().resource(pod).delete();
    }

    /** The tag of each pod's image, followed by {@code !} while the pod is not ready. */
    List<String> tags() {
        return OneApp.tags(pods());
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
        return app.controllerRevisions();
    }

    /** The image tags by revision number. */
    Map<Long, String> history() {
        return app.history();
    }

    String kubectl(String... arguments) throws Exception {
        return cluster.kubectl(arguments).text();
    }
}
