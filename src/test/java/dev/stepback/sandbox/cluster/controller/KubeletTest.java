package dev.stepback.sandbox.cluster.controller;

import static dev.stepback.sandbox.cluster.controller.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubeletTest {
    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    private void createOne(String image) {
        cluster.create(
                TestCluster.web(image).editSpec().withReplicas(1).endSpec().build());
        await(() -> cluster.pods().size() == 1);
    }

    private Pod pod() {
        return cluster.pods().get(0);
    }

    private ContainerStatus container() {
        return pod().getStatus().getContainerStatuses().stream().findFirst().orElseGet(ContainerStatus::new);
    }

    private String waitingReason() {
        ContainerStatus status = container();
        return status.getState() == null || status.getState().getWaiting() == null
                ? ""
                : status.getState().getWaiting().getReason();
    }

    @Test
    void healthyPod_isScheduledStartedAndReady() {
        createOne("web:1");
        await(() -> Readiness.isReady(pod()));

        assertThat(pod().getSpec().getNodeName()).startsWith("node-");
        assertThat(pod().getStatus().getPhase()).isEqualTo("Running");
        assertThat(pod().getStatus().getConditions())
                .extracting(condition -> condition.getType() + "=" + condition.getStatus())
                .containsExactly("PodScheduled=True", "Initialized=True", "ContainersReady=True", "Ready=True");
        assertThat(container().getState().getRunning()).isNotNull();
        assertThat(container().getRestartCount()).isZero();
        assertThat(cluster.list(Resource.EVENTS))
                .extracting(Event::getReason)
                .contains("Scheduled", "Pulling", "Pulled", "Created", "Started");
    }

    @Test
    void crashingPod_isRestartedAgainAndAgain() {
        createOne("web:2-crash");
        await(() -> container().getRestartCount() != null && container().getRestartCount() >= 3);
        await(() -> waitingReason().equals("CrashLoopBackOff"));

        assertThat(container().getLastState().getTerminated().getExitCode()).isEqualTo(1);
        assertThat(container().getLastState().getTerminated().getReason()).isEqualTo("Error");
        assertThat(pod().getStatus().getPhase()).isEqualTo("Running");
        assertThat(Readiness.isReady(pod())).isFalse();
        await(() -> cluster.events("BackOff").size() == 1
                && cluster.events("BackOff").get(0).getCount() > 1);
    }

    @Test
    void podThatRunsOutOfMemory_isKilled() {
        createOne("web:2-oom");
        await(() -> waitingReason().equals("CrashLoopBackOff"));

        assertThat(container().getLastState().getTerminated().getExitCode()).isEqualTo(137);
        assertThat(container().getLastState().getTerminated().getReason()).isEqualTo("OOMKilled");
    }

    @Test
    void imageThatCannotBePulled_alternatesBetweenErrorAndBackOff() {
        createOne("web:missing");
        Set<String> seen = new HashSet<>();
        await(() -> {
            seen.add(waitingReason());
            return seen.contains("ErrImagePull") && seen.contains("ImagePullBackOff");
        });

        assertThat(pod().getStatus().getPhase()).isEqualTo("Pending");
        assertThat(cluster.events("Failed"))
                .extracting(Event::getMessage)
                .anyMatch(message -> message.startsWith("Failed to pull image \"web:missing\""));
    }

    @Test
    void podWhoseProbeFails_runsButIsNeverReady() {
        createOne("web:2-neverready");
        await(() -> !cluster.events("Unhealthy").isEmpty());

        assertThat(pod().getStatus().getPhase()).isEqualTo("Running");
        assertThat(container().getReady()).isFalse();
        assertThat(cluster.events("Unhealthy").get(0).getMessage())
                .isEqualTo("Readiness probe failed: HTTP probe failed with statuscode: 503");
    }

    @Test
    void podForWhichThereIsNoRoom_staysPending() {
        createOne("web:2-unschedulable");
        await(() -> !cluster.events("FailedScheduling").isEmpty());

        assertThat(pod().getStatus().getPhase()).isEqualTo("Pending");
        assertThat(pod().getSpec().getNodeName()).isNull();
        assertThat(Readiness.condition(pod(), "PodScheduled").orElseThrow().getReason())
                .isEqualTo("Unschedulable");
    }

    @Test
    void imageWithoutTag_isHealthyWhateverItsName() {
        assertThat(Behaviour.of("registry.shop.example:5000/crash")).isEqualTo(Behaviour.HEALTHY);
        assertThat(Behaviour.of("registry.shop.example:5000/crash:1.0")).isEqualTo(Behaviour.HEALTHY);
        assertThat(Behaviour.of("registry.shop.example:5000/web:1.0-crash")).isEqualTo(Behaviour.CRASHES);
    }

    @Test
    void deletedPod_isReplaced() {
        createOne("web:1");
        await(() -> Readiness.isReady(pod()));
        String name = pod().getMetadata().getName();

        cluster.store.delete("pods", TestCluster.NAMESPACE, name, "Background");

        await(() ->
                cluster.pods().size() == 1 && !pod().getMetadata().getName().equals(name) && Readiness.isReady(pod()));
    }

    @Test
    void podWhoseLabelsWereChanged_isReleasedAndReplaced() {
        createOne("web:1");
        await(() -> Readiness.isReady(pod()));
        Pod pod = pod();
        pod.getMetadata().getLabels().put("app", "inspected");

        cluster.store.update("pods", Resource.write(pod));

        await(() -> cluster.pods().size() == 2);
        assertThat(cluster.pods())
                .filteredOn(found ->
                        found.getMetadata().getName().equals(pod.getMetadata().getName()))
                .allSatisfy(found ->
                        assertThat(found.getMetadata().getOwnerReferences()).isEmpty());
    }
}
