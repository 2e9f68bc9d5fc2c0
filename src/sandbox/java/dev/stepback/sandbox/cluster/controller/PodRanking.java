package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Comparator;
import java.util.List;

/** Which pods a ReplicaSet can do without: those that serve least come first. */
final class PodRanking {
    private static final List<String> PHASES = List.of("Pending", "Unknown", "Running");
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";

    static final Comparator<Pod> FIRST_TO_GO = Comparator.comparing(PodRanking::isScheduled)
            .thenComparing(PodRanking::phase)
            .thenComparing(Readiness::isReady)
            .thenComparing(PodRanking::deletionCost)
            .thenComparing(PodRanking::readySince, Comparator.reverseOrder())
            .thenComparing(PodRanking::restarts, Comparator.reverseOrder())
            .thenComparing(pod -> pod.getMetadata().getCreationTimestamp(), Comparator.reverseOrder());

    private PodRanking() {}

    private static boolean isScheduled(Pod pod) {
        return pod.getSpec().getNodeName() != null;
    }

    private static int phase(Pod pod) {
        return pod.getStatus() == null ? 0 : PHASES.indexOf(pod.getStatus().getPhase());
    }

    private static long deletionCost(Pod pod) {
        return Revisions.number(Revisions.annotation(pod, COST));
    }

    private static String readySince(Pod pod) {
        return Readiness.condition(pod, "Ready")
                .map(PodCondition::getLastTransitionTime)
                .orElse("");
    }

    private static int restarts(Pod pod) {
        if (pod.getStatus() == null) {
            return 0;
        }
        return pod.getStatus().getContainerStatuses().stream()
                .mapToInt(ContainerStatus::getRestartCount)
                .max()
                .orElse(0);
    }
}
