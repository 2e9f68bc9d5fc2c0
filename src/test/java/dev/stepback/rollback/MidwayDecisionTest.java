package dev.stepback.rollback;

import static dev.stepback.rollback.Deciding.LATER;
import static dev.stepback.rollback.Deciding.next;
import static dev.stepback.rollback.Deciding.written;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.step;
import static dev.stepback.rollback.Examples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.RollbackSpec.TargetName;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody stops what runs, in the middle of it. */
class MidwayDecisionTest {
    private static final String DELETES = "statefulset.replace-pod";
    private static final String WAITS = "statefulset.await-rollout";
    private static final RollbackStatus.Standstill STANDS = new RollbackStatus.Standstill("It stands still.", true);
    private static final StepStatus DONE = step("statefulset.undo", State.Done, LATER);
    private static final Seen.Stopped HELD = new Seen.Stopped(new Step.Start.Started(), STANDS);

    @ParameterizedTest
    @EnumSource(Midway.class)
    void stepThatDeletes_isNotBegunAnyMore(Midway midway) {
        Rollback before = stopped(midway, DELETES, step("statefulset.undo", State.Started, LATER), pending(DELETES));
        Seen done = new Seen.Progress(0, new Observation(Observation.State.DONE, "restored", null));
        RollbackStatus status = written(next(before, done, LATER));
        assertThat(status.steps().get(1).startedAt()).isNull();

        Rollback then = Store.with(before, before.getSpec(), status);
        Action action = next(then, LATER);

        if (midway == Midway.Pause) {
            assertThat(action).isEqualTo(new Action.StopTarget());
            action = next(then, HELD, LATER);
        }
        RollbackStatus ended = written(action);
        assertThat(ended.phase()).isEqualTo(Phase.CANCELLED);
        assertThat(ended.steps().get(1)).isEqualTo(pending(DELETES));
        assertThat(ended.standstill()).isEqualTo(midway == Midway.Pause ? STANDS : null);
    }

    @Test
    void stepThatWaits_isBegun_forTheRolloutMayBeOver() {
        Rollback rollback = stopped(Midway.Pause, WAITS, DONE, pending(WAITS));

        assertThat(written(next(rollback, LATER)).steps().get(1).startedAt()).isEqualTo(LATER);
    }

    @Test
    void stepThatMayNotBeDoneYet_isNotWaitedFor() {
        Rollback rollback = stopped(Midway.Pause, DELETES, DONE, step(DELETES, State.Pending, LATER));
        assertThat(next(rollback, LATER)).isEqualTo(new Action.StartStep(1));

        Seen notYet = new Seen.Begun(1, new Step.Start.NotYet("the controller has not seen it"));
        assertThat(next(rollback, notYet, LATER)).isEqualTo(new Action.StopTarget());
        assertThat(written(next(rollback, HELD, LATER)).steps().get(1).state()).isEqualTo(State.Interrupted);
    }

    @Test
    void rolloutThatCannotBeHeld_goesOn_andItIsSaidWhy() {
        Rollback rollback = stopped(Midway.Pause, WAITS, DONE, step(WAITS, State.Started, LATER));
        Seen running = new Seen.Progress(1, new Observation(Observation.State.RUNNING, "1 of 3", null));
        assertThat(next(rollback, running, LATER)).isEqualTo(new Action.StopTarget());

        RollbackStatus status =
                written(next(rollback, new Seen.Stopped(new Step.Start.Failed("forbidden."), null), LATER));

        assertThat(status.phase()).isEqualTo(Phase.CANCELLED);
        assertThat(status.message()).isEqualTo("it could not be held: forbidden.");
        assertThat(status.standstill()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "DEPLOYMENT,  deployment.await-rollout,  true",
        "STATEFULSET, statefulset.await-rollout, true",
        "STATEFULSET, statefulset.replace-pod,   true",
        "DAEMONSET,   daemonset.replace-pod,     true",
        "DAEMONSET,   daemonset.await-rollout,   false",
    })
    void whatCanBeStopped_dependsOnWhoReplacesThePods(Kind kind, String step, boolean can) {
        Rollback rollback = running(kind, step, DONE, step(step, State.Started, LATER));
        assertThat(rollback.stoppable()).isEqualTo(can);
        assertThat(stopped(rollback, Midway.Pause).stoppable()).isFalse();

        assertThat(NotStopped.cancelled(rollback))
                .startsWith("The last step runs already; it cannot be cancelled in the middle. ")
                .contains(can ? "“Stop here” on its card" : "Kubernetes has no way to hold the rollout of a DaemonSet.")
                .endsWith("“Go forward again” on its card asks to return to revision 4.");
        assertThat(NotStopped.cancelled(with(rollback, s -> s.phase = Phase.VERIFYING)))
                .doesNotContain("on its card");
    }

    private static StepStatus pending(String type) {
        return step(type, State.Pending, null);
    }

    private static Rollback stopped(Midway midway, String second, StepStatus... steps) {
        return stopped(running(Kind.STATEFULSET, second, steps), midway);
    }

    private static Rollback stopped(Rollback rollback, Midway midway) {
        return Store.with(
                rollback,
                rollback.getSpec().withCancellation(new RollbackSpec.Cancellation(LEAD, LATER, midway)),
                rollback.statusOrInitial());
    }

    private static Rollback running(Kind kind, String second, StepStatus... steps) {
        Plan plain = Examples.PLAN;
        List<PlannedStep> planned = List.of(
                new PlannedStep(kind.lowerCase() + ".undo", "Undo", Map.of()), new PlannedStep(second, "It", Map.of()));
        Rollback rollback = Examples.awaiting();
        RollbackSpec spec = rollback.getSpec();
        rollback.setSpec(Specs.undo(
                new TargetName(kind, "checkout"),
                null,
                spec.reason(),
                spec.requestedBy(),
                spec.origin(),
                spec.deadlineSeconds(),
                null,
                List.of()));
        Plan plan =
                Plan.of(rollback.target(), plain.targetUid(), plain.from(), plain.to(), List.of(), List.of(), planned);
        rollback.setSpec(rollback.getSpec()
                .withDecisions(List.of(new RollbackSpec.Decision(
                        RollbackSpec.Decision.Verdict.Approved, LEAD, T0.plusSeconds(60), plan.hash()))));
        return with(rollback, s -> {
            s.plan = plan;
            s.phase = Phase.RUNNING;
            s.approvedAt = T0.plusSeconds(60);
            s.approvals = new RollbackStatus.ApprovalStatus(1, List.of(LEAD.id()), false);
            s.steps = List.of(steps);
            s.patchedAt = T0.plusSeconds(61);
            s.deadlineAt = T0.plusSeconds(661);
        });
    }
}
