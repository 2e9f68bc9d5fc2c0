package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.target.Attribution;
import dev.stepback.target.Guard;
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
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;

/** A rollout of a StatefulSet {@code w} with four pods, in a cluster where nothing happens by itself. */
abstract class StillRollout {
    static final PlanRequest UNDO = PlanRequest.to(Operation.UNDO);
    static final PlanRequest BY_PARTITION =
            new PlanRequest(Operation.UNDO, OptionalLong.empty(), Map.of(), new PlanOptions(false, true, false));

    final StillWorld world = new StillWorld();

    @AfterEach
    void close() {
        world.close();
    }

    void rollout(String partition, String revisions) {
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

    void partition(int partition) {
        world.merge("{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":%d}}}}".formatted(partition));
        world.status("updateRevision: w-2, currentRevision: w-1");
    }

    int partition() {
        return world.live().at(Borrowed.PARTITION).asInt();
    }

    PlannedStep hold(Guard guard) {
        PlannedStep stop = world.target().stop(world.ref()).orElseThrow();
        assertThat(step(stop).start(context(stop, guard))).isEqualTo(new Step.Start.Started());
        return stop;
    }

    Plan planned(PlanRequest request) {
        return ((PlanResult.Planned) world.target().plan(world.ref(), request)).plan();
    }

    String refused(PlanRequest request) {
        PlanResult.Refused refused = (PlanResult.Refused) world.target().plan(world.ref(), request);
        assertThat(world.target().refusal(world.ref(), request)).contains(refused);
        return refused.message();
    }

    Step step(PlannedStep planned) {
        return world.target().steps().stream()
                .filter(step -> step.type().equals(planned.type()))
                .findFirst()
                .orElseThrow();
    }

    StepContext context(PlannedStep planned, Guard guard) {
        return context("rb-1", planned, guard);
    }

    StepContext context(String rollback, PlannedStep planned, Guard guard) {
        return new StepContext(world.ref(), Json.uid(world.live()), planned, by(rollback), guard);
    }

    static Attribution by(String rollback) {
        return new Attribution(rollback, "Ana", List.of("Lea"), "", false);
    }
}
