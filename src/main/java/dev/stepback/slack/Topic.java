package dev.stepback.slack;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.RollbackSpec.Origin;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.slack.card.Message;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What one card is about, at one moment: a rollback, or several that are decided on together. */
interface Topic {
    ObjectMeta metadata();

    /** Names it in the metadata of its messages. */
    default String id() {
        return metadata().getNamespace() + "/" + metadata().getName();
    }

    /** Where the card goes. */
    Origin origin();

    /** What Slack has been sent, as far as it was known then. */
    CardStatus card();

    Phase phase();

    /** How many changes are known that were made after the end: each is worth drawing the card once more. */
    int afterwards();

    /** Whether it starts by itself, unless somebody stops it. */
    boolean countsDown();

    Message draw(Instant now);

    /** Whether it is still there, and not one of the same name in its place: this asks the cluster. */
    boolean exists();

    /** What takes the card's place when somebody has deleted what it is about. */
    Message deleted();

    /** The least that the card can be, for when Slack refuses the full one. */
    Message minimal(Instant now);

    /** What the card's thread is told, by the milestone's key, in order; each once. */
    Map<String, Message> milestones(Instant now);

    /**
     * What is told when somebody goes alone; empty while nobody does.
     *
     * @param here whether everybody who is present shall look at once
     * @param cardLink permalink of the card
     */
    Optional<Message> brokenGlass(boolean here, Optional<String> cardLink);

    /** What the channel is told at the end. */
    Message outcome(Instant now, Optional<String> cardLink);

    /** What is too long for a modal; empty when all of it fits. */
    Optional<DiffFile> diffFile();

    /**
     * Remembers what Slack has been sent.
     *
     * @return false when what the card is about has been deleted
     */
    boolean record(CardStatus card);

    /** A file for the card's thread. */
    record DiffFile(String name, String content) {}
}
