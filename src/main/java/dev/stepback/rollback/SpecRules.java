package dev.stepback.rollback;

/**
 * The rules, in CEL, by which the API server guards what a Rollback and a RollbackGroup have in common. An annotation takes
 * constants only, so each field that may be left out has a rule of its own.
 */
public final class SpecRules {
    public static final String TO_TIME =
            "has(self.toTime) == has(oldSelf.toTime) && (!has(self.toTime) || self.toTime == oldSelf.toTime)";
    public static final String OPTIONS =
            "has(self.options) == has(oldSelf.options)" + " && (!has(self.options) || self.options == oldSelf.options)";
    public static final String FOLLOWS =
            "has(self.follows) == has(oldSelf.follows) && (!has(self.follows) || self.follows == oldSelf.follows)";
    public static final String CANCELLATION =
            "!has(oldSelf.cancellation) || has(self.cancellation) && self.cancellation == oldSelf.cancellation";
    public static final String STOP = "!has(oldSelf.stop) || has(self.stop) && self.stop == oldSelf.stop";

    /** As many decisions, and choices, as the rules about them look at: CEL has no way to count along a list. */
    public static final int MAX_DECISIONS = 16;

    private static final String EACH = "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15].all(i, i >= ";

    public static final String DECISIONS = "!has(oldSelf.decisions) || has(self.decisions)"
            + " && size(self.decisions) >= size(oldSelf.decisions)"
            + " && " + EACH + "size(oldSelf.decisions)"
            + " || self.decisions[i] == oldSelf.decisions[i])";
    public static final String CHOICES = "!has(oldSelf.choices) || has(self.choices)"
            + " && size(self.choices) >= size(oldSelf.choices)"
            + " && " + EACH + "size(oldSelf.choices)"
            + " || self.choices[i] == oldSelf.choices[i])";

    private SpecRules() {}
}
