package dev.stepback.sandbox.cluster.controller;

import static dev.stepback.sandbox.cluster.controller.OneApp.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stepback.stage.ParityCluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a DaemonSet controller does, on the sandbox and, with {@code -Dstepback.it.kubeconfig=FILE}, on a real cluster. */
class DaemonSetIT {
    private static ParityCluster cluster;

    @BeforeAll
    static void open() throws Exception {
        cluster = new ParityCluster();
    }

    @AfterAll
    static void close() throws Exception {
        cluster.close();
    }

    private static Daemon running(String name, String tag) {
        return new Daemon(cluster, name).running(tag, set -> set);
    }

    @Test
    void everyNode_hasOnePod_ofTheRevision() {
        Daemon agent = running("nodes", "3.7");

        ControllerRevision revision = agent.controllerRevisions().get(0);
        String hash = revision.getMetadata().getLabels().get("controller-revision-hash");
        assertThat(revision.getMetadata().getName()).isEqualTo("nodes-" + hash);
        assertThat(agent.pods())
                .extracting(pod -> pod.getSpec().getNodeName())
                .containsExactly("node-1", "node-2", "node-3");
        assertThat(agent.pods())
                .allSatisfy(pod -> assertThat(pod.getMetadata().getLabels())
                        .containsEntry("controller-revision-hash", hash)
                        .containsEntry("pod-template-generation", "1"));
        assertThat(agent.live().getStatus().getDesiredNumberScheduled()).isEqualTo(3);
        assertThat(agent.live().getMetadata().getAnnotations())
                .containsEntry("deprecated.daemonset.template.generation", "1");
    }

    @Test
    void rollingUpdate_takesOnePodAwayAtATime() {
        Daemon agent = running("rolling", "3.7");
        try (PodDeletions deletions = new PodDeletions(cluster, "rolling")) {
            agent.release("3.8");
            agent.awaitImages("3.8", "3.8", "3.8");

            assertThat(deletions.names()).hasSize(3);
            assertThat(deletions.fewestReady()).isGreaterThanOrEqualTo(2);
        }
        assertThat(agent.history()).isEqualTo(Map.of(1L, "3.7", 2L, "3.8"));
    }

    @Test
    void maxSurge_startsTheNewPodFirst() {
        String minor = cluster.client().getKubernetesVersion().getMinor().replaceAll("\\D", "");
        assumeTrue(Integer.parseInt(minor) >= 22, "the cluster does not know it yet");
        Daemon agent = new Daemon(cluster, "surge").running("3.7", Daemon.rolling(1, 0));
        try (PodDeletions deletions = new PodDeletions(cluster, "surge")) {
            agent.release("3.8");
            agent.awaitImages("3.8", "3.8", "3.8");

            assertThat(deletions.fewestReady()).isGreaterThanOrEqualTo(3);
            assertThat(deletions.mostPods()).isGreaterThan(3);
        }
    }

    @Test
    void brokenRelease_stopsAtItsFirstPod_andIsUndoneWithoutHelp() {
        Daemon agent = running("broken", "3.7");
        agent.release("3.8-unready");
        agent.awaitImages("3.7", "3.7", "3.8-unready!");

        agent.release("3.7");

        agent.awaitImages("3.7", "3.7", "3.7");
        assertThat(agent.history()).isEqualTo(Map.of(2L, "3.8-unready", 3L, "3.7"));
    }

    @Test
    void onDelete_waitsForSomebodyToDeleteThePods() {
        Daemon agent = new Daemon(cluster, "on-delete").running("3.7", Daemon::onDelete);
        agent.release("3.8");
        eventually(() -> assertThat(agent.history()).containsEntry(2L, "3.8"));
        Pod first = agent.pods().get(0);

        agent.delete(first);

        agent.awaitImages("3.7", "3.7", "3.8");
        assertThat(agent.live().getStatus().getUpdatedNumberScheduled()).isEqualTo(1);
        assertThat(agent.pods().get(0).getSpec().getNodeName())
                .isEqualTo(first.getSpec().getNodeName());
    }

    @Test
    void history_isCutToItsLimit() {
        Daemon agent = new Daemon(cluster, "limit")
                .running(
                        "3.1", set -> set.editSpec().withRevisionHistoryLimit(1).endSpec());
        for (String tag : List.of("3.2", "3.3")) {
            agent.release(tag);
            agent.awaitImages(tag, tag, tag);
        }

        eventually(() -> assertThat(agent.history()).isEqualTo(Map.of(2L, "3.2", 3L, "3.3")));
    }

    @Test
    void kubectl_undoesRestartsAndShowsHistory() throws Exception {
        assumeTrue(ParityCluster.hasKubectl(), "no kubectl");
        Daemon agent = running("undo", "3.7");
        agent.kubectl("annotate", "ds/undo", "kubernetes.io/change-cause=release 3.8");
        agent.release("3.8");
        agent.awaitImages("3.8", "3.8", "3.8");
        assertThat(agent.kubectl("rollout", "status", "ds/undo")).contains("successfully rolled out");
        assertThat(agent.kubectl("rollout", "history", "ds/undo")).contains("1 ", "<none>", "2 ", "release 3.8");
        assertThat(agent.kubectl("rollout", "history", "ds/undo", "--revision=1"))
                .contains("pause:3.7");

        assertThat(agent.kubectl("rollout", "undo", "ds/undo")).contains("rolled back");

        agent.awaitImages("3.7", "3.7", "3.7");
        assertThat(agent.history()).isEqualTo(Map.of(2L, "3.8", 3L, "3.7"));
        assertThat(agent.kubectl("rollout", "undo", "ds/undo", "--to-revision=3"))
                .contains("skipped rollback");
        assertThat(agent.kubectl("rollout", "undo", "ds/undo", "--to-revision=9"))
                .contains("unable to find specified revision 9 in history");
        assertThat(agent.kubectl("rollout", "restart", "ds/undo")).contains("restarted");
        eventually(() -> assertThat(agent.history()).isEqualTo(Map.of(2L, "3.8", 3L, "3.7", 4L, "3.7")));
        assertThat(agent.kubectl("get", "ds", "undo"))
                .contains("DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE");
    }
}
