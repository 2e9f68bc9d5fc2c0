package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import org.jspecify.annotations.Nullable;

/**
 * A container's life in steps: 0 is being created, 1 running, 2 ready, or crashed, or waiting for another pull. From there
 * odd steps are attempts (started again, pulled again) and even steps failures.
 */
final class ContainerLife {
    static final int CREATING = 0;
    static final int RUNNING = 1;
    static final int SETTLED = 2;

    private ContainerLife() {}

    /** Restarts at a step; the first crash is followed by a restart at once, and a second crash. */
    static int restarts(Behaviour behaviour, int step) {
        return behaviour.restarts() && step >= SETTLED ? (step + 1) / 2 : 0;
    }

    /** The step of a container of which only the status is known. */
    static int stepOf(ContainerStatus status) {
        int restarts = status.getRestartCount() == null ? 0 : status.getRestartCount();
        return Math.max(SETTLED, restarts * 2);
    }

    /** @param now RFC 3339, for what happens at this step */
    static ContainerStatus at(int step, Container container, Pod pod, String now) {
        Behaviour behaviour = Behaviour.of(pod, container);
        String podName = pod.getMetadata().getName();
        if (RunToCompletion.hasEnded(pod, container, step)) {
            return ended(behaviour, container, pod, now);
        }
        int restarts = restarts(behaviour, step);
        boolean running = isRunning(behaviour, step);
        ContainerStatusBuilder status = new ContainerStatusBuilder()
                .withName(container.getName())
                .withImage(container.getImage())
                .withImageID("")
                .withRestartCount(restarts)
                .withReady(behaviour == Behaviour.HEALTHY && step >= SETTLED)
                .withStarted(running)
                .withState(state(behaviour, step, container, podName, now))
                .withLastState(new ContainerState());
        if (running) {
            status.withImageID(imageId(container));
            status.withContainerID("containerd://" + podName + "/" + container.getName() + "/" + restarts);
        }
        if (behaviour.restarts() && step >= SETTLED) {
            status.withLastState(terminated(behaviour, container, now));
        }
        return status.build();
    }

    private static ContainerStatus ended(Behaviour behaviour, Container container, Pod pod, String now) {
        String podName = pod.getMetadata().getName();
        String started = pod.getStatus() == null || pod.getStatus().getStartTime() == null
                ? now
                : pod.getStatus().getStartTime();
        return new ContainerStatusBuilder()
                .withName(container.getName())
                .withImage(container.getImage())
                .withImageID(imageId(container))
                .withContainerID("containerd://" + podName + "/" + container.getName() + "/0")
                .withRestartCount(0)
                .withReady(false)
                .withStarted(false)
                .withState(RunToCompletion.ended(behaviour, container, started, now))
                .withLastState(new ContainerState())
                .build();
    }

    private static String imageId(Container container) {
        return container.getImage() + "@sha256:" + "0".repeat(56)
                + "%08x".formatted(container.getImage().hashCode());
    }

    static boolean isRunning(Behaviour behaviour, int step) {
        return switch (behaviour) {
            case HEALTHY, NEVER_READY -> step >= RUNNING;
            case CRASHES, RUNS_OUT_OF_MEMORY -> step % 2 == 1;
            case CANNOT_BE_PULLED, CANNOT_BE_SCHEDULED -> false;
        };
    }

    private static ContainerState state(
            Behaviour behaviour, int step, Container container, String podName, String now) {
        if (step == CREATING) {
            return waiting("ContainerCreating", null);
        }
        if (isRunning(behaviour, step)) {
            return new ContainerStateBuilder()
                    .withNewRunning()
                    .withStartedAt(now)
                    .endRunning()
                    .build();
        }
        if (behaviour == Behaviour.CANNOT_BE_PULLED) {
            return step % 2 == 1
                    ? waiting("ErrImagePull", pullError(container.getImage()))
                    : waiting("ImagePullBackOff", backOffPulling(container.getImage()));
        }
        return waiting(
                "CrashLoopBackOff", "back-off restarting failed container=" + container.getName() + " pod=" + podName);
    }

    static String pullError(String image) {
        return "rpc error: code = NotFound desc = failed to pull and unpack image \"" + image + "\": not found";
    }

    static String backOffPulling(String image) {
        return "Back-off pulling image \"" + image + "\"";
    }

    private static ContainerState waiting(String reason, @Nullable String message) {
        return new ContainerStateBuilder()
                .withNewWaiting()
                .withReason(reason)
                .withMessage(message)
                .endWaiting()
                .build();
    }

    private static ContainerState terminated(Behaviour behaviour, Container container, String now) {
        boolean memory = behaviour == Behaviour.RUNS_OUT_OF_MEMORY;
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withReason(memory ? "OOMKilled" : "Error")
                .withExitCode(memory ? 137 : Behaviour.exitCode(container))
                .withStartedAt(now)
                .withFinishedAt(now)
                .endTerminated()
                .build();
    }
}
