package dev.stepback.rollback.group;

/** Is told about groups by the replica that reconciles. */
@FunctionalInterface
public interface GroupListener {

    /**
     * The group or one of its Rollbacks changed, or this replica has just begun to reconcile. Level-triggered: the same state
     * may be told several times, and intermediate ones may be left out. Must return at once and never throw.
     */
    void changed(GroupView view);
}
