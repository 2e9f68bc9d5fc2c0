package dev.stepback.policy;

/** A truth value that may not be known, because Slack or the cluster could not be asked. Never to be read as yes. */
public enum Answer {
    NO,
    UNKNOWN,
    YES;

    public static Answer of(boolean truth) {
        return truth ? YES : NO;
    }

    /** No when one is no, even if the other is not known. */
    public Answer and(Answer other) {
        return compareTo(other) <= 0 ? this : other;
    }

    /** Yes when one is yes, even if the other is not known. */
    public Answer or(Answer other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
