package dev.stepback.slack.card;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.rollback.group.Pieces;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.Rollout;
import java.util.List;
import java.util.function.Consumer;

/** How one of several can stand, in samples. */
final class MemberSamples {
    static final Finding WARNING =
            Finding.warn("configuration", "Changed after that revision was made, and not rolled back: Secret shop.");

    static final Finding PASSED_OVER = Finding.pass(
            Plan.PASSED_OVER, "Passed over, because known bad: 4 (rolled back from by ana at 2026-02-28 14:02 UTC).");

    private MemberSamples() {}

    static Consumer<RollbackStatus.Changes> halted(String name) {
        return m -> {
            rollsOut(name).accept(m);
            m.phase = Phase.CANCELLED;
            m.message = "";
        };
    }

    static Consumer<RollbackStatus.Changes> planned(String name) {
        return m -> {
            Pieces.planned(m, name);
            m.plan = with(Pieces.plan(name), name.equals("cart") ? List.of(PASSED_OVER) : List.of(WARNING));
        };
    }

    static Consumer<RollbackStatus.Changes> applied(String name) {
        return m -> {
            planned(name).accept(m);
            m.plan = with(
                    Pieces.plan(name),
                    List.of(Finding.warn(
                            "last-applied-stale",
                            "It was made with kubectl apply: correct the manifest, or the next apply brings revision 4"
                                    + " back. What kubectl remembers goes stale, so parts of revision 3 may outlive"
                                    + " later applies.")));
        };
    }

    /** As it was chosen. */
    static Consumer<RollbackStatus.Changes> updated(String name) {
        return m -> {
            planned(name).accept(m);
            m.choices = 1;
        };
    }

    static Consumer<RollbackStatus.Changes> checked(String name, Phase phase, State state, String message) {
        return m -> {
            planned(name).accept(m);
            m.phase = phase;
            m.message = message;
            CheckSamples.in(m, state, message, state == State.Failed ? CheckSamples.LOG : null);
        };
    }

    static Consumer<RollbackStatus.Changes> rollsOut(String name) {
        return m -> {
            planned(name).accept(m);
            m.phase = Phase.RUNNING;
            m.patchedAt = GroupSamples.NOW.minusSeconds(10);
            m.rollout = new Rollout(
                    "Waiting for deployment \"" + name
                            + "\" rollout to finish: 1 of 3 updated replicas are available...",
                    3,
                    3,
                    1,
                    0,
                    List.of(new Rollout.PodProblem(name + "-abc-1", "CrashLoopBackOff", "exit code 1")));
        };
    }

    static Consumer<RollbackStatus.Changes> done(String name) {
        return m -> {
            rollsOut(name).accept(m);
            m.phase = Phase.SUCCEEDED;
            m.message = "deployment \"" + name + "\" successfully rolled out";
        };
    }

    static Consumer<RollbackStatus.Changes> failed(String name) {
        return m -> {
            rollsOut(name).accept(m);
            m.phase = Phase.FAILED;
            m.message = "the deadline passed";
        };
    }

    static Consumer<RollbackStatus.Changes> unbegun(String name) {
        return m -> {
            planned(name).accept(m);
            m.phase = Phase.CANCELLED;
            m.message = "cancelled by Stepback";
        };
    }

    static Plan with(Plan plan, List<Finding> findings) {
        return new Plan(
                plan.hash(), plan.targetUid(), plan.from(), plan.to(), Samples.changes(1), findings, plan.steps());
    }
}
