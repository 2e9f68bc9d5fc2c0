package dev.stepback.slack;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.RollbackSpec.Origin;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.slack.card.DiffMessages;
import dev.stepback.slack.card.DiffText;
import dev.stepback.slack.card.GroupAnnouncements;
import dev.stepback.slack.card.GroupCard;
import dev.stepback.slack.card.Message;
import dev.stepback.target.Plan;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Several rollbacks with one card. */
record GroupTopic(GroupView view, RollbackGroups groups) implements Topic {
    @Override
    public ObjectMeta metadata() {
        return view.group().getMetadata();
    }

    @Override
    public String id() {
        return metadata().getNamespace() + "/group:" + metadata().getName();
    }

    @Override
    public Origin origin() {
        return view.group().getSpec().origin();
    }

    @Override
    public CardStatus card() {
        return view.group().statusOrInitial().card();
    }

    @Override
    public Phase phase() {
        return view.group().statusOrInitial().phase();
    }

    @Override
    public int afterwards() {
        return view.group().statusOrInitial().late();
    }

    @Override
    public boolean countsDown() {
        return phase() == Phase.AWAITING_APPROVAL
                && view.group().statusOrInitial().startsAt() != null
                && !view.plannedAgain();
    }

    @Override
    public Message draw(Instant now) {
        return GroupCard.of(view, now);
    }

    @Override
    public boolean exists() {
        return groups.find(metadata().getNamespace(), metadata().getName())
                .filter(now -> Objects.equals(
                        now.group().getMetadata().getUid(), metadata().getUid()))
                .isPresent();
    }

    @Override
    public Message deleted() {
        return GroupCard.deleted(view);
    }

    @Override
    public Message minimal(Instant now) {
        return GroupCard.minimal(view, now);
    }

    @Override
    public Map<String, Message> milestones(Instant now) {
        return GroupAnnouncements.milestones(view, now);
    }

    @Override
    public Optional<Message> brokenGlass(boolean here, Optional<String> cardLink) {
        return GroupAnnouncements.brokenGlass(view, here, cardLink);
    }

    @Override
    public Message outcome(Instant now, Optional<String> cardLink) {
        return GroupAnnouncements.outcome(view, now, cardLink);
    }

    /** The modal has little room for each of many. */
    @Override
    public Optional<DiffFile> diffFile() {
        List<Plan> long_ = view.members().stream()
                .map(r -> Optional.ofNullable(r.statusOrInitial().plan()))
                .flatMap(Optional::stream)
                .filter(plan -> !DiffMessages.fitsModal(plan.changes()))
                .toList();
        if (phase() == Phase.PLANNING || long_.isEmpty()) {
            return Optional.empty();
        }
        String content = view.members().stream()
                .filter(r -> r.statusOrInitial().plan() != null)
                .map(r -> "# " + r.target() + "\n"
                        + Optional.ofNullable(r.statusOrInitial().plan())
                                .map(p -> DiffText.file(p.changes()))
                                .orElse(""))
                .collect(Collectors.joining("\n"));
        return Optional.of(new DiffFile(metadata().getName() + ".diff", content));
    }

    @Override
    public boolean record(CardStatus card) {
        return groups.updateCard(metadata().getNamespace(), metadata().getName(), ignored -> card)
                .isPresent();
    }
}
