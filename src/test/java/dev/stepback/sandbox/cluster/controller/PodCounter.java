package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.HashMap;
import java.util.Map;

/** Sees every state that the pods go through and remembers the extremes. Those that are being deleted do not count as pods. */
final class PodCounter implements AutoCloseable {
    private final Map<String, Pod> pods = new HashMap<>();
    private final AutoCloseable watch;
    private int mostPods;
    private int fewestReady;
    private int imagesSideBySide;

    private PodCounter(TestCluster cluster) {
        cluster.pods().forEach(pod -> pods.put(pod.getMetadata().getName(), pod));
        mostPods = count();
        fewestReady = ready();
        watch = cluster.store.watch(
                Resource.PODS.name(), event -> observe(event.type(), Resource.PODS.read(event.object())));
    }

    static PodCounter on(TestCluster cluster) {
        return new PodCounter(cluster);
    }

    private synchronized void observe(String type, Pod pod) {
        if (type.equals("DELETED")) {
            pods.remove(pod.getMetadata().getName());
        } else {
            pods.put(pod.getMetadata().getName(), pod);
        }
        mostPods = Math.max(mostPods, count());
        fewestReady = Math.min(fewestReady, ready());
        imagesSideBySide = Math.max(imagesSideBySide, images());
    }

    private int count() {
        return (int)
                pods.values().stream().filter(pod -> !Resource.isDeleting(pod)).count();
    }

    private int ready() {
        return (int) pods.values().stream()
                .filter(pod -> !Resource.isDeleting(pod) && Readiness.isReady(pod))
                .count();
    }

    private int images() {
        return (int) pods.values().stream()
                .map(pod -> pod.getSpec().getContainers().get(0).getImage())
                .distinct()
                .count();
    }

    synchronized int mostPods() {
        return mostPods;
    }

    synchronized int fewestReady() {
        return fewestReady;
    }

    synchronized int imagesSideBySide() {
        return imagesSideBySide;
    }

    @Override
    public void close() throws Exception {
        watch.close();
    }
}
