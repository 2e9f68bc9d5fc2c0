package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Revision;
import dev.stepback.target.Rollout;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.workload.Json;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a Deployment's rollback does on a cluster, side by side with {@code kubectl rollout undo}. Runs on the sandbox
 * cluster, and with {@code -Dstepback.it.kubeconfig=FILE} on a real one.
 */
class DeploymentParityIT {
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

    @Test
    void undo_goesToThePreviousRevision_whichGetsTheNextNumber() {
        Release release = Release.of(cluster, "previous", "3.7", "3.8", "3.9");

        Plan plan = release.undo(PREVIOUS);

        assertThat(plan.to().number()).isEqualTo(2);
        assertThat(release.tag()).isEqualTo("3.8");
        assertThat(release.history().current()).hasValue(4);
        assertThat(release.history().revisions()).extracting(Revision::number).containsExactly(4L, 3L, 1L);
        assertThat(release.history().revisions().get(0).earlierNumbers()).containsExactly(2L);
    }

    @Test
    void undoToN_goesToN() {
        Release release = Release.of(cluster, "to-n", "3.7", "3.8", "3.9");

        release.undo(OptionalLong.of(1));

        assertThat(release.tag()).isEqualTo("3.7");
        assertThat(release.history().current()).hasValue(4);
    }

    @Test
    void secondUndo_doesNotBringTheBadReleaseBack() {
        Release release = Release.of(cluster, "twice", "3.7", "3.8", "3.9");
        String bad = release.currentId();
        release.undo(PREVIOUS, bad);
        String alsoBad = release.currentId();

        release.undo(PREVIOUS, bad, alsoBad);

        assertThat(release.tag()).isEqualTo("3.7");
        assertThat(release.history().current()).hasValue(5);
        assertThat(release.refused(PREVIOUS, bad, alsoBad).reason()).isEqualTo(PlanResult.Reason.ONLY_KNOWN_BAD);
    }

    @Test
    void sameTemplate_isSkipped() {
        Release release = Release.of(cluster, "same", "3.7", "3.8");

        assertThat(release.refused(OptionalLong.of(2)).message())
                .isEqualTo("skipped rollback (current template already matches revision 2)");
        assertThat(release.history().current()).hasValue(2);
    }

    @Test
    void refusals_areInKubectlsWords() throws Exception {
        Release release = Release.of(cluster, "refusals", "3.7", "3.8");
        assertThat(release.refused(OptionalLong.of(9)).message())
                .startsWith("unable to find specified revision 9 in history");
        assertSaysToo("unable to find specified revision 9 in history", "refusals", "--to-revision=9");

        release.edit(d ->
                new DeploymentBuilder(d).editSpec().withPaused(true).endSpec().build());
        assertThat(release.refused(PREVIOUS).reason()).isEqualTo(PlanResult.Reason.PAUSED);
        assertThat(release.refused(PREVIOUS).message())
                .startsWith("you cannot rollback a paused deployment; resume it first with");
        assertSaysToo("you cannot rollback a paused deployment; resume it first with", "refusals");
    }

    @Test
    void noHistory_isRefused() throws Exception {
        Release release = Release.of(cluster, "one", "3.7");

        assertThat(release.refused(PREVIOUS).message()).startsWith("no rollout history found for deployment \"one\"");
        assertSaysToo("no rollout history found for deployment \"one\"", "one");
    }

    @Test
    void historyLimitOfZero_isNamedAsTheReason() {
        Release release = new Release(cluster, "limit-zero");
        release.create("3.7", 0);
        release.deploy("3.8");
        release.awaitStatus(Observation.State.DONE);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> release.history().revisions().size() == 1);

        assertThat(release.refused(PREVIOUS).message()).contains("revisionHistoryLimit is 0");
    }

    @Test
    void annotations_areKept_andTheChangeCauseIsOurs() {
        Release release = Release.of(cluster, "annotations", "3.7", "3.8");
        release.edit(d -> new DeploymentBuilder(d)
                .editMetadata()
                .addToAnnotations("team", "payments")
                .endMetadata()
                .build());

        release.undo(PREVIOUS);

        String rollback =
                String.valueOf(release.live().getMetadata().getAnnotations().get("stepback.dev/rollback"));
        String cause = "rolled back to revision 1 by Stepback (" + rollback
                + "), asked by Ana, approved by Lea: 5xx since noon";
        assertThat(release.live().getMetadata().getAnnotations())
                .containsEntry("team", "payments")
                .containsEntry("kubernetes.io/change-cause", cause);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> release.history().revisions().get(0).changeCause().equals(cause));
    }

    @Test
    void deployAfterThePlan_voidsIt_andIsNotOverwritten() {
        Release release = Release.of(cluster, "deploy", "3.7", "3.8");
        Plan plan = release.planned(PREVIOUS);
        release.deploy("3.9");

        assertThat(release.start(plan, "rb-1"))
                .isInstanceOfSatisfying(
                        Step.Start.Void.class,
                        v -> assertThat(v.why()).contains("was changed by ", "pause:3.9", "release 3.9"));
        assertThat(release.tag()).isEqualTo("3.9");
    }

    @Test
    void scalingAfterThePlan_disturbsNothing() {
        Release release = Release.of(cluster, "scaling", "3.7", "3.8");
        Plan plan = release.planned(PREVIOUS);
        release.resource().scale(3);
        assertThat(release.planned(PREVIOUS).hash()).isEqualTo(plan.hash());

        assertThat(release.start(plan, "rb-1")).isEqualTo(new Step.Start.Started());
        release.finish(plan);

        assertThat(release.tag()).isEqualTo("3.7");
        assertThat(release.live().getSpec().getReplicas()).isEqualTo(3);
    }

    @Test
    void secondStart_changesNothing() {
        Release release = Release.of(cluster, "double", "3.7", "3.8");
        Plan plan = release.planned(PREVIOUS);
        assertThat(release.start(plan, "rb-1")).isEqualTo(new Step.Start.Started());
        long generation = release.live().getMetadata().getGeneration();

        assertThat(release.start(plan, "rb-1")).isEqualTo(new Step.Start.Started());

        assertThat(release.live().getMetadata().getGeneration()).isEqualTo(generation);
    }

    @Test
    void recreatedDeployment_isAnotherOne() {
        Release release = Release.of(cluster, "recreated", "3.7", "3.8");
        Plan plan = release.planned(PREVIOUS);
        release.resource().delete();
        await().atMost(Duration.ofMinutes(1)).until(() -> release.resource().get() == null);
        assertThat(release.start(plan, "rb-1")).isInstanceOf(Step.Start.Void.class);

        release.create("3.9", 10);

        assertThat(release.start(plan, "rb-1")).isInstanceOf(Step.Start.Void.class);
        assertThat(release.tag()).isEqualTo("3.9");
    }

    @Test
    void plan_changesNothing_andTheApiServerAcceptsIt() {
        Release release = Release.of(cluster, "plan", "3.7", "3.8");
        release.awaitStatus(Observation.State.DONE);
        long generation = release.live().getMetadata().getGeneration();

        Plan plan = release.planned(PREVIOUS);

        assertThat(plan.blocked()).isFalse();
        assertThat(plan.findings())
                .contains(
                        Finding.pass("dry-run", "The API server accepts the change."),
                        Finding.pass("permission", "Stepback may patch this Deployment."),
                        Finding.pass("rollout", "No other rollout is in progress."));
        assertThat(release.live().getMetadata().getGeneration()).isEqualTo(generation);
        assertThat(release.tag()).isEqualTo("3.8");
    }

    @Test
    void releaseThatCannotBePulled_isNamed_andUndone() {
        Release release = Release.of(cluster, "bad-pull", "3.7");
        release.awaitStatus(Observation.State.DONE);
        release.deploy("missing");

        await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
            Rollout rollout = Objects.requireNonNull(
                    release.awaitStatus(Observation.State.RUNNING).rollout());
            assertThat(rollout.problems())
                    .isNotEmpty()
                    .allSatisfy(p -> assertThat(p.reason()).isIn("ImagePullBackOff", "ErrImagePull"));
        });
        release.undo(PREVIOUS);

        assertThat(release.awaitStatus(Observation.State.DONE).message())
                .isEqualTo("deployment \"bad-pull\" successfully rolled out");
    }

    @Test
    void releaseStuckAtItsDeadline_isUndone_withoutItsOldFailureCounting() {
        Release release = Release.of(cluster, "stuck", "3.7");
        release.awaitStatus(Observation.State.DONE);
        release.edit(d -> new DeploymentBuilder(d)
                .editSpec()
                .withProgressDeadlineSeconds(2)
                .withNewStrategy()
                .withType("Recreate")
                .endStrategy()
                .endSpec()
                .build());
        release.deploy("missing");
        assertThat(release.awaitStatus(Observation.State.FAILED).message())
                .isEqualTo("deployment \"stuck\" exceeded its progress deadline");
        release.edit(d -> new DeploymentBuilder(d)
                .editSpec()
                .withProgressDeadlineSeconds(120)
                .endSpec()
                .build());

        release.undo(PREVIOUS);

        assertThat(release.tag()).isEqualTo("3.7");
    }

    @Test
    void undo_givesTheSameAsKubectl() throws Exception {
        assumeTrue(ParityCluster.hasKubectl(), "no kubectl");
        Release ours = Release.of(cluster, "ours", "3.7", "3.8", "3.9");
        Release theirs = Release.of(cluster, "theirs", "3.7", "3.8", "3.9");
        assertSame(ours, theirs);

        ours.undo(PREVIOUS);
        kubectlUndo(theirs);
        assertSame(ours, theirs);

        ours.undo(OptionalLong.of(1));
        kubectlUndo(theirs, "--to-revision=1");
        assertSame(ours, theirs);

        assertThat(cluster.kubectl("rollout", "history", "deployment/ours").text())
                .contains("rolled back to revision 1 by Stepback");
        assertThat(cluster.kubectl("rollout", "status", "deployment/ours").text())
                .endsWith(ours.awaitStatus(Observation.State.DONE).message());
    }

    private static void kubectlUndo(Release release, String... more) throws Exception {
        long before = release.history().current().orElseThrow();
        ParityCluster.Printed printed = undo(release.ref.name(), more);
        assertThat(printed.text()).contains("rolled back");
        await().atMost(Duration.ofMinutes(2))
                .until(() -> release.history().current().orElse(0) > before);
        release.awaitStatus(Observation.State.DONE);
    }

    private static ParityCluster.Printed undo(String name, String... more) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("rollout", "undo", "deployment/" + name));
        command.addAll(List.of(more));
        return cluster.kubectl(command.toArray(String[]::new));
    }

    private static void assertSaysToo(String words, String name, String... more) throws Exception {
        if (ParityCluster.hasKubectl()) {
            assertThat(undo(name, more).text()).contains(words);
        }
    }

    private static void assertSame(Release ours, Release theirs) {
        assertThat(numbers(ours)).isEqualTo(numbers(theirs));
        assertThat(ours.history().current()).isEqualTo(theirs.history().current());
        assertThat(template(ours)).isEqualTo(template(theirs));
    }

    private static Map<Long, List<Object>> numbers(Release release) {
        Map<Long, List<Object>> numbers = new TreeMap<>();
        release.history().revisions().forEach(r -> numbers.put(r.number(), List.of(r.images(), r.earlierNumbers())));
        return numbers;
    }

    /** With the label that tells the two apart made the same. */
    private static String template(Release release) {
        return Json.canonical(cluster.client()
                        .getKubernetesSerialization()
                        .convertValue(
                                release.live().getSpec().getTemplate(), com.fasterxml.jackson.databind.JsonNode.class))
                .replace("\"app\":\"" + release.ref.name() + "\"", "\"app\":\"twin\"");
    }
}
