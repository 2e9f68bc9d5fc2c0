package dev.stepback.sandbox.cluster.controller;

import static org.awaitility.Awaitility.await;

import dev.stepback.stage.ParityCluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.core.ThrowingRunnable;

/** The pods and the ControllerRevisions of one workload of a test, which carry its name as their label {@code app}. */
final class OneApp {
    static final String IMAGE = "registry.k8s.io/pause:";

    private final ParityCluster cluster;
    private final String name;

    OneApp(ParityCluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
    }

    List<Pod> pods(Comparator<Pod> order) {
        return cluster
                .client()
                .pods()
                .inNamespace(cluster.namespace())
                .withLabel("app", name)
                .list()
                .getItems()
                .stream()
                .sorted(order)
                .toList();
    }

    /** The tag of each pod's image, followed by {@code !} while the pod is not ready. */
    static List<String> tags(List<Pod> pods) {
        return pods.stream()
                .map(pod -> tagOf(pod.getSpec().getContainers().get(0).getImage())
                        + (Readiness.isReady(pod) && !Resource.isDeleting(pod) ? "" : "!"))
                .toList();
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
        controllerRevisions().forEach(revision -> history.put(revision.getRevision(), tagOf(revision)));
        return history;
    }

    static void eventually(ThrowingRunnable assertion) {
        await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(assertion);
    }

    static String tagOf(ControllerRevision revision) {
        return tagOf(Resource.write(revision)
                .at("/data/spec/template/spec/containers/0/image")
                .asText());
    }

    static String tagOf(String image) {
        return image.substring(image.indexOf(':') + 1);
    }
}
