package dev.stepback.target.controllerrevision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a rollback does alike to StatefulSets and DaemonSets, side by side with {@code kubectl rollout undo}. */
public abstract class RevisionedParity {
    protected static final OptionalLong PREVIOUS = OptionalLong.empty();
    protected static ParityCluster cluster;

    @BeforeAll
    static void open() throws Exception {
        cluster = new ParityCluster();
    }

    @AfterAll
    static void close() throws Exception {
        cluster.close();
    }

    protected abstract TargetType target(KubernetesClient client);

    /** Makes a workload small enough for a test. */
    protected void small(ObjectNode spec) {}

    protected final RevisionedRelease of(String name, String... tags) {
        return of(name, spec -> {}, tags);
    }

    /** @param settings made in the workload's spec, which is small already */
    protected final RevisionedRelease of(String name, Consumer<ObjectNode> settings, String... tags) {
        return new RevisionedRelease(cluster, target(cluster.client()), name)
                .through(
                        spec -> {
                            small(spec);
                            settings.accept(spec);
                        },
                        tags);
    }

    @Test
    void undo_goesToThePreviousRevision_whichGetsTheNextNumber() {
        RevisionedRelease release = of("previous", "3.7", "3.8", "3.9");

        Plan plan = release.undo(PREVIOUS);

        assertThat(plan.to().number()).isEqualTo(2);
        assertThat(release.tag()).isEqualTo("3.8");
        assertThat(release.history().current()).hasValue(4);
        assertThat(release.numbers()).containsExactly("4=3.8", "3=3.9", "1=3.7");
        assertThat(release.states()).isNotEmpty().containsOnly("3.8");
    }

    @Test
    void secondUndo_doesNotBringTheBadReleaseBack() {
        RevisionedRelease release = of("twice", "3.7", "3.8", "3.9");
        String bad = release.currentId();
        release.undo(PREVIOUS, bad);
        String alsoBad = release.currentId();

        release.undo(PREVIOUS, bad, alsoBad);

        assertThat(release.tag()).isEqualTo("3.7");
        assertThat(release.history().current()).hasValue(5);
        assertThat(release.refused(PREVIOUS, bad, alsoBad).reason()).isEqualTo(PlanResult.Reason.ONLY_KNOWN_BAD);
    }

    @Test
    void refusals_areInKubectlsWords() throws Exception {
        RevisionedRelease release = of("refusals", "3.7");
        release.awaitStatus(State.DONE);
        assertThat(release.refused(PREVIOUS).message()).startsWith("no last revision to roll back to");
        assertSaysToo("no last revision to roll back to");
        release.deploy("3.8");
        release.awaitStatus(State.DONE);

        assertThat(release.refused(OptionalLong.of(9)).message())
                .isEqualTo("unable to find specified revision 9 in history; there are 2, 1");
        assertSaysToo("unable to find specified revision 9 in history", "--to-revision=9");
        assertThat(release.refused(OptionalLong.of(2)).message())
                .isEqualTo("skipped rollback (current template already matches revision 2)");
        assertSaysToo("skipped rollback (current template already matches revision 2)", "--to-revision=2");
        assertThat(release.history().current()).hasValue(2);
    }

    private void assertSaysToo(String words, String... more) throws Exception {
        if (ParityCluster.hasKubectl()) {
            assertThat(undo("refusals", more).text()).contains(words);
        }
    }

    @Test
    void historyLimitOfZero_isNamedAsTheReason() {
        RevisionedRelease release = of("limit-zero", spec -> spec.put("revisionHistoryLimit", 0), "3.7", "3.8");
        release.awaitStatus(State.DONE);
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> release.history().revisions().size() == 1);

        assertThat(release.refused(PREVIOUS).message()).contains("revisionHistoryLimit is 0");
    }

    @Test
    void deployAfterThePlan_voidsIt_andIsNotOverwritten() {
        RevisionedRelease release = of("deploy", "3.7", "3.8");
        Plan plan = release.planned(PREVIOUS);
        release.deploy("3.9");

        assertThat(release.start(plan, 0))
                .isInstanceOfSatisfying(
                        Step.Start.Void.class,
                        v -> assertThat(v.why()).contains("was changed by ", "pause:3.9", "release 3.9"));
        assertThat(release.target().changedSince(release.ref, plan))
                .hasValueSatisfying(why -> assertThat(why).contains("pause:3.9"));
        assertThat(release.tag()).isEqualTo("3.9");
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
        awaitNumber(theirs, 4);
        assertSame(ours, theirs);

        ours.undo(OptionalLong.of(1));
        undo("theirs", "--to-revision=1");
        awaitNumber(theirs, 5);
        assertSame(ours, theirs);
        assertThat(ours.tag()).isEqualTo("3.7");

        assertThat(cluster.kubectl("rollout", "status", resource("ours")).text())
                .endsWith(ours.awaitStatus(State.DONE).message());
    }

    private static void awaitNumber(RevisionedRelease release, long number) {
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> release.history().current().equals(OptionalLong.of(number)));
        release.awaitStatus(State.DONE);
    }

    private static void assertSame(RevisionedRelease ours, RevisionedRelease theirs) {
        assertThat(ours.numbers()).isEqualTo(theirs.numbers());
        assertThat(ours.history().current()).isEqualTo(theirs.history().current());
        assertThat(ours.live().at("/spec/template").toString().replace("\"ours\"", "\"theirs\""))
                .isEqualTo(theirs.live().at("/spec/template").toString());
    }

    private ParityCluster.Printed undo(String name, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of("rollout", "undo", resource(name)));
        command.addAll(List.of(more));
        return cluster.kubectl(command.toArray(String[]::new));
    }

    private String resource(String name) {
        return target(cluster.client()).kind().lowerCase() + "/" + name;
    }
}
