package dev.stepback.rollback.group;

import dev.stepback.rollback.Members;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.group.RollbackGroupStatus.Member;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A group as it is at some time, and what can be written about it then. */
record GroupMoment(GroupView view, Instant now) {

    RollbackGroupStatus status() {
        return view.group().statusOrInitial();
    }

    String stoppedBy() {
        Cancellation cancellation = view.group().getSpec().cancellation();
        return cancellation == null ? "" : "stopped by " + cancellation.by().name();
    }

    Optional<Decision> rejection() {
        return view.group().getSpec().decisions().stream()
                .filter(d -> d.verdict() == Verdict.Rejected)
                .filter(d -> d.planHash().equals(status().hash()))
                .findFirst();
    }

    GroupAction endIn(Phase phase, String message) {
        return write(s -> {
            s.ending = phase;
            s.message = message;
            s.startsAt = null;
        });
    }

    GroupAction finish(Phase phase, String message) {
        return write(s -> {
            s.phase = phase;
            s.message = message;
            s.finishedAt = now;
        });
    }

    /** Writes how far the Rollbacks are when that has changed; then there is nothing to do until they are farther. */
    GroupAction waiting() {
        RollbackGroupStatus news = changed(s -> {});
        return news.equals(status())
                ? new GroupAction.WaitUntil(now.plus(GroupDecision.LOOK_AGAIN))
                : new GroupAction.Write(news);
    }

    GroupAction write(Consumer<RollbackGroupStatus.Changes> changes) {
        return new GroupAction.Write(changed(changes));
    }

    RollbackGroupStatus changed(Consumer<RollbackGroupStatus.Changes> changes) {
        return status().with(s -> {
            s.members = members();
            changes.accept(s);
        });
    }

    /** Once it is approved, the hashes are those that were approved. */
    private List<Member> members() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < view.size(); i++) {
            Member before = i < status().members().size() ? status().members().get(i) : null;
            Optional<Rollback> member = view.member(i);
            String hash = before != null && status().phase() == Phase.RUNNING
                    ? before.planHash()
                    : GroupHash.planHash(member).orElse(null);
            Phase phase = member.map(GroupMoment::phase).orElse(before == null ? Phase.PLANNING : before.phase());
            boolean late = member.filter(GroupMoment::late).isPresent();
            members.add(new Member(Members.name(view.group(), view.target(i)), hash, phase, late ? true : null));
        }
        return members;
    }

    private static boolean late(Rollback member) {
        return member.statusOrInitial().changedAfterTheEnd();
    }

    /** Those that were changed after their end without the group having said so. */
    List<Rollback> late() {
        return status().members().stream()
                .filter(m -> m.late() == null)
                .flatMap(m -> Optional.ofNullable(view.byName().get(m.rollback())).stream())
                .filter(GroupMoment::late)
                .toList();
    }

    /** As they were at the end, but for these. */
    List<Member> withLate(List<Rollback> late) {
        return status().members().stream()
                .map(m -> late.contains(view.byName().get(m.rollback())) ? m.changedLate() : m)
                .toList();
    }

    /** What has happened to a Rollback that waited for the approval of all. */
    Optional<String> lost() {
        return gone().or(() -> view.members().stream()
                .filter(GroupMoment::missed)
                .findFirst()
                .map(r -> r.target() + " is " + phase(r).apiName()
                        + (r.statusOrInitial().message().isBlank()
                                ? ""
                                : ": " + r.statusOrInitial().message())));
    }

    /** A Rollback that is no longer there, and had not ended when it was seen last. */
    Optional<String> gone() {
        for (int i = 0; i < view.size(); i++) {
            boolean over = i < status().members().size()
                    && status().members().get(i).phase().terminal();
            if (view.member(i).isEmpty() && !over) {
                return Optional.of("somebody deleted the Rollback of " + view.target(i));
            }
        }
        return Optional.empty();
    }

    boolean ended() {
        return view.members().stream().allMatch(r -> phase(r).terminal());
    }

    static boolean missed(Rollback member) {
        return phase(member).terminal() && phase(member) != Phase.SUCCEEDED;
    }

    static Phase phase(Rollback member) {
        return member.statusOrInitial().phase();
    }
}
