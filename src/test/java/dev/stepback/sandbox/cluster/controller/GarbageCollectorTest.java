package dev.stepback.sandbox.cluster.controller;

import static dev.stepback.sandbox.cluster.controller.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GarbageCollectorTest {
    private final TestCluster cluster = new TestCluster();

    @BeforeEach
    void create() {
        cluster.createAndAwait(TestCluster.web("web:1").build());
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    @Test
    void deletionInTheBackground_takesDependentsAlong() {
        cluster.store.delete("deployments.apps", TestCluster.NAMESPACE, "web", "Background");

        assertThat(cluster.list(Resource.DEPLOYMENTS)).isEmpty();
        await(() -> cluster.replicaSets().isEmpty() && cluster.pods().isEmpty());
    }

    @Test
    void deletionInTheForeground_waitsForDependents() {
        cluster.store.delete("deployments.apps", TestCluster.NAMESPACE, "web", "Foreground");

        assertThat(cluster.web().getMetadata().getDeletionTimestamp()).isNotNull();
        await(() -> cluster.list(Resource.DEPLOYMENTS).isEmpty());
        assertThat(cluster.replicaSets()).isEmpty();
        assertThat(cluster.pods()).isEmpty();
    }

    @Test
    void orphans_stayAndAreAdoptedByANewDeployment() {
        cluster.store.delete("deployments.apps", TestCluster.NAMESPACE, "web", "Orphan");
        await(() -> cluster.list(Resource.DEPLOYMENTS).isEmpty());
        assertThat(cluster.replicaSets())
                .hasSize(1)
                .allSatisfy(set ->
                        assertThat(set.getMetadata().getOwnerReferences()).isEmpty());
        assertThat(cluster.pods()).hasSize(3);

        cluster.createAndAwait(TestCluster.web("web:1").build());

        assertThat(cluster.replicaSets())
                .hasSize(1)
                .allSatisfy(set ->
                        assertThat(set.getMetadata().getOwnerReferences()).hasSize(1));
    }
}
