package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Finding;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.controllerrevision.RevisionedRelease;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A StatefulSet that is rolled back partition by partition. Runs on the sandbox cluster, and with {@code
 * -Dstepback.it.kubeconfig=FILE} on a real one.
 */
class ByPartitionIT {
    private static final OptionalLong PREVIOUS = OptionalLong.empty();
    private static final PlanOptions BY_PARTITION = new PlanOptions(false, true, false);
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
                        StatefulSetTarget.of(
                                cluster.client(),
                                new Redactor(List.of()),
                                Clock.systemUTC(),
                                DataChecks.NONE,
                                Duration.ofSeconds(1)),
                        name)
                .through(settings, tags);
    }

    private static int partition(RevisionedRelease db) {
        return db.live().at(Borrowed.PARTITION).asInt();
    }

    private static void partition(RevisionedRelease db, int partition) {
        db.edit(object -> ((ObjectNode) object.path("spec"))
                .withObject("/updateStrategy/rollingUpdate")
                .put("partition", partition));
    }

    /** Runs a plan as the engine does, and writes down the states of the pods whenever something is going to be done. */
    private static List<List<String>> run(RevisionedRelease db, Plan plan) {
        List<List<String>> states = new ArrayList<>();
        for (int i = 0; i < plan.steps().size(); i++) {
            db.started(plan, i);
            roll(db, plan, i, states);
        }
        return states;
    }

    private static void roll(RevisionedRelease db, Plan plan, int step, List<List<String>> states) {
        await().atMost(RevisionedRelease.PATIENCE).until(() -> {
            Step.Observation seen = db.observe(plan, step);
            assertThat(seen.state()).as(seen.message()).isNotEqualTo(State.FAILED);
            if (seen.state() == State.AGAIN) {
                states.add(db.states());
                db.start(plan, step);
            }
            return seen.state() == State.DONE;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"OrderedReady", "Parallel"})
    void pods_areReplacedOneByOne_eachOnceTheOneBeforeIsReady(String management) {
        RevisionedRelease db = of(
                "one-by-one-" + management.toLowerCase(Locale.ROOT),
                spec -> spec.put("replicas", 3).put("podManagementPolicy", management),
                "3.7",
                "3.8");
        db.awaitStatus(State.DONE);

        Plan plan = db.planned(PREVIOUS, BY_PARTITION);
        String name = db.ref.name();
        assertThat(plan.steps())
                .extracting(PlannedStep::description)
                .containsExactly(
                        "Restore the template of revision 1, and hold all pods back at first (partition 0 → 3)",
                        "Replace %s-2 down to %s-0 one by one, each once the one before has been ready for 1 s"
                                .formatted(name, name),
                        "Wait until every pod runs it");
        List<List<String>> states = run(db, plan);

        assertThat(states).containsExactly(List.of("3.8", "3.8", "3.7"), List.of("3.8", "3.7", "3.7"));
        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7");
        assertThat(partition(db)).isZero();
        assertThat(Json.annotation(db.live(), Borrowed.NOTE)).isEmpty();
        assertThat(db.start(plan, 1)).isEqualTo(new Step.Start.Started());
    }

    /** Its numbers begin with 5, and the partition counts from there. */
    @Test
    void itsOwnPartition_isWhereItEnds() {
        RevisionedRelease db = of(
                "own-partition",
                spec -> spec.put("replicas", 3).putObject("ordinals").put("start", 5),
                "3.7");
        // A cluster that does not know it yet begins with 0.
        int first = db.live().at("/spec/ordinals/start").asInt(0);
        partition(db, 1);
        db.awaitStatus(State.DONE);
        db.deploy("3.8");
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().equals(List.of("3.7", "3.8", "3.8")));
        db.awaitStatus(State.DONE);

        Plan plan = db.planned(PREVIOUS, BY_PARTITION);
        assertThat(plan.steps().get(1).description())
                .startsWith("Replace own-partition-" + (first + 2) + " down to own-partition-" + (first + 1)
                        + " one by one");
        List<List<String>> states = run(db, plan);

        assertThat(states).containsExactly(List.of("3.7", "3.8", "3.7"));
        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7");
        assertThat(partition(db)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void stuckPods_areDeletedOnTheWay_andReadyOnesNever(int broken) {
        RevisionedRelease db = of("stuck-" + broken, spec -> spec.put("replicas", 3), "3.7");
        db.awaitStatus(State.DONE);
        partition(db, broken);
        db.deploy("3.8-unready");
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> db.states().stream().anyMatch("3.8-unready!"::equals));
        partition(db, 0);
        List<String> ready = readyUids(db);
        assertThat(ready).hasSize(2);

        run(db, db.planned(PREVIOUS, BY_PARTITION));

        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7");
        assertThat(readyUids(db)).containsAll(ready);
        assertThat(partition(db)).isZero();
    }

    /** It would come back on the release in between, and the controller touches none of the others meanwhile. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void stuckPod_onTheWayToAnOlderRevision_isGotPastOnlyWhenItIsTheNextOne(int broken) {
        RevisionedRelease db = of("older-" + broken, spec -> spec.put("replicas", 3), "3.7", "3.8");
        db.awaitStatus(State.DONE);
        db.edit(object ->
                ((ObjectNode) object.path("spec")).putObject("updateStrategy").put("type", "OnDelete"));
        db.deploy("3.9-unready");
        cluster.client().resource(db.pods().get(broken)).delete();
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().contains("3.9-unready!"));
        db.edit(object -> ((ObjectNode) object.path("spec"))
                .putObject("updateStrategy")
                .put("type", "RollingUpdate")
                .putObject("rollingUpdate")
                .put("partition", 0));
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> db.live().at("/status/observedGeneration").asLong()
                        == db.live().at("/metadata/generation").asLong());

        PlanResult result =
                db.target().plan(db.ref, new PlanRequest(Operation.UNDO, OptionalLong.of(1), Map.of(), BY_PARTITION));

        if (broken == 2) {
            run(db, ((PlanResult.Planned) result).plan());
            assertThat(db.states()).containsExactly("3.7", "3.7", "3.7");
        } else {
            assertThat(result)
                    .isInstanceOfSatisfying(
                            PlanResult.Refused.class,
                            refused -> assertThat(refused.message())
                                    .startsWith(
                                            "Pod older-%d-%d is not ready, and until it is".formatted(broken, broken))
                                    .contains("Ask without “by partition”"));
            assertThat(db.plan(OptionalLong.of(1))).isInstanceOf(PlanResult.Planned.class);
        }
    }

    private static List<String> readyUids(RevisionedRelease db) {
        return db.pods().stream()
                .filter(pod -> !db.state(pod).endsWith("!"))
                .map(pod -> pod.getMetadata().getUid())
                .toList();
    }

    @Test
    void podThatDoesNotGetReady_holdsTheOthersBack_andThePlainWayBackPutsThePartitionRight() {
        RevisionedRelease db = of("stands-still", spec -> spec.put("replicas", 3), "3.7-unready");
        db.deploy("3.8");
        // The first release never got its pods ready; they are replaced by hand.
        await().atMost(RevisionedRelease.PATIENCE).until(() -> {
            db.pods().stream()
                    .filter(pod -> db.state(pod).startsWith("3.7"))
                    .forEach(pod -> cluster.client().resource(pod).delete());
            return db.states().equals(List.of("3.8", "3.8", "3.8"));
        });
        db.awaitStatus(State.DONE);
        Plan plan = db.planned(OptionalLong.of(1), BY_PARTITION);
        db.started(plan, 0);
        db.started(plan, 1);
        await().atMost(RevisionedRelease.PATIENCE).until(() -> {
            if (db.observe(plan, 1).state() == State.AGAIN) {
                db.start(plan, 1);
            }
            return db.states().equals(List.of("3.8", "3.8", "3.7-unready!"));
        });
        assertThat(db.observe(plan, 1).message())
                .isEqualTo("Waiting for pod stands-still-2 to be ready for 1 s (0 of 3 pods are done)...");
        assertThat(partition(db)).isEqualTo(2);

        Plan back = db.planned(OptionalLong.of(2));
        assertThat(back.steps().get(0).description())
                .isEqualTo("Restore the template of revision 2, and set its partition to 0 as it was before a rollback"
                        + " that stands still");
        assertThat(back.findings())
                .contains(Finding.warn(
                        "stands-still",
                        "An earlier rollback stands still at partition 2; this one ends with 0, as it was"
                                + " before that. To go on with that one, ask for “resume” instead."));
        run(db, back);

        assertThat(db.states()).containsExactly("3.8", "3.8", "3.8");
        assertThat(partition(db)).isZero();
        assertThat(Json.annotation(db.live(), Borrowed.NOTE)).isEmpty();
    }

    @Test
    void rollbackThatStandsStill_goesOnWhenItIsAskedForAgain() {
        RevisionedRelease db = of("goes-on", spec -> spec.put("replicas", 3), "3.7", "3.8");
        db.awaitStatus(State.DONE);
        Plan plan = db.planned(PREVIOUS, BY_PARTITION);
        db.started(plan, 0);
        db.started(plan, 1);
        assertThat(partition(db)).isEqualTo(2);
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().equals(List.of("3.8", "3.8", "3.7")));

        run(db, db.planned(db.history().current(), BY_PARTITION));

        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7");
        assertThat(partition(db)).isZero();
    }

    /** Whoever names the strategy's type alone has no partition that could be raised: it is given one. */
    @Test
    void rolloutThatIsStopped_standsStill_untilItIsResumed() {
        RevisionedRelease db = of(
                "held",
                spec -> spec.put("replicas", 3).putObject("updateStrategy").put("type", "RollingUpdate"),
                "3.7");
        db.awaitStatus(State.DONE);
        db.deploy("3.8-unready");
        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> db.states().equals(List.of("3.7", "3.7", "3.8-unready!")));

        assertThat(db.start(db.target().stop(db.ref).orElseThrow())).isEqualTo(new Step.Start.Started());
        assertThat(partition(db)).isEqualTo(2);
        db.deploy("3.9");
        db.pods().stream()
                .filter(pod -> db.state(pod).endsWith("!"))
                .forEach(pod -> cluster.client().resource(pod).delete());
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().equals(List.of("3.7", "3.7", "3.9")));
        db.awaitStatus(State.DONE);
        assertThat(partition(db)).isEqualTo(2);

        run(db, ((PlanResult.Planned) db.target().plan(db.ref, PlanRequest.to(Operation.RESUME))).plan());

        assertThat(db.states()).containsExactly("3.9", "3.9", "3.9");
        assertThat(partition(db)).isZero();
        assertThat(Json.annotation(db.live(), Borrowed.NOTE)).isEmpty();
    }

    @Test
    void whoSetsThePartitionInBetween_wins() {
        RevisionedRelease db = of("taken", spec -> spec.put("replicas", 2), "3.7", "3.8");
        db.awaitStatus(State.DONE);
        Plan plan = db.planned(PREVIOUS, BY_PARTITION);
        db.started(plan, 0);
        db.edit(object -> {
            ((ObjectNode) object.at("/metadata/annotations")).remove(Borrowed.NOTE);
            ((ObjectNode) object.at("/spec/updateStrategy/rollingUpdate")).put("partition", 5);
        });
        db.started(plan, 1);

        await().atMost(RevisionedRelease.PATIENCE)
                .until(() -> db.observe(plan, 1).state() == State.OVERTAKEN);
        assertThat(db.observe(plan, 1).message())
                .contains("Its partition was set to 5")
                .contains("it stays so");
        assertThat(partition(db)).isEqualTo(5);
    }

    @Test
    void partitionChangedAfterThePlan_voidsIt_butScalingDoesNot() {
        RevisionedRelease db = of("changed", spec -> spec.put("replicas", 2), "3.7", "3.8");
        db.awaitStatus(State.DONE);
        Plan plan = db.planned(PREVIOUS, BY_PARTITION);
        db.edit(object -> ((ObjectNode) object.path("spec")).put("replicas", 3));
        assertThat(db.target().changedSince(db.ref, plan)).isEmpty();
        partition(db, 1);

        assertThat(db.target().changedSince(db.ref, plan))
                .hasValueSatisfying(why -> assertThat(why)
                        .startsWith("partition of statefulset/changed in " + db.ref.namespace() + " was changed")
                        .endsWith("it is 1 now."));
        assertThat(db.start(plan, 0)).isInstanceOf(Step.Start.Void.class);
    }
}
