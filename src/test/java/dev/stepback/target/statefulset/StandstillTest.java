package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.Guard;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What becomes of a rollout that was stopped where it was. */
class StandstillTest extends StillRollout {
    private static final String AFTERWARDS = "An earlier rollback stands still at partition ";

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

    /** Its rollout is complete only down to where it stands. */
    @Test
    void whatStandsStill_hasNotComeRight() {
        rollout("1", "1 1 1 2");
        hold(Guard.NONE);
        world.status("readyReplicas: 4, updatedReplicas: 1, updateRevision: w-2, currentRevision: w-1");

        world.note();

        assertThat(world.target().status(world.ref()).orElseThrow().state()).isEqualTo(Step.Observation.State.DONE);
        assertThat(world.target().cameRight(world.ref())).isEmpty();
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
    void byPartition_withoutAPartition_isRefused() {
        world.workload("RollingUpdate", 2);
        assertThat(refused(BY_PARTITION))
                .startsWith("Its updateStrategy has no partition that could be raised and lowered.");
    }
}
