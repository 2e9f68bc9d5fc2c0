package dev.stepback.rollback;

import dev.stepback.target.Operation;
import dev.stepback.target.Plan;

/** Why a rollback cannot be cancelled, or stopped where it is, and what can be done instead; for people. */
final class NotStopped {
    private NotStopped() {}

    /** To somebody who cancels. */
    static String cancelled(Rollback rollback) {
        String late = "The last step runs already; it cannot be cancelled in the middle.";
        if (rollback.stoppable()) {
            return late + " “Stop here” on its card holds the rollout where it is." + forward(rollback);
        }
        return rollback.canStandStill() ? late : late + " " + midway(rollback);
    }

    /** To somebody who wants it to stand still. */
    static String midway(Rollback rollback) {
        return "Kubernetes has no way to hold the rollout of a "
                + rollback.target().kind().apiName() + "." + forward(rollback);
    }

    private static String forward(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        Plan plan = status.plan();
        boolean running = status.phase() == Phase.RUNNING && status.patchedAt() != null;
        return plan == null || !running || rollback.getSpec().wanted() != Operation.UNDO
                ? ""
                : " “Go forward again” on its card asks to return to revision "
                        + plan.from().number() + ".";
    }
}
