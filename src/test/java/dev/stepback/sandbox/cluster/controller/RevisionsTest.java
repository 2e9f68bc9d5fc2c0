package dev.stepback.sandbox.cluster.controller;

import static dev.stepback.sandbox.cluster.controller.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RevisionsTest {
    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    @Test
    void replicaSet_isNamedByTheHashOfItsTemplate() {
        cluster.createAndAwait(TestCluster.web("web:1").build());

        ReplicaSet set = cluster.replicaSets().get(0);
        String hash = set.getMetadata().getLabels().get("pod-template-hash");
        assertThat(set.getMetadata().getName()).isEqualTo("web-" + hash);
        assertThat(hash).matches("[bcdfghjklmnpqrstvwxz2456789]+");
        assertThat(set.getSpec().getSelector().getMatchLabels())
                .isEqualTo(Map.of("app", "web", "pod-template-hash", hash));
        assertThat(set.getSpec().getTemplate().getMetadata().getLabels()).containsEntry("pod-template-hash", hash);
        assertThat(set.getMetadata().getAnnotations())
                .containsEntry("deployment.kubernetes.io/desired-replicas", "3")
                .containsEntry("deployment.kubernetes.io/max-replicas", "4")
                .containsEntry("deployment.kubernetes.io/revision", "1");
        assertThat(cluster.pods())
                .allSatisfy(pod -> assertThat(pod.getMetadata().getName()).startsWith("web-" + hash + "-"));
    }

    @Test
    void revisions_countUp() {
        cluster.createAndAwait(TestCluster.web("web:1").build());
        cluster.release("web:2");
        cluster.release("web:3");

        assertThat(cluster.revisions()).containsExactly(1L, 2L, 3L);
        assertThat(Revisions.of(cluster.web())).isEqualTo(3);
    }

    @Test
    void replicaSetUsedAgain_getsTheNextNumberAndKeepsTheOldOnesAsHistory() {
        cluster.createAndAwait(TestCluster.web("web:1").build());
        cluster.release("web:2");
        cluster.release("web:1");
        cluster.release("web:2");
        cluster.release("web:1");

        assertThat(cluster.revisions()).containsExactly(4L, 5L);
        assertThat(Revisions.annotation(cluster.replicaSet("web:1"), Revisions.HISTORY))
                .isEqualTo("1,3");
        assertThat(Revisions.annotation(cluster.replicaSet("web:2"), Revisions.HISTORY))
                .isEqualTo("2");
        assertThat(Revisions.of(cluster.web())).isEqualTo(5);
    }

    @Test
    void annotations_areCopiedToTheCurrentReplicaSetOnly() {
        cluster.createAndAwait(TestCluster.web("web:1")
                .editMetadata()
                .addToAnnotations(Revisions.CHANGE_CAUSE, "first")
                .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "{}")
                .endMetadata()
                .build());
        cluster.edit(web -> {
            web.getMetadata().getAnnotations().put(Revisions.CHANGE_CAUSE, "second");
            web.getSpec().getTemplate().getSpec().getContainers().get(0).setImage("web:2");
        });
        cluster.awaitRolledOut();
        cluster.edit(web -> web.getMetadata().getAnnotations().put("team", "shop"));
        await(() -> Revisions.annotation(cluster.replicaSet("web:2"), "team").equals("shop"));

        Map<String, String> first = cluster.replicaSet("web:1").getMetadata().getAnnotations();
        assertThat(first)
                .containsEntry(Revisions.CHANGE_CAUSE, "first")
                .doesNotContainKey("kubectl.kubernetes.io/last-applied-configuration")
                .doesNotContainKey("team");
        assertThat(Revisions.annotation(cluster.replicaSet("web:2"), Revisions.CHANGE_CAUSE))
                .isEqualTo("second");
    }

    @Test
    void history_isCutToItsLimit() {
        cluster.createAndAwait(TestCluster.web("web:1")
                .editSpec()
                .withRevisionHistoryLimit(2)
                .endSpec()
                .build());
        for (String image : List.of("web:2", "web:3", "web:4", "web:5")) {
            cluster.release(image);
        }

        await(() -> cluster.revisions().equals(List.of(3L, 4L, 5L)));
    }

    @Test
    void historyLimitOfNone_leavesTheCurrentReplicaSetAlone() {
        cluster.createAndAwait(TestCluster.web("web:1")
                .editSpec()
                .withRevisionHistoryLimit(0)
                .endSpec()
                .build());
        cluster.release("web:2");

        await(() -> cluster.revisions().equals(List.of(2L)));
    }

    @Test
    void takenName_leadsToAnother() {
        cluster.create(
                TestCluster.web("web:1").editSpec().withPaused(true).endSpec().build());
        String hash = PodTemplates.hash(cluster.web().getSpec().getTemplate(), 0);
        ReplicaSet foreign = ReplicaSets.make(
                TestCluster.web("other:1")
                        .editMetadata()
                        .withUid("foreign")
                        .endMetadata()
                        .build(),
                1,
                0,
                0);
        foreign.getMetadata().setName("web-" + hash);
        foreign.getMetadata().setOwnerReferences(List.of());
        foreign.getMetadata().setLabels(Map.of());
        cluster.store.create(Resource.REPLICA_SETS.name(), Resource.write(foreign));

        cluster.edit(web -> web.getSpec().setPaused(false));
        cluster.awaitRolledOut();

        assertThat(cluster.web().getStatus().getCollisionCount()).isEqualTo(1);
        assertThat(cluster.replicaSets()).hasSize(2);
    }
}
