package dev.stepback.rollback;

/** Is told about Rollbacks by the replica that reconciles. */
public interface RollbackListener {

    /**
     * The Rollback changed, or this replica has just begun to reconcile. Level-triggered: the same state may be told
     * several times, and intermediate ones may be left out. Must return at once and never throw.
     */
    void changed(Rollback rollback);

    /** Tells this one first, then the other. */
    default RollbackListener and(RollbackListener other) {
        return rollback -> {
            changed(rollback);
            other.changed(rollback);
        };
    }
}
