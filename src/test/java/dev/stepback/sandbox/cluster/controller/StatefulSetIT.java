package dev.stepback.sandbox.cluster.controller;

import static dev.stepback.sandbox.cluster.controller.OneApp.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stepback.stage.ParityCluster;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a StatefulSet controller does, on the sandbox and, with {@code -Dstepback.it.kubeconfig=FILE}, on a real cluster. */
class StatefulSetIT {
    private static ParityCluster cluster;

    @BeforeAll
    static void open() throws Exception {
        cluster = new ParityCluster();
    }

    @AfterAll
    static void close() throws Exception {
        cluster.close();
    }

    private static Stateful running(String name, String tag) {
        return new Stateful(cluster, name).running(tag, set -> set);
    }

    @Test
    void pods_haveNumbersRevisionsAndClaims() {
        Stateful db = running("identity", "3.7");
        String revision = db.revisionName("3.7");

        assertThat(db.pods()).hasSize(3).allSatisfy(pod -> {
            String name = pod.getMetadata().getName();
            assertThat(pod.getMetadata().getLabels())
                    .containsEntry("controller-revision-hash", revision)
                    .containsEntry("statefulset.kubernetes.io/pod-name", name);
            assertThat(pod.getSpec().getHostname()).isEqualTo(name);
            assertThat(pod.getSpec().getVolumes())
                    .anySatisfy(volume -> assertThat(
                                    volume.getPersistentVolumeClaim().getClaimName())
                            .isEqualTo("data-" + name));
        });
        db.awaitRolledOut();
        assertThat(db.live().getStatus().getCurrentRevision()).isEqualTo(revision);
        ControllerRevision written = db.controllerRevisions().get(0);
        assertThat(written.getMetadata().getLabels()).containsKey("controller.kubernetes.io/hash");
        assertThat(revision)
                .isEqualTo("identity-" + written.getMetadata().getLabels().get("controller.kubernetes.io/hash"));
    }

    @Test
    void rollingUpdate_replacesFromTheHighestNumberDown_oneByOne() {
        Stateful db = running("order", "3.7");
        try (PodDeletions deletions = new PodDeletions(cluster, "order")) {
            db.release("3.8");
            db.awaitImages("3.8", "3.8", "3.8");

            assertThat(deletions.names()).containsExactly("order-2", "order-1", "order-0");
            assertThat(deletions.fewestReady()).isGreaterThanOrEqualTo(2);
        }
        db.awaitRolledOut();
        assertThat(db.history()).isEqualTo(Map.of(1L, "3.7", 2L, "3.8"));
        assertThat(claims("order")).containsExactly("data-order-0", "data-order-1", "data-order-2");
    }

    @Test
    void brokenPod_staysEvenWhenTheTemplateIsRightAgain() {
        Stateful db = running("stuck", "3.7");
        db.awaitRolledOut();
        db.release("3.8-unready");
        db.awaitImages("3.7", "3.7", "3.8-unready!");

        db.release("3.7");
        String good = db.revisionName("3.7");
        eventually(() -> {
            assertThat(db.live().getStatus().getObservedGeneration())
                    .isEqualTo(db.live().getMetadata().getGeneration());
            assertThat(db.live().getStatus().getUpdateRevision()).isEqualTo(good);
        });

        assertThat(db.history()).isEqualTo(Map.of(2L, "3.8-unready", 3L, "3.7"));
        assertThat(db.tags()).containsExactly("3.7", "3.7", "3.8-unready!");
        db.release("3.9");
        eventually(() -> assertThat(db.history()).containsEntry(4L, "3.9"));
        assertThat(db.tags()).containsExactly("3.7", "3.7", "3.8-unready!");
        db.release("3.7");

        db.delete(2);

        db.awaitImages("3.7", "3.7", "3.7");
        db.awaitRolledOut();
        assertThat(db.history()).isEqualTo(Map.of(2L, "3.8-unready", 4L, "3.9", 5L, "3.7"));
    }

    @Test
    void parallel_replacesAPodThatIsNotReady() {
        Stateful db = new Stateful(cluster, "parallel").running("3.7", Stateful::parallel);
        db.release("3.8-unready");
        db.awaitImages("3.7", "3.7", "3.8-unready!");

        db.release("3.7");

        db.awaitImages("3.7", "3.7", "3.7");
    }

    @Test
    void partition_keepsTheLowerNumbersOnTheOldRevision() {
        Stateful db = new Stateful(cluster, "partition").running("3.7", set -> Stateful.partition(set, 2));
        db.release("3.8");
        db.awaitImages("3.7", "3.7", "3.8");

        db.delete(0);
        db.awaitImages("3.7", "3.7", "3.8");
        assertThat(db.live().getStatus().getCurrentRevision()).isEqualTo(db.revisionName("3.7"));
        assertThat(db.live().getStatus().getUpdateRevision()).isEqualTo(db.revisionName("3.8"));
        assertThat(db.live().getStatus().getUpdatedReplicas()).isEqualTo(1);
        assertThat(db.live().getStatus().getCurrentReplicas()).isEqualTo(2);

        db.edit(set -> Stateful.partition(set, 0));
        db.awaitImages("3.8", "3.8", "3.8");
        db.awaitRolledOut();
    }

    /** Kubernetes' {@code newVersionedStatefulSetPod} counts the pods that are left on the current revision. */
    @Test
    void podThatIsDeleted_whereTheStrategyNamesNoPartition_comesBackOnTheCurrentRevision() {
        Stateful db = new Stateful(cluster, "no-partition").running("3.7", Stateful::withoutPartition);
        db.awaitRolledOut();
        db.release("3.8-unready");
        db.awaitImages("3.7", "3.7", "3.8-unready!");

        db.delete(0);

        eventually(() -> assertThat(db.tags()).doesNotContain("3.7!").hasSize(3));
        db.awaitImages("3.7", "3.7", "3.8-unready!");
        db.delete(1);
        db.awaitImages("3.7", "3.8-unready!", "3.8-unready!");
    }

    @Test
    void numbers_beginWhereTheSetSays_andThePartitionCountsFromThere() {
        Stateful db =
                new Stateful(cluster, "from-five").running("3.7", set -> Stateful.start(Stateful.partition(set, 1), 5));
        assumeTrue(db.live().getSpec().getOrdinals() != null, "the cluster does not know it yet");
        assertThat(db.names()).containsExactly("from-five-5", "from-five-6", "from-five-7");

        try (PodDeletions deletions = new PodDeletions(cluster, "from-five")) {
            db.release("3.8");
            db.awaitImages("3.7", "3.8", "3.8");
            assertThat(deletions.names()).containsExactly("from-five-7", "from-five-6");
        }
        db.delete(5);
        db.awaitImages("3.7", "3.8", "3.8");
        assertThat(db.live().getStatus().getUpdatedReplicas()).isEqualTo(2);

        db.edit(set -> Stateful.start(set, 6));
        eventually(() -> assertThat(db.names()).containsExactly("from-five-6", "from-five-7", "from-five-8"));
        db.awaitImages("3.8", "3.8", "3.8");
    }

    @Test
    void onDelete_waitsForSomebodyToDeleteThePods() {
        Stateful db = new Stateful(cluster, "on-delete").running("3.7", Stateful::onDelete);
        db.release("3.8");
        eventually(() -> assertThat(db.live().getStatus().getUpdateRevision()).isEqualTo(db.revisionName("3.8")));
        assertThat(db.tags()).containsExactly("3.7", "3.7", "3.7");

        db.delete(1);

        db.awaitImages("3.7", "3.8", "3.7");
        db.delete(0);
        db.awaitImages("3.8", "3.8", "3.7");
        db.delete(2);
        db.awaitImages("3.8", "3.8", "3.8");
        assertThat(db.live().getStatus().getCurrentRevision()).isEqualTo(db.revisionName("3.7"));
    }

    @Test
    void scalingDown_endsTheHighestNumbers_andKeepsTheirClaims() {
        Stateful db = running("scaling", "3.7");
        db.edit(set -> set.editSpec().withReplicas(1).endSpec());
        db.awaitImages("3.7");

        assertThat(claims("scaling")).hasSize(3);
        db.edit(set -> set.editSpec().withReplicas(3).endSpec());
        db.awaitImages("3.7", "3.7", "3.7");
    }

    @Test
    void history_isCutToItsLimit_butKeepsWhatRuns() {
        Stateful db = new Stateful(cluster, "limit")
                .running(
                        "3.1", set -> set.editSpec().withRevisionHistoryLimit(1).endSpec());
        for (String tag : List.of("3.2", "3.3", "3.4")) {
            db.release(tag);
            db.awaitImages(tag, tag, tag);
            db.awaitRolledOut();
        }

        eventually(() -> assertThat(db.history()).isEqualTo(Map.of(3L, "3.3", 4L, "3.4")));
    }

    @Test
    void minReadySeconds_delayTheNextPod() {
        Stateful db = new Stateful(cluster, "patient")
                .running("3.7", set -> set.editSpec().withMinReadySeconds(3).endSpec());
        assumeTrue(db.live().getSpec().getMinReadySeconds() != null, "the cluster does not know it yet");
        db.release("3.8");

        db.awaitImages("3.7", "3.7", "3.8");
        assertThat(db.live().getStatus().getUpdatedReplicas()).isEqualTo(1);
        db.awaitImages("3.8", "3.8", "3.8");
        db.awaitRolledOut();
    }

    @Test
    void maxUnavailable_replacesSeveralAtATime() {
        Stateful db = new Stateful(cluster, "several")
                .running(
                        "3.7",
                        set -> Stateful.parallel(set)
                                .editSpec()
                                .withNewUpdateStrategy()
                                .withType("RollingUpdate")
                                .withNewRollingUpdate()
                                .withMaxUnavailable(new IntOrString(2))
                                .endRollingUpdate()
                                .endUpdateStrategy()
                                .endSpec());
        assumeTrue(
                db.live().getSpec().getUpdateStrategy().getRollingUpdate().getMaxUnavailable() != null,
                "behind a feature gate");
        try (PodDeletions deletions = new PodDeletions(cluster, "several")) {
            db.release("3.8");
            db.awaitImages("3.8", "3.8", "3.8");

            assertThat(deletions.names()).startsWith("several-2", "several-1").hasSize(3);
            assertThat(deletions.fewestReady()).isEqualTo(1);
        }
    }

    @Test
    void kubectl_undoesRestartsAndShowsHistory() throws Exception {
        assumeTrue(ParityCluster.hasKubectl(), "no kubectl");
        Stateful db = running("undo", "3.7");
        db.kubectl("annotate", "sts/undo", "kubernetes.io/change-cause=release 3.8");
        db.release("3.8");
        db.awaitImages("3.8", "3.8", "3.8");
        db.awaitRolledOut();
        assertThat(db.kubectl("rollout", "history", "sts/undo")).contains("1 ", "<none>", "2 ", "release 3.8");
        assertThat(db.kubectl("rollout", "history", "sts/undo", "--revision=1")).contains("pause:3.7");
        assertThat(db.kubectl("rollout", "status", "sts/undo")).contains("roll", "complete", "3");

        assertThat(db.kubectl("rollout", "undo", "sts/undo")).contains("rolled back");

        db.awaitImages("3.7", "3.7", "3.7");
        assertThat(db.history()).isEqualTo(Map.of(2L, "3.8", 3L, "3.7"));
        assertThat(db.kubectl("rollout", "undo", "sts/undo", "--to-revision=3")).contains("skipped rollback");
        assertThat(db.kubectl("rollout", "undo", "sts/undo", "--to-revision=9"))
                .contains("unable to find specified revision 9 in history");
        assertThat(db.kubectl("rollout", "restart", "sts/undo")).contains("restarted");
        eventually(() -> assertThat(db.history()).isEqualTo(Map.of(2L, "3.8", 3L, "3.7", 4L, "3.7")));
        assertThat(db.kubectl("get", "sts", "undo")).contains("NAME", "READY", "AGE", "undo");
        assertThat(db.kubectl("get", "controllerrevisions"))
                .contains("NAME", "CONTROLLER", "REVISION", "AGE", "statefulset.apps/undo");
    }

    private static List<String> claims(String app) {
        return cluster
                .client()
                .persistentVolumeClaims()
                .inNamespace(cluster.namespace())
                .withLabel("app", app)
                .list()
                .getItems()
                .stream()
                .map((PersistentVolumeClaim claim) -> claim.getMetadata().getName())
                .sorted()
                .toList();
    }
}
