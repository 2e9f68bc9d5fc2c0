package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The status of a pod, from the steps of its containers. */
public final class PodStatuses {
    private PodStatuses() {}

    /** A pod whose containers have been running and ready since the given time, RFC 3339. */
    public static PodStatus settled(Pod pod, String now) {
        return at(pod, ContainerLife.SETTLED, now);
    }

    static PodStatus at(Pod pod, int step, String now) {
        List<ContainerStatus> before =
                pod.getStatus() == null ? List.of() : pod.getStatus().getContainerStatuses();
        List<ContainerStatus> containers = new ArrayList<>();
        pod.getSpec().getContainers().forEach(container -> {
            ContainerStatus next = ContainerLife.at(step, container, pod, now);
            containers.add(keepStart(before, next));
        });
        boolean ended = RunToCompletion.hasEnded(pod, step);
        boolean started = containers.stream().allMatch(PodStatuses::hasStarted);
        List<String> notReady = containers.stream()
                .filter(container -> !container.getReady())
                .map(ContainerStatus::getName)
                .toList();
        List<PodCondition> conditions = new ArrayList<>();
        conditions.add(condition(pod, "PodScheduled", true, null, null, now));
        conditions.add(condition(pod, "Initialized", true, null, null, now));
        for (String type : List.of("ContainersReady", "Ready")) {
            boolean ready = notReady.isEmpty();
            String reason = ended && !RunToCompletion.hasFailed(pod) ? "PodCompleted" : "ContainersNotReady";
            String message = "containers with unready status: [" + String.join(" ", notReady) + "]";
            conditions.add(condition(pod, type, ready, ready ? null : reason, ready ? null : message, now));
        }
        return new PodStatusBuilder()
                .withPhase(ended ? (RunToCompletion.hasFailed(pod) ? "Failed" : "Succeeded") : phase(started))
                .withStartTime(startTime(pod).orElse(now))
                .withHostIP("10.0.0.1")
                .withPodIP(ip(pod))
                .withQosClass("Burstable")
                .withContainerStatuses(containers)
                .withConditions(conditions)
                .build();
    }

    private static String phase(boolean started) {
        return started ? "Running" : "Pending";
    }

    static PodStatus unschedulable(Pod pod, String message, String now) {
        return new PodStatusBuilder()
                .withPhase("Pending")
                .withConditions(condition(pod, "PodScheduled", false, "Unschedulable", message, now))
                .build();
    }

    private static Optional<String> startTime(Pod pod) {
        return Optional.ofNullable(pod.getStatus()).map(PodStatus::getStartTime);
    }

    /** A container that runs on has started when it started. */
    private static ContainerStatus keepStart(List<ContainerStatus> before, ContainerStatus next) {
        ContainerState state = next.getState();
        before.stream()
                .filter(status -> status.getName().equals(next.getName()))
                .filter(status -> status.getRestartCount().equals(next.getRestartCount()))
                .filter(status -> status.getState() != null && status.getState().getRunning() != null)
                .filter(status -> state.getRunning() != null)
                .findFirst()
                .ifPresent(status -> next.setState(status.getState()));
        return next;
    }

    private static boolean hasStarted(ContainerStatus status) {
        return status.getState().getRunning() != null || status.getRestartCount() > 0;
    }

    private static PodCondition condition(
            Pod pod, String type, boolean value, @Nullable String reason, @Nullable String message, String now) {
        String status = value ? "True" : "False";
        String transition = Readiness.condition(pod, type)
                .filter(known -> known.getStatus().equals(status))
                .map(PodCondition::getLastTransitionTime)
                .orElse(now);
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(transition)
                .build();
    }

    private static String ip(Pod pod) {
        CRC32 crc = new CRC32();
        crc.update(pod.getMetadata().getUid().getBytes(StandardCharsets.UTF_8));
        long value = crc.getValue();
        return "10.244." + (value >> 8) % 256 + "." + (1 + value % 254);
    }
}
