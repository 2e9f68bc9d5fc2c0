package dev.stepback.audit;

/**
 * Where is recorded what people and Stepback did. An event is recorded by whoever made it true, right after the write that
 * did: a delivery that arrives twice and a second replica find that it is true already, and record nothing. When the process
 * dies between the write and the line, the line is missing and the Rollback (or the ConfigMap of the locks) still tells of it:
 * there is never a line for what did not happen, and never two.
 *
 * <p>A denial changes nothing that a second delivery could find. Within one replica a delivery is worked on once; delivered to
 * two replicas, it is denied twice.
 *
 * <p>Safe for use by several threads.
 */
public interface Audit {
    /** Records nothing. */
    Audit NONE = event -> {};

    /** Records with this one first, then with the other. */
    default Audit and(Audit other) {
        return event -> {
            record(event);
            other.record(event);
        };
    }

    /** Never throws: what happened has happened, whether or not it can be written down. */
    void record(AuditEvent event);
}
