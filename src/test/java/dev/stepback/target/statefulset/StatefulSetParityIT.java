package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.controllerrevision.RevisionedRelease;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a StatefulSet's rollback does on a cluster, side by side with {@code kubectl rollout undo}. Runs on the sandbox
 * cluster, and with {@code -Dstepback.it.kubeconfig=FILE} on a real one.
 */
class StatefulSetParityIT {
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

    private static RevisionedRelease of(String name, String... tags) {
        return of(name, spec -> spec.put("replicas", 2), tags);
    }

    private static RevisionedRelease of(String name, Consumer<ObjectNode> settings, String... tags) {
        return new RevisionedRelease(
                        cluster,
                        StatefulSetTarget.of(cluster.client(), new Redactor(List.of()), Clock.systemUTC()),
                        name)
                .through(settings, tags);
    }

    @Test
    void undo_goesToThePreviousRevision_whichGetsTheNextNumber() {
        RevisionedRelease db = of("previous", "3.7", "3.8", "3.9");

        Plan plan = db.undo(PREVIOUS);

        assertThat(plan.to().number()).isEqualTo(2);
        assertThat(db.tag()).isEqualTo("3.8");
        assertThat(db.history().current()).hasValue(4);
        assertThat(db.numbers()).containsExactly("4=3.8", "3=3.9", "1=3.7");
        assertThat(db.states()).containsExactly("3.8", "3.8");
    }

    @Test
    void undoToN_goesToN() {
        RevisionedRelease db = of("to-n", "3.7", "3.8", "3.9");

        db.undo(OptionalLong.of(1));

        assertThat(db.tag()).isEqualTo("3.7");
        assertThat(db.numbers()).containsExactly("4=3.7", "3=3.9", "2=3.8");
    }

    @Test
    void secondUndo_doesNotBringTheBadReleaseBack() {
        RevisionedRelease db = of("twice", "3.7", "3.8", "3.9");
        String bad = db.currentId();
        db.undo(PREVIOUS, bad);
        String alsoBad = db.currentId();

        db.undo(PREVIOUS, bad, alsoBad);

        assertThat(db.tag()).isEqualTo("3.7");
        assertThat(db.history().current()).hasValue(5);
        assertThat(db.refused(PREVIOUS, bad, alsoBad).reason()).isEqualTo(PlanResult.Reason.ONLY_KNOWN_BAD);
    }

    @Test
    void refusals_areInKubectlsWords() throws Exception {
        RevisionedRelease db = of("refusals", "3.7");
        db.awaitStatus(State.DONE);
        assertThat(db.refused(PREVIOUS).message()).startsWith("no last revision to roll back to");
        assertSaysToo("no last revision to roll back to", "refusals");
        db.deploy("3.8");
        db.awaitStatus(State.DONE);

        assertThat(db.refused(OptionalLong.of(9)).message())
                .isEqualTo("unable to find specified revision 9 in history; there are 2, 1");
        assertSaysToo("unable to find specified revision 9 in history", "refusals", "--to-revision=9");
        assertThat(db.refused(OptionalLong.of(2)).message())
                .isEqualTo("skipped rollback (current template already matches revision 2)");
        assertSaysToo("skipped rollback (current template already matches revision 2)", "refusals", "--to-revision=2");
        assertThat(db.history().current()).hasValue(2);
    }

    @Test
    void historyLimitOfZero_isNamedAsTheReason() {
        RevisionedRelease db =
                of("limit-zero", spec -> spec.put("replicas", 1).put("revisionHistoryLimit", 0), "3.7", "3.8");
        db.awaitStatus(State.DONE);
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> db.history().revisions().size() == 1);

        assertThat(db.refused(PREVIOUS).message()).contains("revisionHistoryLimit is 0");
    }

    @Test
    void deployAfterThePlan_voidsIt_andIsNotOverwritten() {
        RevisionedRelease db = of("deploy", "3.7", "3.8");
        Plan plan = db.planned(PREVIOUS);
        db.deploy("3.9");

        assertThat(db.start(plan, 0))
                .isInstanceOfSatisfying(
                        Step.Start.Void.class,
                        v -> assertThat(v.why()).contains("was changed by ", "pause:3.9", "release 3.9"));
        assertThat(db.target().changedSince(db.ref, plan))
                .hasValueSatisfying(w -> assertThat(w).contains("pause:3.9"));
        assertThat(db.tag()).isEqualTo("3.9");
    }

    @Test
    void scalingAfterThePlan_disturbsNothing_andASecondStartChangesNothing() {
        RevisionedRelease db = of("scaling", "3.7", "3.8");
        Plan plan = db.planned(PREVIOUS);
        db.edit(object -> ((ObjectNode) object.path("spec")).put("replicas", 3));
        assertThat(db.target().changedSince(db.ref, plan)).isEmpty();

        db.run(plan);
        long generation = db.live().at("/metadata/generation").asLong();
        assertThat(db.start(plan, 0)).isEqualTo(new Step.Start.Started());

        assertThat(db.live().at("/metadata/generation").asLong()).isEqualTo(generation);
        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7");
    }

    @Test
    void plan_changesNothing_andSaysThatDataStays() {
        RevisionedRelease db = of("plan", "3.7", "3.8");
        db.awaitStatus(State.DONE);

        Plan plan = db.planned(PREVIOUS);

        assertThat(plan.blocked()).isFalse();
        assertThat(plan.findings())
                .contains(
                        Finding.pass("dry-run", "The API server accepts the change."),
                        Finding.pass("permission", "Stepback may patch this StatefulSet."),
                        Finding.pass("rollout", "No other rollout is in progress."))
                .anySatisfy(f -> assertThat(f.message()).contains("volumes are not rolled back"));
        assertThat(db.tag()).isEqualTo("3.8");
    }

    @Test
    void partition_isKept_andSaid() {
        RevisionedRelease db = of("partition", "3.7");
        db.edit(object -> ((ObjectNode) object.path("spec"))
                .withObject("/updateStrategy/rollingUpdate")
                .put("partition", 1));
        db.awaitStatus(State.DONE);
        db.deploy("3.8");
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().equals(List.of("3.7", "3.8")));

        Plan plan = db.undo(PREVIOUS);

        assertThat(plan.findings()).anySatisfy(f -> assertThat(f.message()).contains("partition stays 1"));
        assertThat(db.states()).containsExactly("3.7", "3.7");
        assertThat(db.live().at("/spec/updateStrategy/rollingUpdate/partition").asInt())
                .isEqualTo(1);
    }

    private static void assertSaysToo(String words, String name, String... more) throws Exception {
        if (ParityCluster.hasKubectl()) {
            assertThat(undo(name, more).text()).contains(words);
        }
    }

    private static ParityCluster.Printed undo(String name, String... more) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("rollout", "undo", "statefulset/" + name));
        command.addAll(List.of(more));
        return cluster.kubectl(command.toArray(String[]::new));
    }

    @Test
    void undo_givesTheSameAsKubectl() throws Exception {
        assumeTrue(ParityCluster.hasKubectl(), "no kubectl");
        RevisionedRelease ours = of("ours", "3.7", "3.8", "3.9");
        RevisionedRelease theirs = of("theirs", "3.7", "3.8", "3.9");
        ours.awaitStatus(State.DONE);
        theirs.awaitStatus(State.DONE);

        ours.undo(PREVIOUS);
        assertThat(undo("theirs").text()).contains("rolled back");
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> theirs.history().current().equals(OptionalLong.of(4)));
        theirs.awaitStatus(State.DONE);
        assertSame(ours, theirs);

        ours.undo(OptionalLong.of(1));
        undo("theirs", "--to-revision=1");
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> theirs.history().current().equals(OptionalLong.of(5)));
        theirs.awaitStatus(State.DONE);
        assertSame(ours, theirs);

        assertThat(cluster.kubectl("rollout", "status", "statefulset/ours").text())
                .endsWith(ours.awaitStatus(State.DONE).message());
    }

    private static void assertSame(RevisionedRelease ours, RevisionedRelease theirs) {
        assertThat(ours.numbers()).isEqualTo(theirs.numbers());
        assertThat(ours.history().current()).isEqualTo(theirs.history().current());
        assertThat(ours.live().at("/spec/template").toString().replace("\"ours\"", "\"theirs\""))
                .isEqualTo(theirs.live().at("/spec/template").toString());
    }
}
