package dev.stepback.rollback.group;

import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.rollback.RollbackSpec.Decision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The part of {@link GroupDecision} about groups of which nothing has begun: until there are plans, and until they may go. */
final class GroupWaiting {
    private final GroupMoment moment;
    private final GroupView view;
    private final RollbackGroupSpec spec;
    private final RollbackGroupStatus status;
    private final Instant now;

    GroupWaiting(GroupMoment moment) {
        this.moment = moment;
        this.view = moment.view();
        this.spec = view.group().getSpec();
        this.status = moment.status();
        this.now = moment.now();
    }

    GroupAction planning(Optional<Approvals> asked) {
        if (spec.cancellation() != null) {
            return moment.endIn(Phase.CANCELLED, moment.stoppedBy());
        }
        if (!spec.decisions().isEmpty()) {
            // As for a single one: an approval that was there before the plan was not given to a card.
            return moment.endIn(
                    Phase.SUPERSEDED, "it was decided on before there was a plan; ask for the rollbacks again");
        }
        for (int i = 0; i < view.size(); i++) {
            if (view.member(i).isEmpty()) {
                return new GroupAction.Create(i);
            }
        }
        if (view.members().stream().anyMatch(r -> GroupMoment.phase(r) == Phase.PLANNING)) {
            return moment.waiting();
        }
        List<Rollback> refused =
                view.members().stream().filter(GroupMoment::missed).toList();
        if (!refused.isEmpty()) {
            return moment.endIn(Phase.FAILED, Sentence.refused(refused, view.size()));
        }
        if (view.members().stream().allMatch(r -> GroupMoment.phase(r).terminal())) {
            return moment.finish(Phase.SUCCEEDED, "there was nothing to do: all of them are there already");
        }
        if (asked.isEmpty()) {
            return new GroupAction.AskPolicy();
        }
        return moment.write(s -> {
            s.phase = Phase.AWAITING_APPROVAL;
            s.hash = GroupHash.of(view);
            s.plannedAt = now;
            s.expiresAt = now.plus(asked.get().expiry());
            stand(s, asked.get());
        });
    }

    GroupAction awaitingApproval(Optional<Approvals> asked) {
        if (spec.cancellation() != null) {
            return moment.endIn(Phase.CANCELLED, moment.stoppedBy());
        }
        Optional<Decision> rejection = moment.rejection();
        if (rejection.isPresent()) {
            return moment.endIn(
                    Phase.REJECTED, "rejected by " + rejection.get().by().name());
        }
        Optional<String> lost = moment.lost();
        if (lost.isPresent()) {
            return moment.endIn(Phase.SUPERSEDED, lost.get());
        }
        if (view.plannedAgain()) {
            return plannedAgain();
        }
        if (!GroupHash.of(view).equals(status.hash())) {
            return otherPlans();
        }
        if (asked.isEmpty()) {
            return new GroupAction.AskPolicy();
        }
        Approvals approvals = asked.get();
        Instant expiresAt = status.expiresAt() == null ? now : status.expiresAt();
        boolean decided = !spec.decisions().isEmpty();
        if (approvals.begins(approvals.startsAt(status.startsAt(), now), expiresAt, now)) {
            return moment.write(s -> {
                stand(s, approvals);
                s.phase = Phase.RUNNING;
                s.message = "";
                s.approvedAt = now;
            });
        }
        if (!now.isBefore(expiresAt)) {
            return moment.endIn(
                    Phase.EXPIRED,
                    approvals.granted() ? "it could not be started in time" : approvals.expired(decided));
        }
        RollbackGroupStatus news = moment.changed(s -> stand(s, approvals));
        return news.equals(status)
                ? new GroupAction.WaitUntil(approvals.askAgain(decided, status.startsAt(), expiresAt, now))
                : new GroupAction.Write(news);
    }

    /** Each that can be done in the way that somebody chose is planned so, and nothing else happens before all of them are. */
    private GroupAction plannedAgain() {
        if (status.expiresAt() != null && !now.isBefore(status.expiresAt())) {
            return moment.endIn(Phase.EXPIRED, "nobody approved in time");
        }
        for (Rollback member : view.members()) {
            Optional<Choice> other = view.otherChoice(member);
            if (other.isPresent()) {
                return new GroupAction.Choose(member, other.get());
            }
        }
        return view.members().stream().anyMatch(Rollback::choicePending) ? moment.waiting() : otherPlans();
    }

    /** Nobody has approved these; what starts without an approval counts down anew. */
    private GroupAction otherPlans() {
        return moment.write(s -> {
            s.hash = GroupHash.of(view);
            s.choices = spec.choices().isEmpty() ? null : spec.choices().size();
            s.startsAt = null;
            s.approvals = s.approvals == null ? null : s.approvals.withoutAny();
        });
    }

    private void stand(RollbackGroupStatus.Changes s, Approvals approvals) {
        s.cluster = approvals.terms().clusterName();
        s.approvals = approvals.status();
        s.startsAt = approvals.startsAt(status.startsAt(), now);
        s.message = approvals.message();
    }
}
