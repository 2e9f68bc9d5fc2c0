package dev.stepback.sandbox.cluster.controller;

import dev.stepback.stage.ParityCluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes which pods of a workload are deleted, in their order, and how many are away at a time. */
final class PodDeletions implements AutoCloseable {
    private final List<String> names = new CopyOnWriteArrayList<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Map<String, Boolean> ready = new ConcurrentHashMap<>();
    private final Watch watch;
    private volatile int fewestReady = Integer.MAX_VALUE;
    private volatile int mostPods;

    PodDeletions(ParityCluster cluster, String app) {
        watch = cluster.client()
                .pods()
                .inNamespace(cluster.namespace())
                .withLabel("app", app)
                .watch(new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, Pod pod) {
                        note(action, pod);
                    }

                    @Override
                    public void onClose(WatcherException cause) {}
                });
    }

    private void note(Watcher.Action action, Pod pod) {
        String uid = pod.getMetadata().getUid();
        boolean gone = action == Watcher.Action.DELETED;
        if ((gone || Resource.isDeleting(pod)) && seen.add(uid)) {
            names.add(pod.getMetadata().getName());
        }
        if (gone) {
            ready.remove(uid);
        } else {
            ready.put(uid, Readiness.isReady(pod) && !Resource.isDeleting(pod));
        }
        mostPods = Math.max(mostPods, ready.size());
        if (!seen.isEmpty()) {
            fewestReady = Math.min(
                    fewestReady, (int) ready.values().stream().filter(is -> is).count());
        }
    }

    List<String> names() {
        return List.copyOf(names);
    }

    int fewestReady() {
        return fewestReady;
    }

    int mostPods() {
        return mostPods;
    }

    @Override
    public void close() {
        watch.close();
    }
}
