package dev.stepback.rollback.group;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.NewChoice;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.target.TargetRef;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Reads groups and writes intent into them, with optimistic locking. Every method authorizes first where a person acts, for
 * every one of the targets. Safe for use by several threads and replicas.
 *
 * <p>Methods throw {@link io.fabric8.kubernetes.client.KubernetesClientException} when the API server cannot be reached
 * or refuses.
 */
public interface RollbackGroups {

    /** Creates a group, or finds the one that an earlier delivery of the same request created. */
    Created create(NewGroup request);

    /** Approves or rejects all of it, or breaks the glass. */
    Decided decide(String namespace, String name, NewDecision decision);

    /** Chooses how all of it shall be done; while it waits for an approval only. It is planned again, and approved anew. */
    Decided choose(String namespace, String name, NewChoice choice);

    /** Asks to stop what has not begun. */
    Decided cancel(String namespace, String name, Actor by);

    /** Begins nothing more, and ends what is in the middle of its rollout. Who may, is another question for each way. */
    Decided stop(String namespace, String name, Actor by, Midway midway);

    Optional<GroupView> find(String namespace, String name);

    /** All groups that are served, in no order. */
    List<RollbackGroup> all();

    /** Changes {@code status.card}, looking again after every conflict. Empty when the group is gone. */
    Optional<RollbackGroup> updateCard(String namespace, String name, UnaryOperator<CardStatus> change);

    /** What came of {@link #create}. */
    sealed interface Created {
        /** @param repeated whether an earlier delivery had already created it */
        record Ok(GroupView view, boolean repeated) implements Created {}

        /** Another rollback of one of the targets is open. */
        record AlreadyOpen(Rollback open) implements Created {}

        record Denied(TargetRef target, String why) implements Created {}

        /** Nobody may ask for a rollback of this target without saying why. */
        record NeedsReason(TargetRef target) implements Created {}
    }

    /** What came of a decision or a cancellation. */
    sealed interface Decided {
        /** It was recorded; more approvals may still be missing. */
        record Recorded(GroupView view) implements Decided {}

        /** The same was recorded before: nothing more happened. */
        record AlreadyRecorded(GroupView view) implements Decided {}

        /** Nothing was recorded: {@code expected} has to be typed, and for breaking the glass a reason given. */
        record NeedsTyping(GroupView view, String expected) implements Decided {}

        /** The plans are others now, or the group no longer waits; {@code why} is a sentence for the person. */
        record TooLate(GroupView view, String why) implements Decided {}

        record Denied(String why) implements Decided {}

        record Gone() implements Decided {}
    }
}
