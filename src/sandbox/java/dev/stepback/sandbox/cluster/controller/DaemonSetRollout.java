package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetUpdateStrategy;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDaemonSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One look at the nodes and at a DaemonSet's pods on them, and what follows from it. */
final class DaemonSetRollout {
    private static final Comparator<Pod> OLDEST_FIRST = Comparator.comparing(
                    (Pod pod) -> pod.getMetadata().getCreationTimestamp())
            .thenComparing(pod -> Long.parseLong(pod.getMetadata().getResourceVersion()));

    private final DaemonSet set;
    private final String hash;
    private final Set<String> wanted = new LinkedHashSet<>();
    private final Map<String, List<Pod>> byNode = new TreeMap<>();
    private final Readiness readiness;
    private final Set<Pod> doomed = new LinkedHashSet<>();
    private final List<String> empty = new ArrayList<>();
    private Duration again = Duration.ZERO;

    DaemonSetRollout(DaemonSet set, String hash, List<Node> nodes, List<Pod> pods, Readiness readiness) {
        this.set = set;
        this.hash = hash;
        this.readiness = readiness;
        nodes.stream()
                .filter(node -> DaemonPods.belongsOn(node, set))
                .map(node -> node.getMetadata().getName())
                .sorted()
                .forEach(wanted::add);
        pods.stream()
                .sorted(OLDEST_FIRST)
                .forEach(pod -> Nodes.wantedBy(pod)
                        .ifPresent(node -> byNode.computeIfAbsent(node, name -> new ArrayList<>())
                                .add(pod)));
    }

    /** How long until a pod that is ready becomes available; zero when there is nothing to wait for. */
    Duration again() {
        return again;
    }

    /** @return whether anything is to be done */
    boolean act(DaemonPods actions) {
        everyNodeItsPod();
        if (doomed.isEmpty() && empty.isEmpty() && !isOnDelete()) {
            if (maxSurge() == 0) {
                replaceInPlace();
            } else {
                surge();
            }
        }
        doomed.forEach(pod -> actions.delete(set, pod));
        empty.forEach(node -> actions.create(set, hash, node));
        return !doomed.isEmpty() || !empty.isEmpty();
    }

    private void everyNodeItsPod() {
        wanted.stream().filter(node -> !byNode.containsKey(node)).forEach(empty::add);
        byNode.forEach((node, pods) -> {
            List<Pod> live =
                    pods.stream().filter(pod -> !Resource.isDeleting(pod)).toList();
            if (!wanted.contains(node)) {
                doomed.addAll(live);
                return;
            }
            live.stream().filter(PodOwnership::hasEnded).forEach(doomed::add);
            List<Pod> running =
                    live.stream().filter(pod -> !PodOwnership.hasEnded(pod)).toList();
            if (running.size() > 1 && maxSurge() == 0) {
                doomed.addAll(running.subList(1, running.size()));
            } else if (running.size() > 1) {
                oneOldAndOneNew(running);
            }
        });
    }

    /** Two pods on a node are right only while the new one is not available yet and the old one serves. */
    private void oneOldAndOneNew(List<Pod> running) {
        Optional<Pod> current = running.stream().filter(this::isCurrent).findFirst();
        Optional<Pod> old = running.stream().filter(pod -> !isCurrent(pod)).findFirst();
        running.stream()
                .filter(pod -> current.filter(kept -> kept == pod).isEmpty()
                        && old.filter(kept -> kept == pod).isEmpty())
                .forEach(doomed::add);
        if (current.isPresent() && old.isPresent() && (!Readiness.isReady(old.get()) || isAvailable(current.get()))) {
            doomed.add(old.get());
        }
    }

    private void replaceInPlace() {
        int away = 0;
        List<Pod> broken = new ArrayList<>();
        List<Pod> candidates = new ArrayList<>();
        for (List<Pod> pods : byNode.values()) {
            Pod only = pods.get(0);
            if (pods.size() > 1 || Resource.isDeleting(only) || (isCurrent(only) && !isAvailable(only))) {
                away++;
            } else if (!isCurrent(only)) {
                (isAvailable(only) ? candidates : broken).add(only);
            }
        }
        doomed.addAll(broken);
        doomed.addAll(candidates.subList(0, Math.min(candidates.size(), Math.max(0, maxUnavailable() - away))));
    }

    private void surge() {
        int surging = 0;
        List<String> candidates = new ArrayList<>();
        for (Map.Entry<String, List<Pod>> entry : byNode.entrySet()) {
            List<Pod> pods = entry.getValue();
            Pod first = pods.get(0);
            if (pods.stream().anyMatch(Resource::isDeleting) || (pods.size() > 1)) {
                surging++;
            } else if (!isCurrent(first)) {
                (isAvailable(first) ? candidates : empty).add(entry.getKey());
            }
        }
        empty.addAll(candidates.subList(0, Math.min(candidates.size(), Math.max(0, maxSurge() - surging))));
    }

    /** What is so at the time when the pods were looked at. */
    DaemonSetStatus status(int collisions) {
        int current = 0;
        int ready = 0;
        int available = 0;
        int updated = 0;
        for (String node : wanted) {
            List<Pod> pods = byNode.getOrDefault(node, List.of());
            if (!pods.isEmpty()) {
                Pod oldest = pods.get(0);
                current++;
                ready += Readiness.isReady(oldest) ? 1 : 0;
                available += isAvailable(oldest) ? 1 : 0;
                updated += isCurrent(oldest) ? 1 : 0;
            }
        }
        int unavailable = wanted.size() - available;
        DaemonSetStatus status = new DaemonSetStatus();
        status.setObservedGeneration(set.getMetadata().getGeneration());
        status.setDesiredNumberScheduled(wanted.size());
        status.setCurrentNumberScheduled(current);
        status.setNumberMisscheduled((int)
                byNode.keySet().stream().filter(node -> !wanted.contains(node)).count());
        status.setNumberReady(ready);
        status.setNumberAvailable(available == 0 ? null : (Integer) available);
        status.setNumberUnavailable(unavailable == 0 ? null : (Integer) unavailable);
        status.setUpdatedNumberScheduled(updated == 0 ? null : (Integer) updated);
        status.setCollisionCount(collisions == 0 ? null : (Integer) collisions);
        return status;
    }

    private boolean isCurrent(Pod pod) {
        return DaemonPods.isOf(pod, hash);
    }

    private boolean isAvailable(Pod pod) {
        if (!Readiness.isReady(pod)) {
            return false;
        }
        Integer seconds = set.getSpec().getMinReadySeconds();
        Duration missing = readiness.untilAvailable(pod, seconds == null ? 0 : seconds);
        if (!missing.isZero() && (again.isZero() || missing.compareTo(again) < 0)) {
            again = missing;
        }
        return missing.isZero();
    }

    private boolean isOnDelete() {
        DaemonSetUpdateStrategy strategy = set.getSpec().getUpdateStrategy();
        return strategy != null && "OnDelete".equals(strategy.getType());
    }

    private int maxSurge() {
        RollingUpdateDaemonSet rolling = rolling();
        return rolling.getMaxSurge() == null ? 0 : Rolling.resolve(rolling.getMaxSurge(), wanted.size(), true);
    }

    private int maxUnavailable() {
        RollingUpdateDaemonSet rolling = rolling();
        return rolling.getMaxUnavailable() == null
                ? 1
                : Math.max(1, Rolling.resolve(rolling.getMaxUnavailable(), wanted.size(), true));
    }

    private RollingUpdateDaemonSet rolling() {
        DaemonSetUpdateStrategy strategy = set.getSpec().getUpdateStrategy();
        return strategy == null || strategy.getRollingUpdate() == null
                ? new RollingUpdateDaemonSet()
                : strategy.getRollingUpdate();
    }
}
