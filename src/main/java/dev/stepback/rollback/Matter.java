package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that waits for people's decisions: one rollback, or several that are decided on together. */
public interface Matter {

    /** Whether somebody may decide so, and whether the policy lets it be decided now. */
    Authorizer.Authorization may(Actor who, Verdict verdict);

    /** Whether somebody may choose how it is done. */
    Authorizer.Authorization mayChoose(Actor who);

    /** The hash of what would run; empty while there is no plan. */
    Optional<String> hash();

    /** Whether it is planned again at this moment, because somebody chose another way: it can only be rejected then. */
    boolean plannedAgain();

    /** All that was decided so far, oldest first. */
    List<RollbackSpec.Decision> decisions();

    /** All that was chosen so far, oldest first. */
    List<RollbackSpec.Choice> choices();

    /** Whether what {@code kubectl apply} remembers shall be rolled back, too, as things stand. */
    boolean updatesLastApplied();

    Phase phase();

    RollbackSpec.@Nullable Cancellation cancellation();

    @Nullable
    Instant expiresAt();

    /** How the approvals stand by the policy of this moment. */
    Approvals approvals();

    /** What has to be typed for this decision; empty when a click is enough. */
    Optional<String> toType(Verdict verdict);
}
