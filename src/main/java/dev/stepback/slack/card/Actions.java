package dev.stepback.slack.card;

/** The action ids of the buttons. Where several buttons of one kind are in one message, {@code :n} follows. */
public final class Actions {
    public static final String APPROVE = "approve";
    public static final String REJECT = "reject";
    public static final String BREAK_GLASS = "break_glass";
    public static final String CANCEL = "cancel";
    public static final String LAST_APPLIED_TOO = "last_applied_too";
    public static final String LAST_APPLIED_STAYS = "last_applied_stays";
    public static final String STOP_HERE = "stop_here";
    public static final String GO_FORWARD = "go_forward";
    public static final String FULL_DIFF = "full_diff";
    /** Asks once more for what a check has stopped, to break the glass for it. */
    public static final String OVERRIDE = "override";

    public static final String RETRY = "retry";
    public static final String PLAN_AGAIN = "plan_again";
    public static final String UNDO = "undo";
    public static final String OTHER_REVISION = "other_revision";
    public static final String ROLL_BACK_TO = "roll_back_to";
    public static final String DIFF = "diff";
    /** The value is the text of a command. */
    public static final String RUN = "run";

    private Actions() {}
}
