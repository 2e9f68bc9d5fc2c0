package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Whose a pod is: its controller takes up pods that nobody owns, and lets go those that it no longer selects. */
final class PodOwnership {
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

    private final Informer<Pod> pods;

    PodOwnership(Informer<Pod> pods) {
        this.pods = pods;
    }

    /**
     * A pod whose labels were changed goes its own way: that is how one is taken out for inspection.
     *
     * @param labels of the selector
     * @param member what else must hold of a pod that is taken up
     */
    void claim(HasMetadata owner, Map<String, String> labels, Predicate<Pod> member) {
        for (Pod pod : pods.controlledBy(owner)) {
            if (!selects(labels, pod) && isActive(pod)) {
                pods.update(new PodBuilder(pod)
                        .editMetadata()
                        .removeMatchingFromOwnerReferences(
                                known -> owner.getMetadata().getUid().equals(known.getUid()))
                        .endMetadata()
                        .build());
            }
        }
        if (Resource.isDeleting(owner)) {
            return;
        }
        for (Pod pod : pods.withoutController(owner.getMetadata().getNamespace())) {
            if (selects(labels, pod) && isActive(pod) && member.test(pod)) {
                pods.update(new PodBuilder(pod)
                        .editMetadata()
                        .addToOwnerReferences(Resource.controlledBy(owner))
                        .endMetadata()
                        .build());
            }
        }
    }

    static boolean isActive(Pod pod) {
        return !Resource.isDeleting(pod) && !hasEnded(pod);
    }

    static boolean hasEnded(Pod pod) {
        return pod.getStatus() != null && ENDED.contains(pod.getStatus().getPhase());
    }

    private static boolean selects(Map<String, String> labels, Pod pod) {
        return ReplicaSets.matches(labels, pod.getMetadata().getLabels());
    }
}
