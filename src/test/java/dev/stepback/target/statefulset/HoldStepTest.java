package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.UndoStep;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rollout is stopped where it is. */
class HoldStepTest extends StillRollout {
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
}
