package dev.stepback.rollback.group;

import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Members;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to do next about one group: a pure function of the group, of its Rollbacks, of how the approvals stand, and of the
 * time.
 *
 * <p>Nothing begins before the approval of exactly these plans is written down, and nothing more once {@code ending} is. All
 * that is done to a Rollback can be seen in it afterwards, so it is safe to die between any two actions.
 */
final class GroupDecision {
    /** How long somebody can stop what starts without an approval. */
    static final Duration COUNTDOWN = Duration.ofSeconds(10);

    /** How long to wait for news of a Rollback before looking without any. */
    static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    static final Duration ASK_SOON = Duration.ofSeconds(5);
    static final Duration ASK_LATER = Duration.ofSeconds(30);

    /** What every waiting card means anyway. */
    private static final String NEEDS_ONE = "One approval is needed.";

    /** In whose name Rollbacks are stopped that no person stops. */
    private static final Person STEPBACK = new Person("stepback", "Stepback");

    private final GroupMoment moment;
    private final GroupView view;
    private final RollbackGroupSpec spec;
    private final RollbackGroupStatus status;
    private final Instant now;

    private GroupDecision(GroupView view, Instant now) {
        this.moment = new GroupMoment(view, now);
        this.view = view;
        this.spec = view.group().getSpec();
        this.status = view.group().statusOrInitial();
        this.now = now;
    }

    /** @param asked how the approvals stand; empty when nobody has asked yet */
    static GroupAction next(GroupView view, Optional<Approvals> asked, Instant now) {
        GroupDecision decision = new GroupDecision(view, now);
        if (decision.status.phase().terminal()) {
            return decision.ended();
        }
        if (decision.status.ending() != null) {
            return decision.end(decision.status.ending());
        }
        return switch (decision.status.phase()) {
            case PLANNING -> decision.planning(asked);
            case AWAITING_APPROVAL -> decision.awaitingApproval(asked);
            default -> decision.running();
        };
    }

    /** A change that was on its way when it ended must not stay unsaid: the card is drawn once more. */
    private GroupAction ended() {
        List<Rollback> late = moment.late();
        if (late.isEmpty()) {
            return new GroupAction.Leave();
        }
        return new GroupAction.Write(status.with(s -> {
            s.members = moment.withLate(late);
            s.message = Sentence.late(s.message, late);
            s.card = new CardStatus(s.card.channel(), s.card.ts(), s.card.sent(), false);
        }));
    }

    private GroupAction planning(Optional<Approvals> asked) {
        if (spec.cancellation() != null) {
            return moment.endIn(Phase.CANCELLED, stoppedBy());
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

    private GroupAction awaitingApproval(Optional<Approvals> asked) {
        if (spec.cancellation() != null) {
            return moment.endIn(Phase.CANCELLED, stoppedBy());
        }
        Optional<Decision> rejection = rejection();
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
        Instant startsAt = startsAt(approvals);
        boolean late = !now.isBefore(expiresAt);
        boolean inTime = now.isBefore(approvals.goodUntil(expiresAt));
        if (startsAt == null ? approvals.granted() && inTime : !late && !now.isBefore(startsAt)) {
            return moment.write(s -> {
                stand(s, approvals);
                s.phase = Phase.RUNNING;
                s.message = "";
                s.approvedAt = now;
            });
        }
        if (late) {
            return moment.endIn(Phase.EXPIRED, tooLate(approvals));
        }
        RollbackGroupStatus news = moment.changed(s -> stand(s, approvals));
        return news.equals(status) ? askAgain(approvals, expiresAt) : new GroupAction.Write(news);
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

    private GroupAction running() {
        if (spec.cancellation() != null) {
            return moment.endIn(Phase.CANCELLED, stoppedBy());
        }
        List<Rollback> failed =
                view.members().stream().filter(GroupMoment::missed).toList();
        Optional<String> gone = moment.gone();
        if (!failed.isEmpty() || gone.isPresent()) {
            return moment.endIn(Phase.FAILED, gone.orElseGet(() -> Sentence.failed(failed)));
        }
        for (int i = 0; i < view.size(); i++) {
            Rollback member = view.member(i).orElse(null);
            if (member == null || GroupMoment.phase(member) == Phase.SUCCEEDED) {
                continue;
            }
            if (member.getSpec().released() == null) {
                Optional<String> late = late(i);
                if (late.isPresent()) {
                    return moment.endIn(Phase.EXPIRED, late.get());
                }
                String approved = status.members().get(i).planHash();
                return GroupHash.planHash(Optional.of(member)).equals(Optional.ofNullable(approved))
                        ? new GroupAction.Release(member)
                        : moment.endIn(
                                Phase.SUPERSEDED, "the plan for " + member.target() + " is not the approved one");
            }
            if (spec.inOrder()) {
                return moment.waiting();
            }
        }
        return moment.ended() ? moment.finish(Phase.SUCCEEDED, Sentence.summary(view)) : moment.waiting();
    }

    /** An outage may have come between the moment from which a Rollback may begin and this one. */
    private Optional<String> late(int i) {
        Instant may = status.approvedAt();
        if (spec.inOrder() && i > 0) {
            may = view.member(i - 1)
                    .map(before -> before.statusOrInitial().finishedAt())
                    .orElse(may);
        }
        return may == null || now.isBefore(may.plus(Approvals.GOOD_FOR))
                ? Optional.empty()
                : Optional.of(view.target(i).name() + " could not be begun within " + Approvals.GOOD_FOR.toMinutes()
                        + " minutes; ask again for what is left");
    }

    /** Stops what has not begun, waits for what has unless somebody wants that stopped, too, and then it is over. */
    private GroupAction end(Phase ending) {
        for (Rollback member : view.members()) {
            if (!Members.begun(member) && member.getSpec().cancellation() == null) {
                return new GroupAction.Cancel(member, stopper());
            }
        }
        Optional<GroupAction> halt = halt();
        if (halt.isPresent()) {
            return halt.get();
        }
        if (!moment.ended()) {
            return moment.waiting();
        }
        if (status.approvedAt() == null) {
            return moment.finish(ending, status.message());
        }
        boolean all =
                view.members().size() == view.size() && view.members().stream().noneMatch(GroupMoment::missed);
        boolean broken = view.members().stream().anyMatch(r -> GroupMoment.phase(r) == Phase.FAILED);
        String why = ending == Phase.EXPIRED && !all ? status.message() + "; " : "";
        return moment.finish(all ? Phase.SUCCEEDED : broken ? Phase.FAILED : ending, why + Sentence.summary(view));
    }

    private Optional<GroupAction> halt() {
        Cancellation stop = spec.stop();
        if (stop == null) {
            return Optional.empty();
        }
        return view.members().stream()
                .flatMap(r -> Members.halting(r, stop).<GroupAction>map(how -> new GroupAction.Halt(r, how)).stream())
                .findFirst();
    }

    private void stand(RollbackGroupStatus.Changes s, Approvals approvals) {
        String cluster = approvals.terms().cluster();
        s.cluster = cluster.isEmpty() ? null : cluster;
        s.approvals = new ApprovalStatus(
                approvals.required(),
                approvals.counted().stream().map(d -> d.by().id()).toList(),
                approvals.breakGlass(),
                approvals.terms().from(),
                approvals.terms().typeToConfirm());
        s.startsAt = startsAt(approvals);
        s.message = approvals.missing().equals(NEEDS_ONE) ? "" : approvals.missing();
    }

    private @Nullable Instant startsAt(Approvals approvals) {
        if (!approvals.unapproved()) {
            return null;
        }
        return status.startsAt() == null ? now.plus(COUNTDOWN) : status.startsAt();
    }

    private GroupAction askAgain(Approvals approvals, Instant expiresAt) {
        boolean eager = approvals.undecided() || !spec.decisions().isEmpty();
        Instant next = now.plus(eager ? ASK_SOON : ASK_LATER);
        return new GroupAction.WaitUntil(
                Stream.of(Optional.of(next), Optional.of(expiresAt), Optional.ofNullable(status.startsAt()))
                        .flatMap(Optional::stream)
                        .min(Comparator.naturalOrder())
                        .orElse(next));
    }

    private String tooLate(Approvals approvals) {
        return approvals.granted()
                ? "it could not be started in time"
                : spec.decisions().isEmpty() && approvals.required() < 2
                        ? "nobody approved in time"
                        : "not approved in time. " + approvals.missing();
    }

    private String stoppedBy() {
        Cancellation cancellation = spec.cancellation();
        return cancellation == null ? "" : "stopped by " + cancellation.by().name();
    }

    private Optional<Decision> rejection() {
        return spec.decisions().stream()
                .filter(d -> d.verdict() == Verdict.Rejected)
                .filter(d -> d.planHash().equals(status.hash()))
                .findFirst();
    }

    private Person stopper() {
        RollbackSpec.Cancellation cancellation = spec.cancellation();
        return cancellation != null
                ? cancellation.by()
                : rejection().map(Decision::by).orElse(STEPBACK);
    }
}
