package dev.stepback.rollback;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.util.function.BooleanSupplier;

/**
 * Another kind of object that the leader reconciles beside Rollbacks, and that is told of them.
 *
 * @param <P> the kind of object
 */
public interface Companion<P extends HasMetadata> extends RollbackListener {

    /** Whether the API server knows the kind; if not, Rollbacks are reconciled all the same. */
    boolean served();

    /**
     * Deletes what has ended and is no longer kept.
     *
     * @param most how many at most
     * @return how many were deleted
     */
    int tidy(int most);

    /** A new one for every time that this replica begins to lead. */
    Reconciler<P> reconciler(BooleanSupplier leading);
}
