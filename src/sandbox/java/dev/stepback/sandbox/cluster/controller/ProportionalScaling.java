package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Scales a Deployment that is paused or in the middle of a rollout: each ReplicaSet keeps its share. */
final class ProportionalScaling {
    private final ReplicaSetScaler scaler;

    ProportionalScaling(ReplicaSetScaler scaler) {
        this.scaler = scaler;
    }

    /** Whether {@code replicas} has changed since the ReplicaSets were scaled. */
    static boolean isDue(Deployment deployment, List<ReplicaSet> all) {
        int replicas = Rolling.of(deployment).replicas();
        return ReplicaSets.active(all).stream()
                .map(set -> Revisions.annotation(set, Revisions.DESIRED))
                .anyMatch(desired -> !desired.isEmpty() && Revisions.number(desired) != replicas);
    }

    void scale(Deployment deployment, Optional<ReplicaSet> current, List<ReplicaSet> old) {
        Rolling rolling = Rolling.of(deployment);
        List<ReplicaSet> all = new ArrayList<>(old);
        current.ifPresent(all::add);
        List<ReplicaSet> active = ReplicaSets.active(all);
        if (active.size() <= 1) {
            onlyOne(active, current, old)
                    .filter(set -> ReplicaSets.size(set) != rolling.replicas())
                    .ifPresent(set -> scaler.scale(deployment, set, rolling.replicas()));
        } else if (current.filter(set -> isSaturated(set, rolling)).isPresent()) {
            ReplicaSets.active(old).forEach(set -> scaler.scale(deployment, set, 0));
        } else if (!rolling.recreate()) {
            share(deployment, rolling, active);
        }
    }

    private static Optional<ReplicaSet> onlyOne(
            List<ReplicaSet> active, Optional<ReplicaSet> current, List<ReplicaSet> old) {
        return active.stream()
                .findFirst()
                .or(() -> current)
                .or(() -> old.stream().max(ReplicaSets.OLDEST_FIRST));
    }

    private static boolean isSaturated(ReplicaSet current, Rolling rolling) {
        return ReplicaSets.size(current) == rolling.replicas()
                && ReplicaSets.available(current) == rolling.replicas()
                && Revisions.number(Revisions.annotation(current, Revisions.DESIRED)) == rolling.replicas();
    }

    private void share(Deployment deployment, Rolling rolling, List<ReplicaSet> active) {
        int allowed = rolling.replicas() > 0 ? rolling.maxPods() : 0;
        int toAdd = allowed - ReplicaSets.totalSize(active);
        List<ReplicaSet> ordered =
                active.stream().sorted(largestFirst(toAdd > 0)).toList();
        List<Integer> sizes = new ArrayList<>();
        int added = 0;
        for (ReplicaSet set : ordered) {
            int part = part(deployment, rolling, set, toAdd, added);
            sizes.add(ReplicaSets.size(set) + part);
            added += part;
        }
        for (int i = 0; i < ordered.size(); i++) {
            // What rounding left over goes to the largest.
            int leftover = i == 0 ? toAdd - added : 0;
            scaler.scale(deployment, ordered.get(i), Math.max(0, sizes.get(i) + leftover));
        }
    }

    private static int part(Deployment deployment, Rolling rolling, ReplicaSet set, int toAdd, int added) {
        if (toAdd == added) {
            return 0;
        }
        int fraction = fraction(deployment, rolling, set);
        return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
    }

    private static int fraction(Deployment deployment, Rolling rolling, ReplicaSet set) {
        int size = ReplicaSets.size(set);
        if (rolling.replicas() == 0) {
            return -size;
        }
        long before = Revisions.number(Revisions.annotation(set, Revisions.MAX));
        if (before == 0) {
            Integer pods = deployment.getStatus().getReplicas();
            before = pods == null ? 0 : pods;
        }
        return before == 0 ? 0 : (int) Math.round((double) size * rolling.maxPods() / before) - size;
    }

    private static Comparator<ReplicaSet> largestFirst(boolean thenNewest) {
        return Comparator.comparing(ReplicaSets::size, Comparator.reverseOrder())
                .thenComparing(thenNewest ? ReplicaSets.OLDEST_FIRST.reversed() : ReplicaSets.OLDEST_FIRST);
    }
}
