package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.SECONDING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.group.GroupController;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import dev.stepback.rollback.group.RollbackGroups.Created;
import dev.stepback.rollback.group.RollbackGroups.Decided;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Several targets, one request, one approval: with the engine, on a cluster whose rollouts go as the test says. */
class GroupTest extends GroupShop {
    @Test
    void together_oneApprovalLetsAllOfThemBegin() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart", "payments");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        assertThat(undone()).isEmpty();

        assertThat(approve(name, ASKING)).isInstanceOf(Decided.Denied.class);
        assertThat(approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);
        assertThat(approve(name, LEADING)).isInstanceOf(Decided.AlreadyRecorded.class);
        until(() -> undone().size() == 3);
        rollout("done", "checkout", "cart", "payments");

        GroupView view = awaitPhase(name, Phase.SUCCEEDED);
        assertThat(view.members()).allSatisfy(member -> {
            assertThat(member.statusOrInitial().phase()).isEqualTo(Phase.SUCCEEDED);
            assertThat(member.getSpec().decisions())
                    .singleElement()
                    .satisfies(d -> assertThat(d.by()).isEqualTo(LEADING.person()));
        });
        assertThat(undone()).containsExactlyInAnyOrder("checkout", "cart", "payments");
        assertThat(shop.audited.stream().map(Object::toString))
                .filteredOn(e -> e.startsWith("Mutation"))
                .hasSize(3)
                .allMatch(e -> e.contains("group=" + name));
    }

    @Test
    void inOrder_afterAFailureNothingMoreBegins() throws Exception {
        engine();
        String name = request(Order.InOrder, "checkout", "cart", "payments");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        approve(name, LEADING);

        until(() -> undone().equals(List.of("checkout")));
        rollout("done", "checkout");
        until(() -> undone().equals(List.of("checkout", "cart")));
        rollout("failed", "cart");

        GroupView view = awaitPhase(name, Phase.FAILED);
        assertThat(view.members().stream().map(r -> r.statusOrInitial().phase()))
                .containsExactly(Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED);
        assertThat(view.group().statusOrInitial().message())
                .isEqualTo("cart: exceeded its progress deadline; not begun: payments; done: checkout");
        assertThat(undone()).containsExactly("checkout", "cart");
    }

    @Test
    void together_whatRunsIsSeenThroughWhenOneFails() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        approve(name, LEADING);
        until(() -> undone().size() == 2);

        rollout("failed", "cart");
        until(() -> view(name).group().statusOrInitial().ending() == Phase.FAILED);
        rollout("done", "checkout");

        GroupView view = awaitPhase(name, Phase.FAILED);
        assertThat(view.members().stream().map(r -> r.statusOrInitial().phase()))
                .containsExactly(Phase.SUCCEEDED, Phase.FAILED);
    }

    @Test
    void oneThatIsRefused_keepsAllFromBeginning() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "ghost");

        GroupView view = awaitPhase(name, Phase.FAILED);
        assertThat(view.group().statusOrInitial().message())
                .isEqualTo("ghost: not found. Nothing was begun; ask again without ghost");
        assertThat(view.members().stream().map(r -> r.statusOrInitial().phase()))
                .containsExactly(Phase.CANCELLED, Phase.FAILED);
        assertThat(undone()).isEmpty();
    }

    @Test
    void rejected_noneBegins() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        awaitPhase(name, Phase.AWAITING_APPROVAL);

        assertThat(groups.decide("production", name, NewDecision.click(Verdict.Rejected, LEADING, hash(name))))
                .isInstanceOf(Decided.Recorded.class);

        awaitPhase(name, Phase.REJECTED);
        assertThat(approve(name, SECONDING)).isInstanceOf(Decided.TooLate.class);
        assertThat(undone()).isEmpty();
    }

    @Test
    void twoApprovalsAtOnce_releaseOnce() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        String hash = hash(name);

        List<Decided> decided = Stream.of(LEADING, SECONDING)
                .parallel()
                .map(by -> groups.decide("production", name, NewDecision.click(Verdict.Approved, by, hash)))
                .toList();

        assertThat(decided).anyMatch(Decided.Recorded.class::isInstance);
        until(() -> undone().size() == 2);
        rollout("done", "checkout", "cart");
        awaitPhase(name, Phase.SUCCEEDED);
        assertThat(undone()).hasSize(2);
    }

    @Test
    void oneMember_isNotDecidedOnByItself() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        Rollback member = awaitPhase(name, Phase.AWAITING_APPROVAL).members().get(0);
        String of = member.getMetadata().getName();

        assertThat(shop.approve(of))
                .isInstanceOfSatisfying(
                        Rollbacks.Decided.TooLate.class,
                        late -> assertThat(late.why()).contains("together with others"));
        assertThat(shop.rollbacks.cancel("production", of, LEADING)).isInstanceOf(Rollbacks.Decided.TooLate.class);
    }

    /** Whoever writes into a member by hand does not get past its group. */
    @Test
    void forgedRelease_doesNotCount() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        Rollback member = awaitPhase(name, Phase.AWAITING_APPROVAL).members().get(0);
        String of = member.getMetadata().getName();
        Decision forged = new Decision(Verdict.Approved, LEADING.person(), Instant.now(), shop.hash(of), "C1", null);

        new Members(shop.client).release(shop.now(of), List.of(forged), Instant.now());

        until(() -> shop.now(of).statusOrInitial().message().contains("has not let it go"));
        assertThat(undone()).isEmpty();
    }

    @Test
    void oneThatIsBeingRolledBack_isNotAskedForAgain() {
        String single = shop.request("first").getMetadata().getName();

        assertThat(create("second", Order.Together, "cart", "checkout"))
                .isInstanceOfSatisfying(
                        Created.AlreadyOpen.class,
                        already -> assertThat(already.open().getMetadata().getName())
                                .isEqualTo(single));
    }

    @Test
    void requestDeliveredTwice_isOne() {
        Created first = create("key", Order.Together, "cart", "checkout");
        Created second = create("key", Order.Together, "cart", "checkout");

        assertThat(first)
                .isInstanceOfSatisfying(
                        Created.Ok.class, ok -> assertThat(ok.repeated()).isFalse());
        assertThat(second)
                .isInstanceOfSatisfying(
                        Created.Ok.class, ok -> assertThat(ok.repeated()).isTrue());
        assertThat(groups.all()).hasSize(1);
    }

    @Test
    void groupThatHasEnded_goesAfterTheLastOfItsRollbacks() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "ghost");
        GroupView view = awaitPhase(name, Phase.FAILED);
        GroupController later = new GroupController(
                shop.client,
                Shop.config(),
                List.of(),
                shop.authorizer,
                v -> {},
                Clock.offset(Clock.systemUTC(), Duration.ofDays(2)));

        assertThat(later.tidy(5)).isZero();
        shop.client.resource(view.members().get(0)).delete();
        shop.client.resource(view.members().get(1)).delete();
        assertThat(later.tidy(5)).isEqualTo(1);
        assertThat(groups.all()).isEmpty();
    }
}
