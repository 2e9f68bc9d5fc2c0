package dev.stepback.slack;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Origin;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.slack.card.Announcements;
import dev.stepback.slack.card.Card;
import dev.stepback.slack.card.DiffMessages;
import dev.stepback.slack.card.DiffText;
import dev.stepback.slack.card.Message;
import dev.stepback.target.Plan;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** One rollback with a card of its own. */
record RollbackTopic(Rollback rollback, Rollbacks rollbacks) implements Topic {
    @Override
    public ObjectMeta metadata() {
        return rollback.getMetadata();
    }

    @Override
    public Origin origin() {
        return rollback.getSpec().origin();
    }

    @Override
    public CardStatus card() {
        return rollback.statusOrInitial().card();
    }

    @Override
    public Phase phase() {
        return rollback.statusOrInitial().phase();
    }

    @Override
    public int afterwards() {
        return rollback.statusOrInitial().changedAfterTheEnd() ? 1 : 0;
    }

    @Override
    public boolean countsDown() {
        return phase() == Phase.AWAITING_APPROVAL
                && rollback.statusOrInitial().startsAt() != null
                && !rollback.choicePending();
    }

    @Override
    public Message draw(Instant now) {
        return Card.of(rollback, now);
    }

    @Override
    public boolean exists() {
        return rollbacks
                .find(metadata().getNamespace(), metadata().getName())
                .filter(now ->
                        Objects.equals(now.getMetadata().getUid(), metadata().getUid()))
                .isPresent();
    }

    @Override
    public Message deleted() {
        return Card.deleted(rollback);
    }

    @Override
    public Message minimal(Instant now) {
        return Card.minimal(rollback, now);
    }

    @Override
    public Map<String, Message> milestones(Instant now) {
        return Announcements.milestones(rollback, now);
    }

    @Override
    public Optional<Message> brokenGlass(boolean here, Optional<String> cardLink) {
        return Announcements.brokenGlass(rollback, here, cardLink);
    }

    @Override
    public Message outcome(Instant now, Optional<String> cardLink) {
        return Announcements.outcome(rollback, now, cardLink);
    }

    @Override
    public Optional<DiffFile> diffFile() {
        Plan plan = rollback.statusOrInitial().plan();
        if (plan == null || DiffMessages.fitsModal(plan.changes())) {
            return Optional.empty();
        }
        String name = rollback.target().name() + "-" + plan.from().number() + "-to-"
                + plan.to().number() + ".diff";
        return Optional.of(new DiffFile(name, DiffText.file(plan.changes())));
    }

    @Override
    public boolean record(CardStatus card) {
        return rollbacks
                .updateCard(metadata().getNamespace(), metadata().getName(), ignored -> card)
                .isPresent();
    }
}
