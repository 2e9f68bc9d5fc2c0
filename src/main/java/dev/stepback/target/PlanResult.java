package dev.stepback.target;

/** What came of the wish to plan a rollback. */
public sealed interface PlanResult {

    /** There is a way back. */
    record Planned(Plan plan) implements PlanResult {}

    /**
     * There is none.
     *
     * @param message says why in kubectl's words, and what to do instead
     */
    record Refused(Reason reason, String message) implements PlanResult {}

    /** Why there is no way back. */
    enum Reason {
        TARGET_NOT_FOUND,
        NO_HISTORY,
        UNKNOWN_REVISION,
        PAUSED,
        /** The template already equals the wanted one; nothing to do. */
        ALREADY_THERE,
        /** Kubernetes forbids to read what the plan needs. */
        FORBIDDEN,
        /** Targets of this kind know no such operation. */
        NOT_SUPPORTED,
        /** Every earlier revision is known bad: one has to be named. */
        ONLY_KNOWN_BAD
    }
}
