package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;

/** The events that a scheduler and a kubelet write, in their words. */
final class KubeletEvents {
    private static final String SCHEDULER = "default-scheduler";
    private static final String KUBELET = "kubelet";

    private final EventRecorder events;

    KubeletEvents(EventRecorder events) {
        this.events = events;
    }

    void scheduled(Pod pod, String node) {
        String name = pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
        events.normal(SCHEDULER, pod, "Scheduled", "Successfully assigned " + name + " to " + node);
    }

    void notScheduled(Pod pod, String message) {
        events.warning(SCHEDULER, pod, "FailedScheduling", message);
    }

    void killing(Pod pod) {
        pod.getSpec()
                .getContainers()
                .forEach(container ->
                        events.normal(KUBELET, pod, "Killing", "Stopping container " + container.getName()));
    }

    /** What happens to each container when the pod enters a step. */
    void entered(Pod pod, int step) {
        if (RunToCompletion.hasEnded(pod, step)) {
            return;
        }
        pod.getSpec().getContainers().forEach(container -> {
            Behaviour behaviour = Behaviour.of(pod, container);
            switch (behaviour) {
                case CANNOT_BE_PULLED -> notPulled(pod, container, step);
                case CRASHES, RUNS_OUT_OF_MEMORY -> restarting(pod, container, step);
                case HEALTHY, NEVER_READY -> running(pod, container, step);
                case CANNOT_BE_SCHEDULED -> {}
            }
            if (behaviour == Behaviour.NEVER_READY && step >= ContainerLife.SETTLED) {
                events.warning(
                        KUBELET, pod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503");
            }
        });
    }

    private void running(Pod pod, Container container, int step) {
        if (step == ContainerLife.CREATING) {
            pulling(pod, container);
        } else if (step == ContainerLife.RUNNING) {
            events.normal(KUBELET, pod, "Pulled", "Successfully pulled image \"" + container.getImage() + "\"");
            started(pod, container);
        }
    }

    private void restarting(Pod pod, Container container, int step) {
        if (step <= ContainerLife.RUNNING) {
            running(pod, container, step);
        } else if (step % 2 == 1) {
            events.normal(
                    KUBELET,
                    pod,
                    "Pulled",
                    "Container image \"" + container.getImage() + "\" already present on machine");
            started(pod, container);
        } else {
            String name = pod.getMetadata().getName();
            events.warning(
                    KUBELET,
                    pod,
                    "BackOff",
                    "Back-off restarting failed container %s in pod %s_%s(%s)"
                            .formatted(
                                    container.getName(),
                                    name,
                                    pod.getMetadata().getNamespace(),
                                    pod.getMetadata().getUid()));
        }
    }

    private void notPulled(Pod pod, Container container, int step) {
        String image = container.getImage();
        if (step == ContainerLife.CREATING) {
            pulling(pod, container);
        } else if (step % 2 == 1) {
            events.warning(
                    KUBELET,
                    pod,
                    "Failed",
                    "Failed to pull image \"" + image + "\": " + ContainerLife.pullError(image));
            events.warning(KUBELET, pod, "Failed", "Error: ErrImagePull");
        } else {
            events.normal(KUBELET, pod, "BackOff", ContainerLife.backOffPulling(image));
            events.warning(KUBELET, pod, "Failed", "Error: ImagePullBackOff");
        }
    }

    private void pulling(Pod pod, Container container) {
        events.normal(KUBELET, pod, "Pulling", "Pulling image \"" + container.getImage() + "\"");
    }

    private void started(Pod pod, Container container) {
        events.normal(KUBELET, pod, "Created", "Created container: " + container.getName());
        events.normal(KUBELET, pod, "Started", "Started container " + container.getName());
    }
}
