package dev.stepback.rollback;

import dev.stepback.target.BadRevision;
import dev.stepback.target.PastUndo;
import dev.stepback.target.TargetRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Reads Rollbacks and writes intent into them, with optimistic locking. Every method authorizes first where a person
 * acts. Safe for use by several threads and replicas.
 *
 * <p>Methods throw {@link io.fabric8.kubernetes.client.KubernetesClientException} when the API server cannot be reached
 * or refuses.
 */
public interface Rollbacks {

    /** Creates a Rollback, or finds the one that an earlier delivery of the same request created. */
    Created create(NewRollback request);

    /** Approves or rejects a plan, or breaks the glass. */
    Decided decide(String namespace, String name, NewDecision decision);

    /** Chooses how it shall be done; while it waits for an approval only. The plan is made again, and approved anew. */
    Decided choose(String namespace, String name, NewChoice choice);

    /** Asks for a cancellation. */
    Decided cancel(String namespace, String name, Actor by);

    /** Ends a rollback in the middle of its rollout. Who may, is another question for each of the two ways. */
    Decided stop(String namespace, String name, Actor by, RollbackSpec.Midway midway);

    Optional<Rollback> find(String namespace, String name);

    /** The open rollback of the target, if there is one. */
    Optional<Rollback> open(TargetRef target);

    /** Open ones first, then the others, newest first. */
    List<Rollback> list(int limit);

    /** The newest rollback of the target, open or not. */
    Optional<Rollback> latest(TargetRef target);

    /**
     * The target's revisions that were rolled back from, or whose rollout or restoration failed, and not used with success
     * since; by {@link dev.stepback.target.Revision#id}.
     */
    Map<String, BadRevision> knownBad(TargetRef target);

    /** When the target was rolled back, from what and to what; as far as its Rollbacks are kept. */
    List<PastUndo> pastUndos(TargetRef target);

    /** Changes {@code status.card}, looking again after every conflict. Empty when the Rollback is gone. */
    Optional<Rollback> updateCard(String namespace, String name, UnaryOperator<RollbackStatus.CardStatus> change);

    /** What came of {@link #create}. */
    sealed interface Created {
        /** @param repeated whether an earlier delivery had already created it */
        record Ok(Rollback rollback, boolean repeated) implements Created {}

        /** Another rollback of the target is open. */
        record AlreadyOpen(Rollback open) implements Created {}

        record Denied(String why) implements Created {}

        /** Nobody may ask for a rollback of the target without saying why. */
        record NeedsReason(TargetRef target) implements Created {}
    }

    /** What came of a decision or a cancellation. */
    sealed interface Decided {
        /** It was recorded; more approvals may still be missing. */
        record Recorded(Rollback rollback) implements Decided {}

        /** The same was recorded before (a click delivered twice, or two people at once): nothing more happened. */
        record AlreadyRecorded(Rollback rollback) implements Decided {}

        /** Nothing was recorded: {@code expected} has to be typed, and for breaking the glass a reason given. */
        record NeedsTyping(Rollback rollback, String expected) implements Decided {}

        /** The plan is another one now, or the rollback no longer waits; {@code why} is a sentence for the person. */
        record TooLate(Rollback rollback, String why) implements Decided {}

        record Denied(String why) implements Decided {}

        record Gone() implements Decided {}
    }
}
