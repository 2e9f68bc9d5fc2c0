package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.PLAN;
import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.awaiting;
import static dev.stepback.rollback.Examples.step;
import static dev.stepback.rollback.Examples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.target.Plan;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KnownBadTest {
    private static Rollback ended(Phase phase, Plan plan) {
        return with(awaiting(), s -> {
            s.phase = phase;
            s.plan = plan;
            s.patchedAt = T0;
        });
    }

    private static Plan undo(Plan plan) {
        return new Plan(plan.hash(), plan.targetUid(), plan.to(), plan.from(), List.of(), List.of(), plan.steps());
    }

    @Test
    void revisionThatWasLeft_isBad() {
        assertThat(KnownBad.of(List.of(ended(Phase.SUCCEEDED, PLAN)))).containsOnlyKeys("checkout-bad");
    }

    @Test
    void revisionWhoseRestorationFailed_isBadToo() {
        assertThat(KnownBad.of(List.of(ended(Phase.FAILED, PLAN)))).containsOnlyKeys("checkout-bad", "checkout-good");
    }

    @Test
    void revisionWhoseRestorationSomebodyElseOvertook_isNot() {
        RollbackStatus.StepStatus undo = step("fake.undo", State.Done, T0);
        RollbackStatus.StepStatus await = step("fake.await", State.Overtaken, T0);
        Rollback overtaken = with(ended(Phase.FAILED, PLAN), s -> s.steps = List.of(undo, await));
        assertThat(KnownBad.of(List.of(overtaken))).containsOnlyKeys("checkout-bad");
    }

    /** Its image was pulled after the deadline, for instance. */
    @Test
    void revisionWhoseRestorationCameRightAfterTheEnd_isGood() {
        Rollback late = ended(Phase.FAILED, PLAN);
        Map<String, String> cameRight =
                Map.of("checkout-good", late.getMetadata().getName());
        assertThat(KnownBad.of(List.of(late), cameRight)).containsOnlyKeys("checkout-bad");
        assertThat(KnownBad.of(List.of(late), Map.of("checkout-good", "another")))
                .containsOnlyKeys("checkout-bad", "checkout-good");
    }

    @Test
    void revisionRestoredWithSuccessSince_isGoodAgain() {
        assertThat(KnownBad.of(List.of(ended(Phase.SUCCEEDED, PLAN), ended(Phase.SUCCEEDED, undo(PLAN)))))
                .containsOnlyKeys("checkout-good");
    }

    @Test
    void whoUndoesARollback_doesNotCallBadWhatItHadRestored() {
        Rollback first = ended(Phase.SUCCEEDED, PLAN);
        assertThat(KnownBad.of(List.of(first, following(first, ended(Phase.SUCCEEDED, undo(PLAN))))))
                .isEmpty();
        assertThat(KnownBad.of(List.of(first, following(first, ended(Phase.RUNNING, undo(PLAN))))))
                .as("until it is back")
                .containsOnlyKeys("checkout-bad");
        assertThat(KnownBad.of(List.of(first, following(first, ended(Phase.SUCCEEDED, PLAN)))))
                .as("a retry leads the same way")
                .containsOnlyKeys("checkout-bad");
    }

    private static Rollback following(Rollback first, Rollback second) {
        RollbackSpec spec = second.getSpec();
        second.setSpec(Specs.undo(
                spec.target(),
                spec.toRevision(),
                spec.reason(),
                spec.requestedBy(),
                spec.origin(),
                spec.deadlineSeconds(),
                first.getMetadata().getName(),
                spec.decisions()));
        return second;
    }

    @Test
    void rollbackThatChangedNothing_saysNothing() {
        assertThat(KnownBad.of(List.of(awaiting(), with(awaiting(), s -> s.phase = Phase.EXPIRED))))
                .isEmpty();
    }
}
