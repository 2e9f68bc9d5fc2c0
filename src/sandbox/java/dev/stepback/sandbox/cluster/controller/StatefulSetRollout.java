package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateStatefulSetStrategy;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One look at a StatefulSet's pods, and what follows from it: with {@code OrderedReady} one action at most, and none above
 * a pod that is not ready. That is why a broken pod stays even when the template is right again
 * (kubernetes/kubernetes#67250).
 */
final class StatefulSetRollout {
    private final StatefulPods actions;
    private final Readiness readiness;
    private final StatefulSet set;
    private final StatefulSetRevisions.Pair revisions;
    private final List<Pod> seen;
    private final int replicas;
    private final int start;
    private final int end;
    private final boolean ordered;
    private final StatefulSetStatus status = new StatefulSetStatus();
    private Duration again = Duration.ZERO;

    StatefulSetRollout(
            StatefulPods actions,
            Readiness readiness,
            StatefulSet set,
            StatefulSetRevisions.Pair revisions,
            List<Pod> seen) {
        this.actions = actions;
        this.readiness = readiness;
        this.set = set;
        this.revisions = revisions;
        this.seen = seen;
        Integer wanted = set.getSpec().getReplicas();
        this.replicas = wanted == null ? 1 : wanted;
        this.start = StatefulPods.start(set);
        this.end = start + replicas;
        this.ordered = !"Parallel".equals(set.getSpec().getPodManagementPolicy());
    }

    /** How long until a pod that is ready becomes available; zero when there is nothing to wait for. */
    Duration again() {
        return again;
    }

    /** Acts, and tells what is so afterwards. */
    StatefulSetStatus step() {
        count();
        if (!Resource.isDeleting(set) && fill() && shrink() && !isOnDelete()) {
            replaceOutdated();
        }
        complete();
        return status;
    }

    private void count() {
        status.setObservedGeneration(set.getMetadata().getGeneration());
        status.setCurrentRevision(revisions.current().name());
        status.setUpdateRevision(revisions.update().name());
        status.setCollisionCount(revisions.collisions());
        status.setReplicas(seen.size());
        status.setReadyReplicas(0);
        status.setAvailableReplicas(0);
        status.setCurrentReplicas(0);
        status.setUpdatedReplicas(0);
        for (Pod pod : seen) {
            if (isRunningAndReady(pod)) {
                status.setReadyReplicas(status.getReadyReplicas() + 1);
                if (isAvailable(pod)) {
                    status.setAvailableReplicas(status.getAvailableReplicas() + 1);
                }
            }
            if (!Resource.isDeleting(pod)) {
                countRevision(pod, 1);
            }
        }
    }

    private void countRevision(Pod pod, int by) {
        String revision = StatefulPods.revisionOf(pod);
        if (revision.equals(revisions.current().name())) {
            status.setCurrentReplicas(status.getCurrentReplicas() + by);
        }
        if (revision.equals(revisions.update().name())) {
            status.setUpdatedReplicas(status.getUpdatedReplicas() + by);
        }
    }

    /** @return whether all pods from the first on are there, and, in order, ready */
    private boolean fill() {
        Map<Integer, Pod> byOrdinal = byOrdinal();
        for (int ordinal = start; ordinal < end; ordinal++) {
            Pod pod = byOrdinal.get(ordinal);
            if (pod != null && PodOwnership.hasEnded(pod) && !Resource.isDeleting(pod)) {
                actions.replaceFailed(set, pod);
                countRevision(pod, -1);
            }
            if (pod == null) {
                pod = StatefulPods.make(set, revisionFor(ordinal), ordinal);
                actions.create(set, pod, ordinal);
                status.setReplicas(status.getReplicas() + 1);
                countRevision(pod, 1);
            }
            if (ordered && (Resource.isDeleting(pod) || !isRunningAndReady(pod) || !isAvailable(pod))) {
                return false;
            }
        }
        return true;
    }

    /** Where the strategy names no partition, as many pods count as one as had the current revision at the last look. */
    private TemplateRevision revisionFor(int ordinal) {
        int kept = isPartitioned() ? partition() : currentBefore();
        return !isOnDelete() && ordinal < start + kept ? revisions.current() : revisions.update();
    }

    private boolean isPartitioned() {
        return set.getSpec().getUpdateStrategy() != null
                && set.getSpec().getUpdateStrategy().getRollingUpdate() != null;
    }

    private int currentBefore() {
        return set.getStatus() == null || set.getStatus().getCurrentReplicas() == null
                ? 0
                : set.getStatus().getCurrentReplicas();
    }

    /** @return whether nothing is left that is too many, or nobody waits for its end */
    private boolean shrink() {
        List<Pod> condemned = seen.stream()
                .filter(pod -> !isWanted(StatefulPods.ordinal(set, pod)))
                .sorted(Comparator.comparingInt((Pod pod) -> StatefulPods.ordinal(set, pod))
                        .reversed())
                .toList();
        for (Pod pod : condemned) {
            if (Resource.isDeleting(pod)) {
                if (ordered) {
                    return false;
                }
                continue;
            }
            boolean lowest = pod == condemned.get(condemned.size() - 1)
                    || condemned.stream()
                            .filter(other -> StatefulPods.ordinal(set, other) < StatefulPods.ordinal(set, pod))
                            .allMatch(StatefulSetRollout::isHealthy);
            if (ordered && !isRunningAndReady(pod) && !lowest) {
                return false;
            }
            actions.delete(set, pod);
            countRevision(pod, -1);
            if (ordered) {
                return false;
            }
        }
        return true;
    }

    /** From the highest number down; one that is not healthy yet is waited for, unless more than one may be away. */
    private void replaceOutdated() {
        Map<Integer, Pod> byOrdinal = byOrdinal();
        int away = (int) byOrdinal.entrySet().stream()
                .filter(entry -> isWanted(entry.getKey()))
                .filter(entry -> !isHealthy(entry.getValue()) || !isAvailable(entry.getValue()))
                .count();
        int mayBeAway = maxUnavailable();
        for (int ordinal = end - 1; ordinal >= start + partition(); ordinal--) {
            Pod pod = byOrdinal.get(ordinal);
            if (pod == null) {
                return;
            }
            boolean outdated =
                    !StatefulPods.revisionOf(pod).equals(revisions.update().name());
            if (outdated && !Resource.isDeleting(pod)) {
                if (mayBeAway > 1 && away >= mayBeAway) {
                    return;
                }
                actions.delete(set, pod);
                status.setCurrentReplicas(Math.max(0, status.getCurrentReplicas() - 1));
                away++;
                if (mayBeAway == 1) {
                    return;
                }
            } else if (mayBeAway == 1 && (!isHealthy(pod) || !isAvailable(pod))) {
                return;
            }
        }
    }

    private void complete() {
        if (!isOnDelete()
                && status.getUpdatedReplicas() == replicas
                && status.getReadyReplicas() == replicas
                && status.getReplicas() == replicas) {
            status.setCurrentReplicas(status.getUpdatedReplicas());
            status.setCurrentRevision(status.getUpdateRevision());
        }
    }

    private boolean isWanted(int ordinal) {
        return ordinal >= start && ordinal < end;
    }

    private Map<Integer, Pod> byOrdinal() {
        Map<Integer, Pod> byOrdinal = new TreeMap<>();
        seen.forEach(pod -> byOrdinal.put(StatefulPods.ordinal(set, pod), pod));
        return byOrdinal;
    }

    private boolean isOnDelete() {
        return set.getSpec().getUpdateStrategy() != null
                && "OnDelete".equals(set.getSpec().getUpdateStrategy().getType());
    }

    /** How many pods keep their revision, counted from the first, whatever its number is. */
    private int partition() {
        RollingUpdateStatefulSetStrategy rolling = rolling();
        return rolling.getPartition() == null ? 0 : rolling.getPartition();
    }

    /**
     * One, unless the set says otherwise; a percentage is rounded down. The field counts in clusters only that have its
     * feature gate on.
     */
    private int maxUnavailable() {
        RollingUpdateStatefulSetStrategy rolling = rolling();
        return rolling.getMaxUnavailable() == null
                ? 1
                : Math.max(1, Rolling.resolve(rolling.getMaxUnavailable(), replicas, false));
    }

    private RollingUpdateStatefulSetStrategy rolling() {
        return set.getSpec().getUpdateStrategy() == null
                        || set.getSpec().getUpdateStrategy().getRollingUpdate() == null
                ? new RollingUpdateStatefulSetStrategy()
                : set.getSpec().getUpdateStrategy().getRollingUpdate();
    }

    private boolean isAvailable(Pod pod) {
        Integer seconds = set.getSpec().getMinReadySeconds();
        Duration missing = readiness.untilAvailable(pod, seconds == null ? 0 : seconds);
        if (!missing.isZero() && (again.isZero() || missing.compareTo(again) < 0)) {
            again = missing;
        }
        return missing.isZero();
    }

    private static boolean isHealthy(Pod pod) {
        return isRunningAndReady(pod) && !Resource.isDeleting(pod);
    }

    private static boolean isRunningAndReady(Pod pod) {
        return pod.getStatus() != null && "Running".equals(pod.getStatus().getPhase()) && Readiness.isReady(pod);
    }
}
