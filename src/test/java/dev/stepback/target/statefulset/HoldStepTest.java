package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Attribution;
import dev.stepback.target.Finding;
import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.UndoStep;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rollout that is stopped where it is, and what becomes of it then. Pods are those of a StatefulSet {@code w} with four. */
class HoldStepTest {
    private static final PlanRequest UNDO = PlanRequest.to(Operation.UNDO);
    private static final PlanRequest BY_PARTITION =
            new PlanRequest(Operation.UNDO, OptionalLong.empty(), Map.of(), new PlanOptions(false, true, false));
    private static final String AFTERWARDS = "An earlier rollback stands still at partition ";

    private final StillWorld world = new StillWorld();

    @AfterEach
    void close() {
        world.close();
    }

    /** The revisions of the pods from w-0 up; w-2 is being rolled out. */
    @ParameterizedTest
    @CsvSource({
        "'',  1 1 1 1, 4, no pod is replaced any more",
        "0,   1 1 1 2, 3, 'w-3 has the restored template, the pods below stay as they are'",
        "'',  1 1 2 2, 2, 'w-2 and above have the restored template, the pods below stay as they are'",
        "1,   1 1 - 2, 3, 'w-3 has the restored template'",
        "0,   2 2 2 1, 4, no pod is replaced any more",
        "0,   2 2 2 2, 0, Nothing was left to be held back",
        "2,   1 1 2 2, 2, Nothing was left to be held back",
    })
    void partition_isRaisedToWhereAllPodsAreOfTheNewRevision(String before, String revisions, int after, String words) {
        rollout(before, revisions);

        PlannedStep stop = hold(Guard.NONE);

        assertThat(partition()).isEqualTo(after);
        assertThat(step(stop).observe(context(stop, Guard.NONE)).message()).contains(words);
        int former = before.isEmpty() ? 0 : Integer.parseInt(before);
        boolean held = after > former;
        assertThat(Standstill.of(world.live()))
                .isEqualTo(held ? Optional.of(new Standstill(former, after, false)) : Optional.empty());
        assertThat(Json.annotation(world.live(), UndoStep.MARK)).isEqualTo(held ? "rb-1" : "");
        ObjectNode live = world.live();
        assertThat(step(stop).start(context(stop, Guard.NONE))).isEqualTo(new Step.Start.Started());
        assertThat(world.live()).as("done again").isEqualTo(live);
    }

    @Test
    void podsWhoseNumbersBeginLater_areCountedFromTheFirst() {
        world.start = 5;
        rollout("1", "1 1 2 2");

        PlannedStep stop = hold(Guard.NONE);

        assertThat(partition()).isEqualTo(2);
        assertThat(step(stop).observe(context(stop, Guard.NONE)).message())
                .contains("w-7 and above have the restored template");
    }

    @Test
    void whoChangesThePartitionMeanwhile_isNotOverwritten() {
        rollout("0", "1 1 1 2");
        boolean[] once = {true};

        hold(() -> {
            if (once[0]) {
                once[0] = false;
                partition(1);
            }
            return Optional.empty();
        });

        assertThat(Standstill.of(world.live())).contains(new Standstill(1, 3, false));
    }

    @Test
    void deployMeanwhile_leavesTheRolloutAlone() {
        rollout("0", "1 1 1 2");
        PlannedStep stop = world.target().stop(world.ref()).orElseThrow();
        world.release(3);

        assertThat(step(stop).start(context(stop, Guard.NONE))).isInstanceOf(Step.Start.Void.class);
        assertThat(partition()).isZero();
    }

    @Test
    void podThatIsNotReady_isNamed_forWithOrderedReadyNothingGoesOn() {
        rollout("0", "1 1 1 -");
        world.pod("w-2", 3, "{running: {}}", "False", StillWorld.JUST_NOW);

        PlannedStep stop = hold(Guard.NONE);

        assertThat(step(stop).observe(context(stop, Guard.NONE)).message())
                .isEqualTo(
                        "It stands still: w-3 has the restored template, the pods below stay as they are, whatever is"
                            + " deployed (partition 0 → 3). Pod w-3 is not ready, and with OrderedReady no other pod"
                            + " is touched before that.\n"
                            + "Without Stepback it goes on by `kubectl patch statefulset w -n production --type merge"
                            + " -p '{\"spec\":{\"updateStrategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"partition\":0}}}}'`.");
    }

    @Test
    void resumption_givesThePartitionBack_once() {
        rollout("1", "1 1 1 2");
        hold(Guard.NONE);

        assertThat(world.target().status(world.ref()).orElseThrow().message())
                .endsWith(" A rollback holds it at partition 3, which was 1 before.");
        Plan plan = planned(PlanRequest.to(Operation.RESUME));
        assertThat(plan.steps())
                .extracting(PlannedStep::description)
                .containsExactly(
                        "Put its partition back from 3 to 1, as it was before it stood still",
                        "Delete pods that block the rollout: not ready and on another revision (none now)",
                        "Wait until every pod runs it");
        assertThat(plan.findings())
                .contains(Finding.warn(
                        "stands-still",
                        "A rollback to this revision stands still at partition 3; this one goes on with it, and ends"
                                + " with 1, as it was before."))
                .contains(Finding.pass("dry-run", "The API server accepts the change."));
        assertThat(world.target().changedSince(world.ref(), plan)).isEmpty();
        PlannedStep resume = plan.steps().get(0);
        assertThat(step(resume).dryRun(context(resume, Guard.NONE)).verdict()).isEqualTo(Finding.Verdict.PASS);

        assertThat(step(resume).start(context("rb-2", resume, Guard.NONE))).isEqualTo(new Step.Start.Started());
        assertThat(partition()).isEqualTo(1);
        assertThat(Standstill.of(world.live())).isEmpty();
        partition(2);
        assertThat(step(resume).start(context("rb-2", resume, Guard.NONE))).isEqualTo(new Step.Start.Started());
        assertThat(partition()).as("set after that").isEqualTo(2);
        assertThat(refused(PlanRequest.to(Operation.RESUME)))
                .startsWith("No rollback of statefulset/w in production stands still. Its partition is 2, by ");
    }

    @Test
    void wayForward_givesThePartitionBackInTheSameWrite() {
        rollout("1", "1 1 1 2");
        hold(Guard.NONE);
        Plan plan = planned(PlanRequest.again(1, PlanOptions.NONE));
        assertThat(plan.findings())
                .filteredOn(f -> f.check().equals("pace"))
                .extracting(Finding::message)
                .containsExactly("1 of 3 pods, the others still run revision 1.");
        PlannedStep undo = plan.steps().get(0);
        assertThat(undo.description())
                .isEqualTo("Restore the template of revision 1, and set its partition to 1 as it was before a rollback"
                        + " that stands still");
        ObjectNode held = world.live();

        assertThat(step(undo).start(context("rb-2", undo, Guard.NONE))).isEqualTo(new Step.Start.Started());

        assertThat(partition()).isEqualTo(1);
        assertThat(Standstill.of(world.live())).isEmpty();
        assertThat(world.live().at("/spec/template")).isNotEqualTo(held.at("/spec/template"));
        assertThat(world.live().at("/metadata/generation").asLong())
                .as("one write")
                .isEqualTo(held.at("/metadata/generation").asLong() + 1);
    }

    @Test
    void partitionThatSomebodySetAfterwards_staysTheirs() {
        rollout("0", "1 1 1 2");
        hold(Guard.NONE);
        Plan resume = planned(PlanRequest.to(Operation.RESUME));
        Plan back = planned(PlanRequest.again(1, PlanOptions.NONE));
        assertThat(back.findings())
                .contains(Finding.warn(
                        "stands-still",
                        AFTERWARDS + "3; this one ends with 0, as it was before that. To go on with that"
                                + " one, ask for “resume” instead."));

        partition(2);

        assertThat(world.target().changedSince(world.ref(), resume).orElseThrow())
                .startsWith("partition of statefulset/w in production was changed by ")
                .endsWith("it is 2 now.");
        PlannedStep step = resume.steps().get(0);
        assertThat(step(step).start(context(step, Guard.NONE))).isInstanceOf(Step.Start.Void.class);
        Plan next = planned(PlanRequest.again(1, PlanOptions.NONE));
        assertThat(next.findings())
                .anySatisfy(f -> assertThat(f.message())
                        .startsWith("Before a rollback stood still its partition was 0. It was set to 2 since, by ")
                        .endsWith(", and stays so."));
        PlannedStep undo = next.steps().get(0);
        assertThat(undo.description()).isEqualTo("Restore the template of revision 1");
        assertThat(step(undo).start(context("rb-2", undo, Guard.NONE))).isEqualTo(new Step.Start.Started());
        assertThat(partition()).isEqualTo(2);
        assertThat(Standstill.of(world.live())).isEmpty();
    }

    @Test
    void byPartitionAgain_goesOnWithWhatStandsStill_unlessSomebodyHasDeployed() {
        PlanRequest again =
                new PlanRequest(Operation.UNDO, OptionalLong.empty(), Map.of(), new PlanOptions(false, true, false));
        world.workload("RollingUpdate", 3);
        partition(0);
        world.status("updateRevision: w-3, currentRevision: w-3");
        Plan first = planned(again);
        assertThat(first.to().number()).isEqualTo(2);
        PlannedStep undo = first.steps().get(0);
        world.minuteLater();
        assertThat(step(undo).start(context(undo, Guard.NONE))).isEqualTo(new Step.Start.Started());
        world.status("updateRevision: w-2, currentRevision: w-3");

        assertThat(planned(again).to().number()).isEqualTo(2);
        assertThat(planned(new PlanRequest(Operation.UNDO, OptionalLong.empty(), Map.of(), PlanOptions.NONE))
                        .to()
                        .number())
                .as("to an older one")
                .isEqualTo(1);

        world.minuteLater();
        world.template(3);
        world.status("updateRevision: w-3, currentRevision: w-3");
        assertThat(planned(again).to().number()).isEqualTo(2);
    }

    @Test
    void onDelete_standsStillByItself_ofBothKinds() {
        for (Kind kind : List.of(Kind.STATEFULSET, Kind.DAEMONSET)) {
            try (StillWorld other = new StillWorld()) {
                other.kind = kind;
                other.workload("OnDelete", 2);
                other.status("updateRevision: w-2");
                other.pod("w-2", 0, "{running: {}}", "True", StillWorld.LONG_AGO);
                other.pod("w-1", 1, "{running: {}}", "True", StillWorld.LONG_AGO);
                ObjectNode live = other.live();

                PlannedStep stop = other.target().stop(other.ref()).orElseThrow();
                StepContext context = new StepContext(other.ref(), Json.uid(live), stop, by("rb-1"), Guard.NONE);
                Step step = other.target().steps().stream()
                        .filter(s -> s.type().equals(stop.type()))
                        .findFirst()
                        .orElseThrow();

                assertThat(step.start(context)).isEqualTo(new Step.Start.Started());
                assertThat(step.observe(context).message())
                        .isEqualTo("None of its pods is deleted any more. 1 of 2 have the restored template; with the"
                                + " strategy OnDelete the others stay as they are.");
                assertThat(other.live()).isEqualTo(live);
            }
        }
    }

    @Test
    void daemonSetThatRollsByItself_knowsNoSuchWay() {
        world.kind = Kind.DAEMONSET;
        world.workload("RollingUpdate", 2);

        assertThat(world.target().stop(world.ref())).isEmpty();
        assertThat(refused(PlanRequest.to(Operation.PAUSE)))
                .startsWith("Kubernetes knows no pause for a DaemonSet, only for Deployments.")
                .contains("“Go forward again” on its card");
    }

    @Test
    void byPartition_withoutAPartition_isRefused() {
        world.workload("RollingUpdate", 2);
        assertThat(refused(BY_PARTITION))
                .startsWith("Its updateStrategy has no partition that could be raised and lowered.");
    }

    /** Which is told by its strategy; the step that it would have waited in. */
    @ParameterizedTest
    @CsvSource({
        "STATEFULSET, OrderedReady, false, statefulset.delete-stuck-pods",
        "STATEFULSET, OrderedReady, true,  statefulset.roll-pods",
        "STATEFULSET, Parallel,     false, statefulset.await-rollout",
        "STATEFULSET, Parallel,     true,  statefulset.roll-pods",
        "DAEMONSET,   '',           false, daemonset.await-rollout"
    })
    void strategyThatIsSwitchedToOnDelete_endsTheRolloutAtOnce_andToAskAgainGoesOn(
            Kind kind, String management, boolean byPartition, String type) {
        world.kind = kind;
        world.management = management;
        PlanRequest request = byPartition ? BY_PARTITION : UNDO;
        rollout(byPartition ? "0" : "", "2 2 2 2");
        Plan plan = planned(request);
        PlannedStep undo = plan.steps().get(0);
        assertThat(step(undo).start(context(undo, Guard.NONE))).isEqualTo(new Step.Start.Started());

        world.minuteLater();
        world.merge("{\"spec\":{\"updateStrategy\":{\"type\":\"OnDelete\",\"rollingUpdate\":null}}}");
        world.status("updateRevision: w-1, currentRevision: w-2, readyReplicas: 4, desiredNumberScheduled: 4");

        PlannedStep goesOn = plan.steps().get(1);
        assertThat(goesOn.type()).isEqualTo(type);
        Step.Observation seen = step(goesOn).observe(context(goesOn, Guard.NONE));
        assertThat(seen.message())
                .startsWith("Its strategy was switched to OnDelete while pods were being replaced, by ")
                .endsWith(": its controller replaces none any more, and leaves pods w-3, w-2, w-1, w-0. “Retry” of a"
                        + " rollback deletes what is left, one at a time; `kubectl patch " + kind.lowerCase()
                        + " w -n production --type merge -p"
                        + " '{\"spec\":{\"updateStrategy\":{\"type\":\"RollingUpdate\"}}}'` lets the"
                        + " controller go on.");
        assertThat(seen.state()).isEqualTo(Step.Observation.State.FAILED);
        assertThat(planned(new PlanRequest(Operation.UNDO, OptionalLong.of(1), Map.of(), request.options()))
                        .steps())
                .extracting(PlannedStep::type)
                .hasSize(6)
                .contains(kind.lowerCase() + ".replace-pod");

        world.deletePods();
        for (int ordinal = 0; ordinal < 4; ordinal++) {
            world.pod("w-1", ordinal, "{running: {}}", "True", StillWorld.LONG_AGO);
        }
        world.status("updateRevision: w-1, readyReplicas: 4, updatedReplicas: 4, desiredNumberScheduled: 4,"
                + " updatedNumberScheduled: 4, numberAvailable: 4");
        assertThat(step(goesOn).observe(context(goesOn, Guard.NONE)).state()).isEqualTo(Step.Observation.State.DONE);
    }

    /** Its controller then replaces all pods, and there is nothing to be put back. */
    @Test
    void partitionThatIsTakenAwayMeanwhile_leavesOnlyTheNoteToBeRemoved() {
        rollout("0", "2 2 2 2");
        Plan plan = planned(BY_PARTITION);
        PlannedStep undo = plan.steps().get(0);
        assertThat(step(undo).start(context(undo, Guard.NONE))).isEqualTo(new Step.Start.Started());
        world.merge("{\"spec\":{\"updateStrategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":null}}}");
        world.deletePods();
        for (int ordinal = 0; ordinal < 4; ordinal++) {
            world.pod("w-1", ordinal, "{running: {}}", "True", StillWorld.LONG_AGO);
        }
        world.status("updateRevision: w-1, currentRevision: w-1");

        PlannedStep roll = plan.steps().get(1);
        assertThat(step(roll).observe(context(roll, Guard.NONE)).state()).isEqualTo(Step.Observation.State.AGAIN);
        assertThat(step(roll).start(context(roll, Guard.NONE))).isEqualTo(new Step.Start.Started());
        assertThat(step(roll).observe(context(roll, Guard.NONE)).state()).isEqualTo(Step.Observation.State.DONE);
        assertThat(Borrowed.on(world.live())).isEmpty();
        assertThat(world.live().at(Borrowed.PARTITION).isMissingNode()).isTrue();
    }

    private void rollout(String partition, String revisions) {
        world.workload("RollingUpdate", 2);
        if (!partition.isEmpty()) {
            partition(Integer.parseInt(partition));
        }
        String[] pods = revisions.split(" ", -1);
        for (int i = 0; i < pods.length; i++) {
            if (!pods[i].equals("-")) {
                world.pod("w-" + pods[i], world.start + i, "{running: {}}", "True", StillWorld.LONG_AGO);
            }
        }
        world.status("updateRevision: w-2, currentRevision: w-1");
    }

    private void partition(int partition) {
        world.merge("{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":%d}}}}".formatted(partition));
        world.status("updateRevision: w-2, currentRevision: w-1");
    }

    private int partition() {
        return world.live().at(Borrowed.PARTITION).asInt();
    }

    private PlannedStep hold(Guard guard) {
        PlannedStep stop = world.target().stop(world.ref()).orElseThrow();
        assertThat(step(stop).start(context(stop, guard))).isEqualTo(new Step.Start.Started());
        return stop;
    }

    private Plan planned(PlanRequest request) {
        return ((PlanResult.Planned) world.target().plan(world.ref(), request)).plan();
    }

    private String refused(PlanRequest request) {
        PlanResult.Refused refused = (PlanResult.Refused) world.target().plan(world.ref(), request);
        assertThat(world.target().refusal(world.ref(), request)).contains(refused);
        return refused.message();
    }

    private Step step(PlannedStep planned) {
        return world.target().steps().stream()
                .filter(step -> step.type().equals(planned.type()))
                .findFirst()
                .orElseThrow();
    }

    private StepContext context(PlannedStep planned, Guard guard) {
        return context("rb-1", planned, guard);
    }

    private StepContext context(String rollback, PlannedStep planned, Guard guard) {
        return new StepContext(world.ref(), Json.uid(world.live()), planned, by(rollback), guard);
    }

    private static Attribution by(String rollback) {
        return new Attribution(rollback, "Ana", List.of("Lea"), "", false);
    }
}
