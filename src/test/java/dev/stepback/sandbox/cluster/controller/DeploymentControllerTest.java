package dev.stepback.sandbox.cluster.controller;

import static dev.stepback.sandbox.cluster.controller.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeploymentControllerTest {
    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    @Test
    void newDeployment_becomesAvailable() {
        cluster.createAndAwait(TestCluster.web("web:1").build());

        DeploymentStatus status = cluster.web().getStatus();
        assertThat(status.getReplicas()).isEqualTo(3);
        assertThat(status.getUpdatedReplicas()).isEqualTo(3);
        assertThat(status.getReadyReplicas()).isEqualTo(3);
        assertThat(status.getAvailableReplicas()).isEqualTo(3);
        assertThat(status.getUnavailableReplicas()).isNull();
        assertThat(cluster.condition("Available").orElseThrow().getReason()).isEqualTo("MinimumReplicasAvailable");
        assertThat(cluster.events("ScalingReplicaSet"))
                .extracting(Event::getMessage)
                .containsExactly("Scaled up replica set "
                        + cluster.replicaSets().get(0).getMetadata().getName() + " from 0 to 3");
    }

    @ParameterizedTest
    @CsvSource({"25%, 25%, 4", "1, 0, 3", "0, 1, 3", "0, 25%, 2", "50%, 50%, 5", "100%, 0, 2"})
    void rollout_staysWithinItsBounds(String surge, String unavailable, int replicas) throws Exception {
        cluster.createAndAwait(TestCluster.web("web:1")
                .editSpec()
                .withReplicas(replicas)
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(intOrPercent(surge))
                .withMaxUnavailable(intOrPercent(unavailable))
                .endRollingUpdate()
                .endStrategy()
                .endSpec()
                .build());
        Rolling rolling = Rolling.of(cluster.web());

        try (PodCounter counter = PodCounter.on(cluster)) {
            cluster.release("web:2");

            assertThat(counter.mostPods()).isLessThanOrEqualTo(rolling.maxPods());
            assertThat(counter.fewestReady()).isGreaterThanOrEqualTo(rolling.minAvailable());
        }
        assertThat(cluster.replicaSet("web:1").getSpec().getReplicas()).isZero();
    }

    private static IntOrString intOrPercent(String text) {
        return text.endsWith("%") ? new IntOrString(text) : new IntOrString(Integer.valueOf(text));
    }

    @Test
    void recreate_startsNoNewPodBeforeTheLastOldOneIsGone() throws Exception {
        cluster.createAndAwait(TestCluster.web("web:1")
                .editSpec()
                .withNewStrategy()
                .withType("Recreate")
                .endStrategy()
                .endSpec()
                .build());

        try (PodCounter counter = PodCounter.on(cluster)) {
            cluster.release("web:2");

            assertThat(counter.imagesSideBySide()).isEqualTo(1);
        }
    }

    @Test
    void rolloutThatFails_keepsEnoughOldPodsAndExceedsItsDeadline() {
        cluster.createAndAwait(TestCluster.web("web:1")
                .editSpec()
                .withProgressDeadlineSeconds(1)
                .endSpec()
                .build());

        cluster.setImage("web:2-crash");
        await(() -> cluster.progressing().equals("ProgressDeadlineExceeded"));

        assertThat(cluster.condition("Progressing").orElseThrow().getStatus()).isEqualTo("False");
        assertThat(cluster.condition("Available").orElseThrow().getStatus()).isEqualTo("True");
        assertThat(cluster.replicaSet("web:1").getStatus().getReadyReplicas()).isEqualTo(3);
        assertThat(cluster.web().getStatus().getUpdatedReplicas()).isEqualTo(1);
        assertThat(cluster.web().getStatus().getUnavailableReplicas()).isEqualTo(1);
    }

    @Test
    void rolloutBackFromAFailedOne_succeeds() {
        cluster.createAndAwait(TestCluster.web("web:1")
                .editSpec()
                .withProgressDeadlineSeconds(1)
                .endSpec()
                .build());
        cluster.setImage("web:2-unready");
        await(() -> cluster.progressing().equals("ProgressDeadlineExceeded"));

        cluster.release("web:1");

        assertThat(cluster.revisions()).containsExactly(2L, 3L);
        await(() -> cluster.pods().size() == 3);
    }

    @Test
    void pausedDeployment_rollsNothingOutButScales() {
        cluster.createAndAwait(TestCluster.web("web:1").build());
        cluster.edit(web -> web.getSpec().setPaused(true));
        await(() -> cluster.progressing().equals("DeploymentPaused"));

        cluster.setImage("web:2");
        cluster.edit(web -> web.getSpec().setReplicas(5));
        await(() -> Integer.valueOf(5).equals(cluster.web().getStatus().getReadyReplicas()));
        assertThat(cluster.replicaSets()).hasSize(1);

        cluster.edit(web -> web.getSpec().setPaused(null));
        cluster.awaitRolledOut();
        assertThat(cluster.revisions()).containsExactly(1L, 2L);
    }

    @Test
    void scalingInTheMiddleOfARollout_sharesByProportion() {
        cluster.createAndAwait(
                TestCluster.web("web:1").editSpec().withReplicas(8).endSpec().build());
        cluster.setImage("web:2-unready");
        await(() -> cluster.replicaSets().size() == 2
                && cluster.replicaSet("web:2-unready").getSpec().getReplicas() == 4
                && cluster.replicaSet("web:1").getSpec().getReplicas() == 6);

        cluster.edit(web -> web.getSpec().setReplicas(16));

        await(() -> cluster.replicaSet("web:1").getSpec().getReplicas() == 12
                && cluster.replicaSet("web:2-unready").getSpec().getReplicas() == 8);
    }

    @Test
    void minReadySeconds_delaysAvailability() {
        cluster.create(TestCluster.web("web:1")
                .editSpec()
                .withReplicas(1)
                .withMinReadySeconds(2)
                .endSpec()
                .build());

        await(() -> cluster.web().getStatus() != null
                && Integer.valueOf(1).equals(cluster.web().getStatus().getReadyReplicas()));
        assertThat(cluster.web().getStatus().getAvailableReplicas()).isNull();
        cluster.awaitRolledOut();
    }

    @Test
    void observedGeneration_followsTheSpec() {
        cluster.createAndAwait(TestCluster.web("web:1").build());
        cluster.release("web:2");

        assertThat(cluster.web().getMetadata().getGeneration()).isEqualTo(2);
        assertThat(cluster.web().getStatus().getObservedGeneration()).isEqualTo(2);
        assertThat(cluster.replicaSets()).hasSize(2);
        assertThat(List.of("web:1", "web:2"))
                .allSatisfy(image -> assertThat(
                                cluster.replicaSet(image).getStatus().getObservedGeneration())
                        .isEqualTo(cluster.replicaSet(image).getMetadata().getGeneration()));
    }
}
