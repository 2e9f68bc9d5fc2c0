package dev.stepback.rollback.group;

import dev.stepback.rollback.Members;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import java.util.List;
import java.util.Optional;

/** The part of {@link GroupDecision} about groups that begin nothing more: until what runs has ended, and after that. */
final class GroupClosing {
    /** In whose name Rollbacks are stopped that no person stops. */
    private static final Person STEPBACK = new Person("stepback", "Stepback");

    private final GroupMoment moment;
    private final GroupView view;
    private final RollbackGroupSpec spec;
    private final RollbackGroupStatus status;

    GroupClosing(GroupMoment moment) {
        this.moment = moment;
        this.view = moment.view();
        this.spec = view.group().getSpec();
        this.status = moment.status();
    }

    GroupAction next() {
        Phase ending = status.ending();
        return status.phase().terminal() || ending == null ? ended() : end(ending);
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

    private Person stopper() {
        Cancellation cancellation = spec.cancellation();
        return cancellation != null
                ? cancellation.by()
                : moment.rejection().map(Decision::by).orElse(STEPBACK);
    }
}
