package dev.stepback.target.daemonset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.controllerrevision.RevisionedRelease;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a DaemonSet's rollback does on a cluster, side by side with {@code kubectl rollout undo}. Runs on the sandbox
 * cluster, and with {@code -Dstepback.it.kubeconfig=FILE} on a real one.
 */
class DaemonSetParityIT {
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
        return of(name, spec -> {}, tags);
    }

    private static RevisionedRelease of(String name, Consumer<ObjectNode> settings, String... tags) {
        return new RevisionedRelease(
                        cluster, DaemonSetTarget.of(cluster.client(), new Redactor(List.of()), Clock.systemUTC()), name)
                .through(settings, tags);
    }

    @Test
    void undo_goesToThePreviousRevision_whichGetsTheNextNumber() {
        RevisionedRelease agent = of("previous", "3.7", "3.8", "3.9");

        Plan plan = agent.undo(PREVIOUS);

        assertThat(plan.to().number()).isEqualTo(2);
        assertThat(agent.tag()).isEqualTo("3.8");
        assertThat(agent.numbers()).containsExactly("4=3.8", "3=3.9", "1=3.7");
        assertThat(agent.states()).isNotEmpty().containsOnly("3.8");
    }

    @Test
    void secondUndo_doesNotBringTheBadReleaseBack() {
        RevisionedRelease agent = of("twice", "3.7", "3.8", "3.9");
        String bad = agent.currentId();
        agent.undo(PREVIOUS, bad);
        String alsoBad = agent.currentId();

        agent.undo(PREVIOUS, bad, alsoBad);

        assertThat(agent.tag()).isEqualTo("3.7");
        assertThat(agent.history().current()).hasValue(5);
        assertThat(agent.refused(PREVIOUS, bad, alsoBad).reason()).isEqualTo(PlanResult.Reason.ONLY_KNOWN_BAD);
    }

    @Test
    void refusals_areInKubectlsWords() throws Exception {
        RevisionedRelease agent = of("refusals", "3.7");
        agent.awaitStatus(State.DONE);
        assertThat(agent.refused(PREVIOUS).message()).startsWith("no last revision to roll back to");
        assertSaysToo("no last revision to roll back to", "refusals");
        agent.deploy("3.8");
        agent.awaitStatus(State.DONE);

        assertThat(agent.refused(OptionalLong.of(9)).message())
                .isEqualTo("unable to find specified revision 9 in history; there are 2, 1");
        assertSaysToo("unable to find specified revision 9 in history", "refusals", "--to-revision=9");
        assertThat(agent.refused(OptionalLong.of(2)).message())
                .isEqualTo("skipped rollback (current template already matches revision 2)");
        assertSaysToo("skipped rollback (current template already matches revision 2)", "refusals", "--to-revision=2");
    }

    @Test
    void historyLimitOfZero_isNamedAsTheReason() {
        RevisionedRelease agent = of("limit-zero", spec -> spec.put("revisionHistoryLimit", 0), "3.7", "3.8");
        agent.awaitStatus(State.DONE);
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> agent.history().revisions().size() == 1);

        assertThat(agent.refused(PREVIOUS).message()).contains("revisionHistoryLimit is 0");
    }

    @Test
    void deployAfterThePlan_voidsIt_andIsNotOverwritten() {
        RevisionedRelease agent = of("deploy", "3.7", "3.8");
        Plan plan = agent.planned(PREVIOUS);
        agent.deploy("3.9");

        assertThat(agent.start(plan, 0))
                .isInstanceOfSatisfying(
                        Step.Start.Void.class,
                        v -> assertThat(v.why()).contains("was changed by ", "pause:3.9", "release 3.9"));
        assertThat(agent.tag()).isEqualTo("3.9");
    }

    @Test
    void brokenRelease_isUndone_withoutDeletingPods() {
        RevisionedRelease agent = of("broken", "3.7");
        agent.awaitStatus(State.DONE);
        agent.deploy("3.8-unready");
        await().atMost(RevisionedRelease.PATIENCE).until(() -> agent.states().contains("3.8-unready!"));

        Plan plan = agent.undo(PREVIOUS);

        assertThat(plan.steps())
                .extracting(PlannedStep::type)
                .containsExactly("daemonset.undo", "daemonset.await-rollout");
        assertThat(agent.states()).containsOnly("3.7");
    }

    @Test
    void onDelete_replacesThePodsOfTheRelease_oneNodeAfterTheOther() {
        RevisionedRelease agent =
                of("on-delete", spec -> spec.putObject("updateStrategy").put("type", "OnDelete"), "3.7");
        agent.awaitStatus(State.DONE);
        agent.deploy("3.8-unready");
        String replaced = agent.pods().get(0).getMetadata().getName();
        String node = agent.pods().get(0).getSpec().getNodeName();
        cluster.client()
                .pods()
                .inNamespace(cluster.namespace())
                .withName(replaced)
                .delete();
        await().atMost(RevisionedRelease.PATIENCE).until(() -> agent.states().contains("3.8-unready!"));

        Plan plan = agent.planned(PREVIOUS);
        assertThat(plan.findings())
                .contains(Finding.warn(
                        "strategy", "Its strategy is OnDelete: its pods on 1 node will be deleted, one at a time."));
        assertThat(plan.steps())
                .extracting(PlannedStep::description)
                .contains("Delete the pod on %s and wait for the new one".formatted(node));
        agent.run(plan);

        assertThat(agent.states()).containsOnly("3.7");
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

        assertThat(cluster.kubectl("rollout", "status", "daemonset/ours").text())
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

    private static void assertSaysToo(String words, String name, String... more) throws Exception {
        if (ParityCluster.hasKubectl()) {
            assertThat(undo(name, more).text()).contains(words);
        }
    }

    private static ParityCluster.Printed undo(String name, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of("rollout", "undo", "daemonset/" + name));
        command.addAll(List.of(more));
        return cluster.kubectl(command.toArray(String[]::new));
    }
}
