package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.cancelled;
import static dev.stepback.rollback.Examples.counted;
import static dev.stepback.rollback.Examples.requested;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Action.Seen;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans with a step at their end that is taken whatever becomes of the others. */
class ClosingTest {
    private static final Instant LATER = T0.plusSeconds(100);
    private static final Instant DEADLINE = LATER.plusSeconds(600);
    private static final Plan PLAN = plan();

    private static Plan plan() {
        List<PlannedStep> steps = List.of(
                new PlannedStep("fake.undo", "Undo", Map.of("patch", "7")),
                new PlannedStep("fake.await", "Await", Map.of()),
                new PlannedStep("fake.put-back", "Put it back", Map.of(PlannedStep.ALWAYS, "true")));
        return Examples.plan(steps);
    }

    private Rollback rollback = requested();

    /** Decides, and writes what was decided; what is to be done instead is the answer. */
    private Action decide(Seen seen, Instant now) {
        Action action = Decision.next(rollback, seen, now);
        for (int i = 0; action instanceof Action.Write write && i < 20; i++) {
            rollback = Store.with(rollback, rollback.getSpec(), write.status());
            action = Decision.next(rollback, new Seen.Nothing(), now);
        }
        return action;
    }

    private Action decide(Seen seen) {
        return decide(seen, LATER);
    }

    private RollbackStatus status() {
        return rollback.statusOrInitial();
    }

    private static Seen saw(int step, Observation.State state, String message) {
        return new Seen.Progress(step, new Observation(state, message, null));
    }

    private static Seen began(int step) {
        return new Seen.Begun(step, new Step.Start.Started());
    }

    /** Until the undo is about to be started. */
    private void approve() {
        decide(new Seen.Planned(Optional.empty(), Optional.of(new PlanResult.Planned(PLAN)), counted(1)));
        var approval = new RollbackSpec.Decision(Verdict.Approved, Examples.LEAD, LATER, PLAN.hash());
        rollback.setSpec(rollback.getSpec().withDecisions(List.of(approval)));
        assertThat(decide(new Seen.Ruled(counted(1, approval)))).isEqualTo(new Action.StartStep(0));
    }

    private void untilTheRolloutIsWatched() {
        approve();
        assertThat(decide(began(0))).isEqualTo(new Action.ObserveStep(0));
        assertThat(decide(saw(0, Observation.State.DONE, "restored"))).isEqualTo(new Action.StartStep(1));
        assertThat(decide(began(1))).isEqualTo(new Action.ObserveStep(1));
    }

    private void putBack(Phase expected, String message) {
        assertThat(status().phase().terminal()).isFalse();
        assertThat(decide(began(2))).isEqualTo(new Action.ObserveStep(2));
        assertThat(decide(saw(2, Observation.State.DONE, "maxSurge is 25% again.")))
                .isEqualTo(new Action.Leave());
        assertThat(status().phase()).isEqualTo(expected);
        assertThat(status().message()).isEqualTo(message);
        assertThat(status().steps().get(2).state()).isEqualTo(State.Done);
        assertThat(status().finishedAt()).isNotNull();
    }

    @Test
    void success_isVerifiedFirst_andThenItIsPutBack() {
        untilTheRolloutIsWatched();
        assertThat(decide(saw(1, Observation.State.DONE, "rolled out"))).isEqualTo(new Action.ObserveStep(1));
        assertThat(status().phase()).isEqualTo(Phase.VERIFYING);
        assertThat(decide(saw(1, Observation.State.DONE, "rolled out"))).isEqualTo(new Action.StartStep(2));

        putBack(Phase.SUCCEEDED, "rolled out. maxSurge is 25% again.");
    }

    @Test
    void failedRollout_isPutBackBeforeItCountsAsFailed() {
        untilTheRolloutIsWatched();
        assertThat(decide(saw(1, Observation.State.FAILED, "exceeded its progress deadline")))
                .isEqualTo(new Action.StartStep(2));
        assertThat(status().message()).isEqualTo("exceeded its progress deadline");
        assertThat(status().cancellable()).isFalse();

        putBack(Phase.FAILED, "exceeded its progress deadline. maxSurge is 25% again.");
    }

    @Test
    void deadline_doesNotHoldItUp() {
        untilTheRolloutIsWatched();
        decide(saw(1, Observation.State.RUNNING, "1 of 3"));
        assertThat(decide(saw(1, Observation.State.RUNNING, "1 of 3"), DEADLINE))
                .isEqualTo(new Action.StartStep(2));
        assertThat(decide(new Seen.Begun(2, new Step.Start.NotYet("not now")), DEADLINE))
                .isEqualTo(new Action.WaitUntil(DEADLINE.plus(Moment.LOOK_AGAIN)));

        putBack(Phase.FAILED, "the deadline passed: 1 of 3. maxSurge is 25% again.");
    }

    @ParameterizedTest
    @EnumSource(Midway.class)
    void stoppedInTheMiddle_isPutBack(Midway midway) {
        untilTheRolloutIsWatched();
        rollback.setSpec(
                rollback.getSpec().withCancellation(new RollbackSpec.Cancellation(Examples.LEAD, LATER, midway)));
        Action action = decide(saw(1, Observation.State.RUNNING, "1 of 3"));
        if (midway == Midway.Pause) {
            assertThat(action).isEqualTo(new Action.StopTarget());
            action = decide(new Seen.Stopped(new Step.Start.Started(), null));
        }
        assertThat(action).isEqualTo(new Action.StartStep(2));
        String why = midway == Midway.Pause ? "" : "another one takes its place. ";

        putBack(Phase.CANCELLED, why + "maxSurge is 25% again.");
    }

    @Test
    void cancelledBetweenSteps_isPutBack() {
        approve();
        decide(began(0));
        rollback = cancelled(rollback);
        assertThat(decide(saw(0, Observation.State.DONE, "restored"))).isEqualTo(new Action.StartStep(2));

        putBack(Phase.CANCELLED, "cancelled by lead. maxSurge is 25% again.");
    }

    @Test
    void cancelledBeforeTheFirstStep_hasNothingToPutBack() {
        decide(new Seen.Planned(Optional.empty(), Optional.of(new PlanResult.Planned(PLAN)), counted(1)));
        rollback = cancelled(rollback);

        assertThat(decide(new Seen.Nothing())).isEqualTo(new Action.Leave());
        assertThat(status().phase()).isEqualTo(Phase.CANCELLED);
        assertThat(status().steps().get(2).startedAt()).isNull();
    }

    @Test
    void voidApproval_looksWhetherThereIsSomethingToPutBack() {
        approve();
        assertThat(decide(new Seen.Begun(0, new Step.Start.Void("somebody deployed"))))
                .isEqualTo(new Action.StartStep(2));
        decide(began(2));
        decide(saw(2, Observation.State.DONE, ""));

        assertThat(status().phase()).isEqualTo(Phase.SUPERSEDED);
        assertThat(status().message()).isEqualTo("somebody deployed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatCannotBePutBack_isToldWithTheOutcome(boolean refused) {
        untilTheRolloutIsWatched();
        decide(saw(1, Observation.State.FAILED, "exceeded its progress deadline"));
        if (refused) {
            decide(new Seen.Begun(2, new Step.Start.Failed("maxSurge is still 100%: forbidden.")));
        } else {
            decide(began(2));
            decide(saw(2, Observation.State.FAILED, "maxSurge is still 100%: forbidden."));
        }

        assertThat(status().phase()).isEqualTo(Phase.FAILED);
        assertThat(status().message()).isEqualTo("exceeded its progress deadline. maxSurge is still 100%: forbidden.");
        assertThat(status().steps().get(2).state()).isEqualTo(State.Failed);
    }

    @Test
    void whatMayNotBePutBack_isTriedForAWhile() {
        untilTheRolloutIsWatched();
        decide(saw(1, Observation.State.FAILED, "stuck"));
        Seen notYet = new Seen.Begun(2, new Step.Start.NotYet("Slack does not answer."));
        Instant last = LATER.plus(Closing.PATIENCE);

        assertThat(decide(notYet, last.minusMillis(1))).isInstanceOf(Action.WaitUntil.class);
        assertThat(decide(notYet, last)).isEqualTo(new Action.Leave());
        assertThat(status().message()).isEqualTo("stuck. Slack does not answer.");
    }

    @Test
    void planThatWasTamperedWith_isNotCarriedOutAtTheEndEither() {
        untilTheRolloutIsWatched();
        List<PlannedStep> steps = new ArrayList<>(PLAN.steps());
        steps.set(2, new PlannedStep("fake.put-back", "Put it back", Map.of(PlannedStep.ALWAYS, "evil")));
        Plan evil = new Plan(PLAN.hash(), "uid", PLAN.from(), PLAN.to(), List.of(), List.of(), steps);
        rollback = Examples.with(rollback, s -> s.plan = evil);

        assertThat(decide(new Seen.Nothing())).isEqualTo(new Action.Leave());
        assertThat(status().phase()).isEqualTo(Phase.FAILED);
        assertThat(status().steps().get(2).startedAt()).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverHappens_noRollbackEndsWithoutIt(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            rollback = requested();
            approve();
            Instant now = LATER;
            Action action = new Action.StartStep(0);
            boolean putBack = false;
            for (int i = 0; i < 2000 && !status().phase().terminal(); i++) {
                now = now.plusSeconds(random.nextInt(60));
                if (random.nextInt(20) == 0 && rollback.getSpec().cancellation() == null) {
                    Midway midway = random.nextBoolean() ? null : Midway.values()[random.nextInt(2)];
                    rollback.setSpec(rollback.getSpec()
                            .withCancellation(new RollbackSpec.Cancellation(Examples.LEAD, now, midway)));
                }
                // Sometimes whatever was found out is lost: another process begins with what is written.
                Seen seen = random.nextInt(5) == 0 ? new Seen.Nothing() : happened(action, random);
                putBack |= seen instanceof Seen.Begun b && b.step() == 2 && !(b.outcome() instanceof Step.Start.NotYet);
                action = decide(seen, now);
            }
            assertThat(status().phase().terminal())
                    .as("seed %d, run %d", seed, run)
                    .isTrue();
            putBack |= status().steps().get(2).state() == State.Failed; // tried for long enough
            assertThat(putBack).as("%s", status()).isTrue();
        }
    }

    private static Seen happened(Action action, Random random) {
        if (action instanceof Action.StartStep start) {
            List<Step.Start> outcomes = List.of(
                    new Step.Start.Started(),
                    new Step.Start.Started(),
                    new Step.Start.Void("void"),
                    new Step.Start.Failed("failed"));
            int which = random.nextInt(start.step() == 0 ? 4 : 5);
            return new Seen.Begun(start.step(), which == 4 ? new Step.Start.NotYet("not yet") : outcomes.get(which));
        }
        if (action instanceof Action.StopTarget) {
            return new Seen.Stopped(
                    random.nextBoolean() ? new Step.Start.Started() : new Step.Start.Void("void"), null);
        }
        if (action instanceof Action.ObserveStep look) {
            Observation.State[] states = Observation.State.values();
            return saw(look.step(), states[random.nextInt(states.length)], "news " + random.nextInt(3));
        }
        return new Seen.Nothing();
    }
}
