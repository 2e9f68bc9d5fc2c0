package dev.stepback.rollback.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Members;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.Specs;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedRevision;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Nothing begins on the word of an approval that everybody has forgotten, however long everything was away. */
class GroupOutageTest {
    private static final Instant APPROVED = Instant.parse("2026-11-21T14:05:00Z");
    private static final Instant FIRST_DONE = APPROVED.plusSeconds(3600);
    private static final Person ASKER = new Person("U1", "ana");
    private final RollbackGroup group = group();

    @Test
    void next_beginsWithinAQuarterOfAnHourAfterTheOneBefore() {
        GroupView view = view(FIRST_DONE);
        Instant tooLate = FIRST_DONE.plus(Approvals.GOOD_FOR);
        assertThat(next(view, tooLate.minusNanos(1))).isInstanceOf(GroupAction.Release.class);
        assertThat(next(view, tooLate)).isInstanceOfSatisfying(GroupAction.Write.class, write -> {
            assertThat(write.status().ending()).isEqualTo(Phase.EXPIRED);
            assertThat(write.status().message()).contains("cart could not be begun within 15 minutes");
        });
    }

    /** What was there already before the approval says nothing of when the next one may begin. */
    @Test
    void next_ofOneThatWasThereAlready_beginsWithinAQuarterOfAnHourAfterTheApproval() {
        GroupView view = view(APPROVED.minus(Duration.ofMinutes(20)));
        assertThat(next(view, APPROVED.plusSeconds(1))).isInstanceOf(GroupAction.Release.class);
        assertThat(next(view, APPROVED.plus(Approvals.GOOD_FOR))).isInstanceOf(GroupAction.Write.class);
    }

    @Test
    void first_beginsWithinAQuarterOfAnHourAfterTheApproval() {
        GroupView view = view(null);
        Instant tooLate = APPROVED.plus(Approvals.GOOD_FOR);
        assertThat(next(view, tooLate.minusNanos(1))).isInstanceOf(GroupAction.Release.class);
        assertThat(next(view, tooLate)).isInstanceOf(GroupAction.Write.class);
    }

    @Test
    void decisionFromAfterTheExpiry_isPassedOnToNoRollback() {
        Decision inTime = decision(APPROVED);
        Decision late = decision(APPROVED.plus(Duration.ofHours(1)));
        group.setSpec(group.getSpec().withDecisions(List.of(inTime, late)));
        GroupView view = view(null);
        assertThat(view.decisions(view.member(0).orElseThrow()))
                .extracting(Decision::at)
                .containsExactly(APPROVED);
    }

    private static GroupAction next(GroupView view, Instant now) {
        return GroupDecision.next(view, Optional.empty(), now);
    }

    private static Decision decision(Instant at) {
        return new Decision(Decision.Verdict.Approved, new Person("U2", "lead"), at, "group-hash");
    }

    private static RollbackGroup group() {
        RollbackGroup group = new RollbackGroup();
        group.setMetadata(new ObjectMetaBuilder()
                .withNamespace("production")
                .withName("group-1")
                .withUid("uid")
                .build());
        group.setSpec(new RollbackGroupSpec(
                List.of(
                        new RollbackGroupSpec.Target(Kind.DEPLOYMENT, "checkout", null, null),
                        new RollbackGroupSpec.Target(Kind.DEPLOYMENT, "cart", null, null)),
                Order.InOrder,
                null,
                null,
                "",
                ASKER,
                new RollbackSpec.Origin("C1", null),
                600,
                null));
        return group;
    }

    /** @param firstDone when the first one succeeded; null while it has not begun */
    private GroupView view(@Nullable Instant firstDone) {
        Rollback first = member("checkout", s -> {
            s.phase = firstDone == null ? Phase.AWAITING_APPROVAL : Phase.SUCCEEDED;
            s.finishedAt = firstDone;
        });
        Rollback second = member("cart", s -> s.phase = Phase.AWAITING_APPROVAL);
        group.setStatus(RollbackGroupStatus.initial().with(s -> {
            s.phase = Phase.RUNNING;
            s.hash = "group-hash";
            s.approvedAt = APPROVED;
            s.expiresAt = APPROVED.plusSeconds(60);
            s.members = List.of(seen(first), seen(second));
        }));
        return new GroupView(group, Map.of(name(first), first, name(second), second));
    }

    private static RollbackGroupStatus.Member seen(Rollback member) {
        Plan plan = Objects.requireNonNull(member.statusOrInitial().plan());
        return new RollbackGroupStatus.Member(
                name(member), plan.hash(), member.statusOrInitial().phase());
    }

    private static String name(Rollback rollback) {
        return rollback.getMetadata().getName();
    }

    private Rollback member(String target, Consumer<RollbackStatus.Changes> changes) {
        Rollback member = new Rollback();
        member.setSpec(Specs.undo(
                new RollbackSpec.TargetName(Kind.DEPLOYMENT, target),
                null,
                "",
                ASKER,
                new RollbackSpec.Origin("C1", null),
                600,
                null,
                List.of()));
        member.setMetadata(new ObjectMetaBuilder().withNamespace("production").build());
        member.getMetadata().setName(Members.name(group, member.target()));
        PlannedRevision revision = new PlannedRevision(1, target, Map.of(), "");
        member.setStatus(RollbackStatus.initial().with(s -> {
            s.plan = new Plan("hash-" + target, "uid", revision, revision, List.of(), List.of(), List.of());
            changes.accept(s);
        }));
        return member;
    }
}
