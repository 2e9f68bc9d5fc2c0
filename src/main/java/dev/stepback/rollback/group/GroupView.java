package dev.stepback.rollback.group;

import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Members;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.target.Plan;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A group and its Rollbacks as they were at about the same time.
 *
 * @param byName the group's Rollbacks; those that are not there yet, or no more, are left out
 */
public record GroupView(RollbackGroup group, Map<String, Rollback> byName) {

    public GroupView {
        byName = Map.copyOf(byName);
    }

    /** How many targets there are. */
    public int size() {
        return group.getSpec().targets().size();
    }

    public TargetRef target(int i) {
        return group.targets().get(i);
    }

    /** The Rollback of the target with this index. */
    public Optional<Rollback> member(int i) {
        return Optional.ofNullable(byName.get(Members.name(group, target(i))));
    }

    /** The Rollback of the target with this index, be it one that is yet to be created. */
    Rollback wanted(int i) {
        return member(i).orElseGet(() -> {
            Rollback rollback = new Rollback();
            rollback.setMetadata(new ObjectMetaBuilder()
                    .withNamespace(target(i).namespace())
                    .withName(Members.name(group, target(i)))
                    .withCreationTimestamp(group.getMetadata().getCreationTimestamp())
                    .build());
            rollback.setSpec(spec(i));
            return rollback;
        });
    }

    /** Every target's Rollback, be it one that is yet to be created. */
    List<Rollback> all() {
        return IntStream.range(0, size()).mapToObj(this::wanted).toList();
    }

    private RollbackSpec spec(int i) {
        RollbackGroupSpec spec = group.getSpec();
        return new RollbackSpec(
                new RollbackSpec.TargetName(target(i).kind(), target(i).name()),
                null,
                spec.targets().get(i).toRevision(),
                spec.toTime(),
                spec.options(),
                spec.reason(),
                spec.requestedBy(),
                spec.origin(),
                spec.deadlineSeconds(),
                spec.targets().get(i).follows(),
                group.getMetadata().getName(),
                List.of(),
                List.of(),
                null,
                null);
    }

    /** Those that are there, in the order of the targets. */
    public List<Rollback> members() {
        return IntStream.range(0, size())
                .mapToObj(this::member)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The same with those of its Rollbacks only that are among these. */
    public GroupView only(List<Rollback> visible) {
        Map<String, Rollback> left = new HashMap<>(byName);
        left.keySet()
                .retainAll(visible.stream().map(r -> r.getMetadata().getName()).toList());
        return new GroupView(group, left);
    }

    /** Whether somebody has chosen another way, and not all of it is planned so yet. */
    public boolean plannedAgain() {
        RollbackGroupStatus status = group.statusOrInitial();
        Integer honoured = status.choices();
        return status.phase() == Phase.AWAITING_APPROVAL
                && status.ending() == null
                && (group.getSpec().choices().size() > (honoured == null ? 0 : honoured)
                        || members().stream().anyMatch(GroupView::plannedAgain));
    }

    private static boolean plannedAgain(Rollback member) {
        return member.statusOrInitial().phase() == Phase.AWAITING_APPROVAL && member.choicePending();
    }

    /** How a Rollback shall be done other than it is going to be, as was chosen for the group last; empty when it is so already. */
    Optional<Choice> otherChoice(Rollback member) {
        List<Choice> choices = group.getSpec().choices();
        Plan plan = member.statusOrInitial().plan();
        if (choices.isEmpty() || plan == null || Members.begun(member)) {
            return Optional.empty();
        }
        Choice last = choices.get(choices.size() - 1);
        boolean so = member.getSpec().wantedOptions().updateLastApplied() == last.updateLastApplied();
        return so || last.updateLastApplied() && !plan.lastAppliedGoesStale()
                ? Optional.empty()
                : Optional.of(new Choice(last.updateLastApplied(), last.by(), last.at(), plan.hash()));
    }

    /** Those that have, or had, something to do. */
    List<Rollback> planned() {
        return members().stream()
                .filter(r -> r.statusOrInitial().plan() != null)
                .toList();
    }

    /** The Rollback as if it had been decided on by itself, as its group was: what was decided about other plans is left out. */
    Rollback decided(Rollback member) {
        Rollback copy = new Rollback();
        copy.setMetadata(member.getMetadata());
        copy.setSpec(member.getSpec().withDecisions(decisions(member)));
        copy.setStatus(member.getStatus());
        return copy;
    }

    /** What was decided about the group's plans, as it is passed on to one of its Rollbacks. */
    List<Decision> decisions(Rollback member) {
        Plan plan = member.statusOrInitial().plan();
        String hash = group.statusOrInitial().hash();
        Instant expiresAt = group.statusOrInitial().expiresAt();
        if (plan == null || hash == null) {
            return List.of();
        }
        return group.getSpec().decisions().stream()
                .filter(d -> d.planHash().equals(hash))
                .filter(d -> Approvals.isAnew(d, group.getSpec().choices()))
                .filter(d -> expiresAt == null || d.at().isBefore(expiresAt))
                .map(d -> new Decision(d.verdict(), d.by(), d.at(), plan.hash(), d.channel(), d.reason(), d.typed()))
                .toList();
    }
}
