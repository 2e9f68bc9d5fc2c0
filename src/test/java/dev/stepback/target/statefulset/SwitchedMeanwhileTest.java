package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.workload.Borrowed;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Somebody changes the strategy in the middle of a rollout. */
class SwitchedMeanwhileTest extends StillRollout {
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
        assertThat(seen.state()).isEqualTo(Step.Observation.State.OVERTAKEN);
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
}
