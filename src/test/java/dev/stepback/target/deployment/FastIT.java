package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Attribution;
import dev.stepback.target.Guard;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.Borrowed;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a fast rollback does to a Deployment, and what it leaves. Runs on the sandbox cluster, and with {@code
 * -Dstepback.it.kubeconfig=FILE} on a real one.
 */
class FastIT {
    private static ParityCluster cluster;

    @BeforeAll
    static void open() throws Exception {
        cluster = new ParityCluster();
    }

    @AfterAll
    static void close() throws Exception {
        cluster.close();
    }

    private static Release of(String name, int surge, String... tags) {
        Release release = new Release(cluster, name);
        release.create(tags[0], 10);
        release.edit(d -> new DeploymentBuilder(d)
                .editSpec()
                .withReplicas(4)
                .editStrategy()
                .editRollingUpdate()
                .withMaxSurge(new IntOrString(surge))
                .withMaxUnavailable(new IntOrString(0))
                .endRollingUpdate()
                .endStrategy()
                .endSpec()
                .build());
        release.awaitStatus(State.DONE);
        for (int i = 1; i < tags.length; i++) {
            release.deploy(tags[i]);
        }
        return release;
    }

    private static Plan planned(Release release, OptionalLong revision) {
        return ((PlanResult.Planned) release.target()
                        .plan(
                                release.ref,
                                new PlanRequest(
                                        Operation.UNDO, revision, Map.of(), new PlanOptions(true, false, false))))
                .plan();
    }

    private static StepContext context(Release release, Plan plan, int step) {
        return new StepContext(
                release.ref,
                plan.targetUid(),
                plan.steps().get(step),
                new Attribution("rb-" + plan.hash().substring(0, 8), "Ana", List.of("Lea"), "5xx", false),
                Guard.NONE);
    }

    private static Step step(Release release, PlannedStep planned) {
        return release.target().steps().stream()
                .filter(s -> s.type().equals(planned.type()))
                .findFirst()
                .orElseThrow();
    }

    private static void start(Release release, Plan plan, int i) {
        assertThat(step(release, plan.steps().get(i)).start(context(release, plan, i)))
                .isEqualTo(new Step.Start.Started());
    }

    private static void finish(Release release, Plan plan, int i) {
        await().atMost(Release.PATIENCE).until(() -> {
            var seen = step(release, plan.steps().get(i)).observe(context(release, plan, i));
            assertThat(seen.state()).as(seen.message()).isNotEqualTo(State.FAILED);
            return seen.state() == State.DONE;
        });
    }

    private static String surge(Release release) {
        return String.valueOf(release.live()
                .getSpec()
                .getStrategy()
                .getRollingUpdate()
                .getMaxSurge()
                .getValue());
    }

    @Test
    void allNewPodsStartAtOnce_andTheStrategyIsAsItWas() {
        Release checkout = of("fast", 1, "3.7", "3.8");
        checkout.awaitStatus(State.DONE);
        Plan plan = planned(checkout, OptionalLong.of(1));
        assertThat(plan.steps().get(0).description())
                .isEqualTo("Restore the template of revision 1, all new pods at once (maxSurge 1 → 100%, put back"
                        + " afterwards)");

        start(checkout, plan, 0);

        assertThat(surge(checkout)).isEqualTo("100%");
        await().atMost(Release.PATIENCE)
                .until(() ->
                        cluster
                                        .client()
                                        .apps()
                                        .replicaSets()
                                        .inNamespace(checkout.ref.namespace())
                                        .list()
                                        .getItems()
                                        .stream()
                                        .filter(rs -> rs.getMetadata().getName().startsWith("fast-"))
                                        .mapToInt(rs -> rs.getSpec().getReplicas())
                                        .sum()
                                >= 4);
        finish(checkout, plan, 1);
        start(checkout, plan, 2);
        finish(checkout, plan, 2);

        assertThat(checkout.tag()).isEqualTo("3.7");
        assertThat(surge(checkout)).isEqualTo("1");
        assertThat(Objects.requireNonNull(checkout.live().getMetadata().getAnnotations()))
                .doesNotContainKey(Borrowed.NOTE);
        checkout.awaitStatus(State.DONE);
        assertThat(checkout.target().borrowing(List.of(checkout.ref.namespace())))
                .isEmpty();
    }

    @Test
    void whatIsLeftBehind_isFoundAndGivenBack() {
        Release checkout = of("left", 1, "3.7", "3.8");
        Plan plan = planned(checkout, OptionalLong.of(1));
        start(checkout, plan, 0);
        String rollback = "rb-" + plan.hash().substring(0, 8);

        assertThat(checkout.target().borrowing(List.of(checkout.ref.namespace())))
                .containsEntry(checkout.ref, rollback);
        await().atMost(Release.PATIENCE).until(() -> checkout.target().giveBack(checkout.ref, rollback));

        assertThat(surge(checkout)).isEqualTo("1");
        assertThat(checkout.target().borrowing(List.of(checkout.ref.namespace())))
                .doesNotContainKey(checkout.ref);
    }

    /** The Deployment controller copies the note to the ReplicaSet, and kubectl's undo copies it back. */
    @Test
    void noteThatKubectlBringsBack_changesNothing() throws Exception {
        assumeTrue(ParityCluster.hasKubectl(), "no kubectl");
        Release checkout = of("brought-back", 1, "3.7", "3.8");
        checkout.awaitStatus(State.DONE);
        Plan plan = planned(checkout, OptionalLong.of(1));
        start(checkout, plan, 0);
        finish(checkout, plan, 1);
        start(checkout, plan, 2);
        checkout.deploy("3.9");
        checkout.awaitStatus(State.DONE);
        cluster.kubectl("rollout", "undo", "deployment/brought-back", "--to-revision=3");
        checkout.edit(d -> new DeploymentBuilder(d)
                .editSpec()
                .editStrategy()
                .editRollingUpdate()
                .withMaxSurge(new IntOrString("100%"))
                .endRollingUpdate()
                .endStrategy()
                .endSpec()
                .build());

        Map<TargetRef, String> found = checkout.target().borrowing(List.of(checkout.ref.namespace()));
        if (found.containsKey(checkout.ref)) {
            checkout.target().giveBack(checkout.ref, String.valueOf(found.get(checkout.ref)));
        }

        assertThat(surge(checkout)).isEqualTo("100%");
        assertThat(checkout.target().borrowing(List.of(checkout.ref.namespace())))
                .doesNotContainKey(checkout.ref);
    }
}
