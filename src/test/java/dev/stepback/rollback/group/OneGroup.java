package dev.stepback.rollback.group;

import static dev.stepback.rollback.group.Pieces.LEAD;
import static dev.stepback.rollback.group.Pieces.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A group of two in order, and what is decided next about it. */
abstract class OneGroup {
    static final Instant NOW = T0.plusSeconds(60);
    static final Approvals NEEDED = approvals(1, List.of(), false, "One approval is needed.");
    static final Approvals NONE = approvals(0, List.of(), true, "");

    final RollbackGroup group = Pieces.group(Order.InOrder, "cart", "checkout");
    final Rollback cart = Pieces.member(group, "cart", s -> Pieces.planned(s, "cart"));
    final Rollback checkout = Pieces.member(group, "checkout", s -> Pieces.planned(s, "checkout"));

    static Approvals approvals(int required, List<Decision> counted, boolean granted, String missing) {
        return new Approvals(required, counted, granted, false, missing, "", false, Duration.ofMinutes(15));
    }

    void awaiting() {
        apply(asked(NEEDED));
    }

    void running() {
        awaiting();
        apply(asked(approvals(1, List.of(decide(Verdict.Approved)), true, "")));
    }

    Decision decide(Verdict verdict) {
        Decision decision = new Decision(
                verdict, LEAD, NOW, String.valueOf(group.statusOrInitial().hash()), "C1", null);
        group.setSpec(group.getSpec().withDecisions(List.of(decision)));
        return decision;
    }

    void release(Rollback member) {
        member.setSpec(member.getSpec().withRelease(List.of(), NOW));
    }

    static void status(Rollback member, Consumer<RollbackStatus.Changes> change) {
        member.setStatus(member.statusOrInitial().with(change));
    }

    GroupView view() {
        return Pieces.view(group, cart, checkout);
    }

    GroupAction next() {
        return next(view());
    }

    static GroupAction next(GroupView view) {
        return GroupDecision.next(view, Optional.empty(), NOW);
    }

    GroupAction asked(Approvals approvals) {
        return GroupDecision.next(view(), Optional.of(approvals), NOW);
    }

    void apply(GroupAction action) {
        group.setStatus(written(action));
    }

    static RollbackGroupStatus written(GroupAction action) {
        assertThat(action).isInstanceOf(GroupAction.Write.class);
        return ((GroupAction.Write) action).status();
    }
}
