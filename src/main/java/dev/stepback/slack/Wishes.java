package dev.stepback.slack;

import dev.stepback.audit.AuditEvent.Wish;
import dev.stepback.slack.card.Actions;

/** What whoever presses a button wants, as the audit record calls it. */
final class Wishes {
    private Wishes() {}

    /** @param action the action id up to its colon */
    static Wish of(String action) {
        return switch (action) {
            case Actions.APPROVE -> Wish.APPROVE;
            case Actions.REJECT -> Wish.REJECT;
            case Actions.BREAK_GLASS -> Wish.BREAK_GLASS;
            case Actions.CANCEL -> Wish.CANCEL;
            case Actions.LAST_APPLIED_TOO, Actions.LAST_APPLIED_STAYS -> Wish.CHOOSE;
            case Actions.STOP_HERE, Actions.GO_FORWARD -> Wish.STOP;
            case Actions.OVERRIDE -> Wish.BREAK_GLASS;
            case Actions.RETRY, Actions.PLAN_AGAIN, Actions.UNDO, Actions.ROLL_BACK_TO -> Wish.REQUEST;
            default -> Wish.VIEW;
        };
    }
}
