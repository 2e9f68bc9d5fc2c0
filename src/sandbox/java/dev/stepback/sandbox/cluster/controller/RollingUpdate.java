package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.ArrayList;
import java.util.List;

/** Moves pods from the old ReplicaSets to the new one, never with too many and never with too few available. */
final class RollingUpdate {
    private final ReplicaSetScaler scaler;

    RollingUpdate(ReplicaSetScaler scaler) {
        this.scaler = scaler;
    }

    /** Does one step, up or down. */
    void step(Deployment deployment, ReplicaSet current, List<ReplicaSet> old) {
        int size = newSize(Rolling.of(deployment), current, old);
        if (size != ReplicaSets.size(current)) {
            scaler.scale(deployment, current, size);
        } else {
            scaleDown(deployment, current, old);
        }
    }

    /**
     * How large the new ReplicaSet may be now. Old pods that are yet to be deleted take up room: without that the bound would
     * hold for what the ReplicaSets say, but not for the pods.
     */
    static int newSize(Rolling rolling, ReplicaSet current, List<ReplicaSet> old) {
        int size = ReplicaSets.size(current);
        if (size >= rolling.replicas()) {
            return rolling.replicas();
        }
        int present = ReplicaSets.total(old, set -> Math.max(ReplicaSets.size(set), ReplicaSets.pods(set)));
        int room = rolling.maxPods() - size - present;
        return size + Math.max(0, Math.min(room, rolling.replicas() - size));
    }

    private void scaleDown(Deployment deployment, ReplicaSet current, List<ReplicaSet> old) {
        Rolling rolling = Rolling.of(deployment);
        int allPods = ReplicaSets.totalSize(old) + ReplicaSets.size(current);
        int newUnavailable = ReplicaSets.size(current) - ReplicaSets.staying(current);
        int budget = allPods - rolling.minAvailable() - newUnavailable;
        if (ReplicaSets.totalSize(old) == 0 || budget <= 0) {
            return;
        }
        List<ReplicaSet> left = removeUnavailable(deployment, old, budget);
        int available = ReplicaSets.total(left, ReplicaSets::staying) + ReplicaSets.staying(current);
        removeAvailable(deployment, left, available - rolling.minAvailable());
    }

    /** Pods that serve nobody go first: without them the rollout would wait for pods that may never come. */
    private List<ReplicaSet> removeUnavailable(Deployment deployment, List<ReplicaSet> old, int budget) {
        List<ReplicaSet> left = new ArrayList<>();
        int rest = budget;
        for (ReplicaSet set : oldestFirst(old)) {
            int size = ReplicaSets.size(set);
            int removed = Math.max(0, Math.min(rest, size - ReplicaSets.staying(set)));
            rest -= removed;
            left.add(removed == 0 ? set : scaler.scale(deployment, set, size - removed));
        }
        return left;
    }

    private void removeAvailable(Deployment deployment, List<ReplicaSet> old, int budget) {
        int rest = budget;
        for (ReplicaSet set : oldestFirst(old)) {
            int removed = Math.min(rest, ReplicaSets.size(set));
            if (removed > 0) {
                rest -= removed;
                scaler.scale(deployment, set, ReplicaSets.size(set) - removed);
            }
        }
    }

    private static List<ReplicaSet> oldestFirst(List<ReplicaSet> sets) {
        return sets.stream().sorted(ReplicaSets.OLDEST_FIRST).toList();
    }
}
