package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;

/** Pods that are not started again when their containers end, such as those of Jobs. */
final class RunToCompletion {
    private RunToCompletion() {}

    /** Whether a container has ended for good at a step: with success, or, if it may fail once only, with a failure. */
    static boolean hasEnded(Pod pod, Container container, int step) {
        String policy = pod.getSpec().getRestartPolicy();
        if (policy == null || policy.equals("Always") || step < ContainerLife.SETTLED) {
            return false;
        }
        return switch (Behaviour.of(pod, container)) {
            case HEALTHY -> true;
            case CRASHES, RUNS_OUT_OF_MEMORY -> policy.equals("Never");
            case NEVER_READY, CANNOT_BE_PULLED, CANNOT_BE_SCHEDULED -> false;
        };
    }

    /** Whether all of a pod's containers have. */
    static boolean hasEnded(Pod pod, int step) {
        return pod.getSpec().getContainers().stream().allMatch(container -> hasEnded(pod, container, step));
    }

    static boolean hasFailed(Pod pod) {
        return pod.getSpec().getContainers().stream()
                .anyMatch(container -> Behaviour.of(pod, container) != Behaviour.HEALTHY);
    }

    /** @param now RFC 3339 */
    static ContainerState ended(Behaviour behaviour, Container container, String startedAt, String now) {
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withReason(
                        switch (behaviour) {
                            case HEALTHY -> "Completed";
                            case RUNS_OUT_OF_MEMORY -> "OOMKilled";
                            default -> "Error";
                        })
                .withExitCode(
                        switch (behaviour) {
                            case HEALTHY -> 0;
                            case RUNS_OUT_OF_MEMORY -> 137;
                            default -> Behaviour.exitCode(container);
                        })
                .withStartedAt(startedAt)
                .withFinishedAt(now)
                .endTerminated()
                .build();
    }
}
