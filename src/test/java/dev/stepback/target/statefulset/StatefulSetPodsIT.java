package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.controllerrevision.RevisionedRelease;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Which pods a StatefulSet's rollback deletes: those that block the rollout, and with {@code OnDelete} those of the release.
 * Runs on the sandbox cluster, and with {@code -Dstepback.it.kubeconfig=FILE} on a real one.
 */
class StatefulSetPodsIT {
    private static final OptionalLong PREVIOUS = OptionalLong.empty();
    private static ParityCluster cluster;

    @BeforeAll
    static void open() throws Exception {
        cluster = new ParityCluster();
    }

    @AfterAll
    static void close() throws Exception {
        cluster.close();
    }

    private static RevisionedRelease of(String name, Consumer<ObjectNode> settings, String... tags) {
        return new RevisionedRelease(
                        cluster,
                        StatefulSetTarget.of(cluster.client(), new Redactor(List.of()), Clock.systemUTC()),
                        name)
                .through(settings, tags);
    }

    @Test
    void brokenPod_onlyOne() {
        forced("forced-1", 1, 0);
    }

    @Test
    void brokenPod_lastOfThree() {
        forced("forced-3", 3, 2);
    }

    @Test
    void brokenPod_middleOfThree_whoseNumbersBeginWithFive() {
        forced("forced-3m", 5, 3, 6);
    }

    @Test
    void brokenPod_firstOfThree() {
        forced("forced-3f", 3, 0);
    }

    @Test
    void brokenPod_lastMiddleAndFirstOfTen() {
        forced("forced-10", 10, 9);
        forced("forced-10m", 10, 5);
        forced("forced-10f", 10, 0);
    }

    @Test
    void brokenPodBesideAMissingOneAndAReadyOneOfAnotherRelease_allComeBackRight() {
        RevisionedRelease db = of("mixed", spec -> spec.put("replicas", 4), "3.7");
        db.awaitStatus(State.DONE);
        strategy(db, "OnDelete");
        db.deploy("3.8");
        deletePod(db, 3);
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().contains("3.8"));
        db.deploy("3.9-unready");
        deletePod(db, 0);
        deletePod(db, 2);
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> db.states().stream().filter("3.9-unready!"::equals).count() == 1);
        strategy(db, "RollingUpdate");

        Plan plan = db.undo(OptionalLong.of(1));

        assertThat(plan.steps()).extracting(PlannedStep::type).contains("statefulset.delete-stuck-pods");
        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7", "3.7");
    }

    /** Without a partition its controller would make the pod anew from the revision that is being left. */
    @Test
    void brokenPod_whereTheStrategyNamesNoPartition_isDeletedOnce_andComesBackRight() {
        RevisionedRelease db = of("no-partition", spec -> spec.put("replicas", 3), "3.7", "3.8");
        db.awaitStatus(State.DONE);
        breakPod(db, 0, "3.9-unready");

        Plan plan = db.undo(OptionalLong.of(1));

        assertThat(plan.findings())
                .contains(Finding.warn(
                        "no-partition",
                        "Its updateStrategy names no partition: a pod that is deleted would come back on revision 2."
                                + " Before one is deleted, partition 0 is written, which is the default."));
        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7");
        assertThat(db.live().at("/spec/updateStrategy/rollingUpdate/partition").asInt(-1))
                .isZero();
    }

    /** The state that kubectl's undo leaves behind. */
    @Test
    void stuckPod_isDeleted_alsoWhenTheTemplateIsRightAlready() {
        RevisionedRelease db = of("right-already", spec -> spec.put("replicas", 3), "3.7");
        db.awaitStatus(State.DONE);
        breakPod(db, 2);
        db.deploy("3.7");
        long generation = db.live().at("/metadata/generation").asLong();
        assertThat(db.awaitStatus(State.RUNNING).message()).contains("right-already-2 is stuck on another revision");

        Plan plan = db.undo(db.history().current());

        assertThat(plan.changes()).isEmpty();
        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7");
        assertThat(db.live().at("/metadata/generation").asLong()).isEqualTo(generation);
    }

    @Test
    void onDelete_replacesPodsOneAtATime_highestFirst() {
        RevisionedRelease db = of("on-delete", spec -> spec.put("replicas", 3), "3.7");
        db.awaitStatus(State.DONE);
        strategy(db, "OnDelete");
        db.deploy("3.8");
        deletePod(db, 0);
        deletePod(db, 2);
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().equals(List.of("3.8", "3.7", "3.8")));

        Plan plan = db.planned(PREVIOUS);
        assertThat(plan.steps())
                .extracting(PlannedStep::description)
                .containsExactly(
                        "Restore the template of revision 1",
                        "Delete pod on-delete-2 and wait for the new one",
                        "Delete pod on-delete-0 and wait for the new one",
                        "Wait until every pod runs it");
        db.run(plan);

        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7");
    }

    /** While its pod 0 is not ready, the controller makes no other pod again. */
    @Test
    void onDelete_podThatIsNotReadyGoesFirst_andNoOtherMeanwhile() {
        RevisionedRelease db = of("on-delete-broken", spec -> spec.put("replicas", 3), "3.7");
        db.awaitStatus(State.DONE);
        strategy(db, "OnDelete");
        db.deploy("3.8");
        deletePod(db, 2);
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().contains("3.8"));
        db.deploy("3.9-unready");
        deletePod(db, 0);
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().contains("3.9-unready!"));

        Plan plan = db.planned(OptionalLong.of(1));
        assertThat(plan.steps())
                .extracting(PlannedStep::description)
                .containsSubsequence(
                        "Delete pod on-delete-broken-0 and wait for the new one",
                        "Delete pod on-delete-broken-2 and wait for the new one");
        assertThat(plan.findings())
                .contains(Finding.warn(
                        "strategy",
                        "Its strategy is OnDelete: 2 of its pods will be deleted, each once the one before is"
                                + " available, those that are not ready before the others, then highest ordinal"
                                + " first."));
        // As if it had broken only after it was planned.
        List<PlannedStep> steps = plan.steps();
        db.run(new Plan(
                plan.hash(),
                plan.targetUid(),
                plan.from(),
                plan.to(),
                plan.changes(),
                plan.findings(),
                List.of(steps.get(0), steps.get(2), steps.get(1), steps.get(3))));

        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7");
    }

    @Test
    void onDelete_morePodsThanWereApproved_voidThePlan() {
        RevisionedRelease db = of("more-pods", spec -> spec.put("replicas", 2), "3.7");
        db.awaitStatus(State.DONE);
        strategy(db, "OnDelete");
        db.deploy("3.8");
        deletePod(db, 1);
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().equals(List.of("3.7", "3.8")));
        Plan plan = db.planned(PREVIOUS);

        deletePod(db, 0);
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().equals(List.of("3.8", "3.8")));

        assertThat(db.target().changedSince(db.ref, plan))
                .hasValueSatisfying(why -> assertThat(why).contains("Delete pod more-pods-0"));
    }

    @Test
    void parallel_needsNoDeletion() {
        RevisionedRelease db =
                of("parallel", spec -> spec.put("replicas", 2).put("podManagementPolicy", "Parallel"), "3.7");
        db.awaitStatus(State.DONE);
        db.deploy("3.8-unready");
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().contains("3.8-unready!"));

        Plan plan = db.undo(PREVIOUS);

        assertThat(plan.steps())
                .extracting(PlannedStep::type)
                .containsExactly("statefulset.undo", "statefulset.await-rollout");
        assertThat(db.states()).containsExactly("3.7", "3.7");
    }

    @Test
    void parallel_brokenPodsThatUseUpMaxUnavailable_areDeleted() {
        RevisionedRelease db = of(
                "parallel-several",
                spec -> spec.put("replicas", 4)
                        .put("podManagementPolicy", "Parallel")
                        .putObject("updateStrategy")
                        .put("type", "RollingUpdate")
                        .putObject("rollingUpdate")
                        .put("maxUnavailable", 2),
                "3.7");
        assumeTrue(
                db.live().at("/spec/updateStrategy/rollingUpdate").has("maxUnavailable"),
                "the cluster does not know it");
        db.awaitStatus(State.DONE);
        db.deploy("3.8-unready");
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> db.states().equals(List.of("3.7", "3.7", "3.8-unready!", "3.8-unready!")));
        List<String> uids = readyUids(db);

        db.undo(PREVIOUS);

        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7", "3.7");
        assertThat(readyUids(db)).containsAll(uids);
    }

    /** Only the broken pod is deleted; all others stay the very pods that they were. */
    private static void forced(String name, int replicas, int broken) {
        forced(name, 0, replicas, broken);
    }

    private static void forced(String name, int start, int replicas, int broken) {
        RevisionedRelease db = of(
                name,
                spec -> spec.put("replicas", replicas).putObject("ordinals").put("start", start),
                "3.7");
        assumeTrue(db.live().at("/spec/ordinals/start").asInt(0) == start, "the cluster does not know it yet");
        db.awaitStatus(State.DONE);
        breakPod(db, broken);
        List<String> uids = readyUids(db);
        assertThat(uids).hasSize(replicas - 1);

        Plan plan = db.planned(PREVIOUS);
        assertThat(plan.findings())
                .contains(Finding.warn(
                        "stuck-pods",
                        "Pod %s-%d is stuck on the broken revision; it will be deleted.".formatted(name, broken)));
        db.run(plan);

        assertThat(db.states()).hasSize(replicas).containsOnly("3.7");
        assertThat(readyUids(db)).containsAll(uids);
    }

    /** One pod gets a release that never becomes ready; the rolling update goes no further. */
    private static void breakPod(RevisionedRelease db, int broken) {
        breakPod(db, broken, "3.8-unready");
    }

    private static void breakPod(RevisionedRelease db, int broken, String tag) {
        strategy(db, "OnDelete");
        db.deploy(tag);
        deletePod(db, broken);
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().contains(tag + "!"));
        strategy(db, "RollingUpdate");
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> db.live().at("/status/observedGeneration").asLong()
                        == db.live().at("/metadata/generation").asLong());
    }

    private static void deletePod(RevisionedRelease db, int ordinal) {
        var pod = cluster.client().pods().inNamespace(db.ref.namespace()).withName(db.ref.name() + "-" + ordinal);
        String uid = pod.require().getMetadata().getUid();
        pod.delete();
        await().atMost(RevisionedRelease.PATIENCE).until(() -> {
            Pod now = pod.get();
            return now == null || !now.getMetadata().getUid().equals(uid);
        });
    }

    private static void strategy(RevisionedRelease db, String type) {
        db.edit(object ->
                ((ObjectNode) object.path("spec")).putObject("updateStrategy").put("type", type));
    }

    private static List<String> readyUids(RevisionedRelease db) {
        return db.pods().stream()
                .filter(pod -> !db.state(pod).endsWith("!"))
                .map(pod -> pod.getMetadata().getUid())
                .toList();
    }
}
