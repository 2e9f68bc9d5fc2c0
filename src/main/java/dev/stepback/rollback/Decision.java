package dev.stepback.rollback;

import dev.stepback.rollback.Action.Seen;
import java.time.Instant;

/**
 * What to do next about one Rollback: a pure function of the object, of what has just been seen, and of the time.
 *
 * <p>Two rules make it safe to die anywhere. A step's {@code startedAt} is written before the step is started, so a
 * pending step without it was certainly never started and may still be cancelled. And nothing is ever started for an
 * object in which the approved hash does not match the plan that is stored.
 */
final class Decision {
    private Decision() {}

    static Action next(Rollback rollback, Seen seen, Instant now) {
        Moment moment = new Moment(rollback, now);
        return switch (moment.status().phase()) {
            case PLANNING -> new Waiting(moment).planning(seen);
            case AWAITING_APPROVAL -> new Waiting(moment).awaitingApproval(seen);
            case RUNNING, VERIFYING -> begun(moment, seen);
            case SUCCEEDED, FAILED, REJECTED, EXPIRED, CANCELLED, SUPERSEDED -> new Action.Leave();
        };
    }

    private static Action begun(Moment moment, Seen seen) {
        RollbackStatus.Ending ending = moment.status().ending();
        if (ending != null) {
            return new Closing(moment, ending).next(seen);
        }
        Running running = new Running(moment);
        return moment.status().phase() == Phase.RUNNING ? running.running(seen) : running.verifying(seen);
    }
}
