package dev.stepback.rollback.group;

import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What to do next about one group: a pure function of the group, of its Rollbacks, of how the approvals stand, and of the
 * time.
 *
 * <p>Nothing begins before the approval of exactly these plans is written down, and nothing more once {@code ending} is. All
 * that is done to a Rollback can be seen in it afterwards, so it is safe to die between any two actions.
 */
final class GroupDecision {
    /** How long to wait for news of a Rollback before looking without any. */
    static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    private final GroupMoment moment;
    private final GroupView view;
    private final RollbackGroupSpec spec;
    private final RollbackGroupStatus status;
    private final Instant now;

    private GroupDecision(GroupMoment moment) {
        this.moment = moment;
        this.view = moment.view();
        this.spec = view.group().getSpec();
        this.status = moment.status();
        this.now = moment.now();
    }

    /** @param asked how the approvals stand; empty when nobody has asked yet */
    static GroupAction next(GroupView view, Optional<Approvals> asked, Instant now) {
        GroupMoment moment = new GroupMoment(view, now);
        RollbackGroupStatus status = moment.status();
        if (status.phase().terminal() || status.ending() != null) {
            return new GroupClosing(moment).next();
        }
        return switch (status.phase()) {
            case PLANNING -> new GroupWaiting(moment).planning(asked);
            case AWAITING_APPROVAL -> new GroupWaiting(moment).awaitingApproval(asked);
            default -> new GroupDecision(moment).running();
        };
    }

    /**
     * What is done instead of beginning.
     *
     * @param why what has changed since it was planned
     */
    static GroupAction outdated(GroupView view, String why, Instant now) {
        return new GroupMoment(view, now).endIn(Phase.SUPERSEDED, why);
    }

    private GroupAction running() {
        if (spec.cancellation() != null) {
            return moment.endIn(Phase.CANCELLED, moment.stoppedBy());
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
        Stream<Instant> before = spec.inOrder()
                ? IntStream.range(0, i)
                        .mapToObj(view::member)
                        .flatMap(Optional::stream)
                        .flatMap(r -> Stream.ofNullable(r.statusOrInitial().finishedAt()))
                : Stream.empty();
        return Stream.concat(Stream.ofNullable(status.approvedAt()), before)
                .max(Comparator.naturalOrder())
                .filter(may -> !now.isBefore(may.plus(Approvals.GOOD_FOR)))
                .map(may -> view.target(i).name() + " could not be begun within " + Approvals.GOOD_FOR.toMinutes()
                        + " minutes; ask again for what is left");
    }
}
