package dev.stepback.rollback;

import static dev.stepback.policy.Permission.APPROVE;
import static dev.stepback.policy.Permission.BREAK_GLASS;
import static dev.stepback.policy.Permission.REQUEST;
import static dev.stepback.rollback.Examples.ASKER;
import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.SECOND;
import static dev.stepback.rollback.Examples.SECONDING;
import static dev.stepback.rollback.Examples.approval;
import static dev.stepback.rollback.Examples.rejection;
import static dev.stepback.rollback.Policies.ONCALL_APPROVES;
import static dev.stepback.rollback.Policies.may;
import static dev.stepback.rollback.Policies.mayIn;
import static dev.stepback.rollback.Policies.needing;
import static dev.stepback.rollback.Policies.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.policy.Subject.Standing;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Rollbacks.Decided;
import dev.stepback.rollback.lock.Locks;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who lets a rollback go, and what keeps it from starting. */
class ApprovalFlowTest {
    private final Shop shop = new Shop();

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void twoApprovals_areBothNeeded() {
        shop.policy = needing(2);
        shop.engine();
        String name = shop.planned();
        assertThat(shop.now(name).statusOrInitial().message()).isEqualTo("2 approvals are needed.");
        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);
        shop.awaitMessage(name, "1 of 2 approvals is there.");
        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.AlreadyRecorded.class);
        assertThat(shop.approve(name, ASKING)).isInstanceOf(Decided.Denied.class);
        assertThat(shop.undos()).isZero();
        assertThat(shop.approve(name, SECONDING)).isInstanceOf(Decided.Recorded.class);
        RollbackStatus running = shop.awaitPhase(name, Phase.RUNNING);
        assertThat(running.approvals())
                .isEqualTo(new RollbackStatus.ApprovalStatus(2, List.of(LEAD.id(), SECOND.id()), false));
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isEqualTo(1);
    }

    @Test
    void approversAtOnce_asManyAsNeededAreRecorded() {
        shop.policy = needing(2);
        String name = shop.plannedWithoutEngine();
        String hash = shop.hash(name);
        List<CompletableFuture<Decided>> clicks = IntStream.range(0, 6)
                .mapToObj(i -> new Actor(new Person("A0000" + i, "approver " + i), "C1"))
                .map(by -> CompletableFuture.supplyAsync(
                        () -> shop.rollbacks.decide("production", name, approval(by, hash))))
                .toList();
        assertThat(clicks.stream().map(CompletableFuture::join))
                .filteredOn(Decided.Recorded.class::isInstance)
                .hasSize(2);
        assertThat(shop.now(name).getSpec().decisions()).hasSize(2);
        shop.engine();
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void rejectionAfterTheFirstOfTwo_ends() {
        shop.policy = needing(2);
        shop.engine();
        String name = shop.planned();
        shop.approve(name, LEADING);
        assertThat(shop.rollbacks.decide("production", name, rejection(LEADING, shop.hash(name))))
                .isInstanceOf(Decided.Recorded.class);
        assertThat(shop.awaitPhase(name, Phase.REJECTED).message()).isEqualTo("rejected by lead");
        assertThat(shop.approve(name, SECONDING)).isInstanceOf(Decided.TooLate.class);
    }

    @Test
    void lock_keepsWhatWaitsFromStarting() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        String name = shop.plannedWithoutEngine();
        shop.approve(name, LEADING);
        assertThat(shop.locks.lock(LEADING, Optional.of("production"), "migrations"))
                .isInstanceOf(Locks.Changed.Locked.class);
        assertThat(shop.rollbacks.create(Shop.newRollback("other")))
                .isInstanceOfSatisfying(
                        Rollbacks.Created.Denied.class,
                        denied -> assertThat(denied.why())
                                .contains("lead has locked rollbacks in production")
                                .contains("migrations"));
        shop.engine();
        shop.awaitMessage(name, "migrations");
        assertThat(shop.undos()).isZero();
        shop.locks.unlock(LEADING, Optional.of("production"));
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void whatRuns_isSeenThrough() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        shop.engine();
        String name = shop.planned();
        shop.approve(name, LEADING);
        await().until(() -> shop.now(name).statusOrInitial().patchedAt() != null);
        shop.locks.lock(LEADING, Optional.empty(), "stop everything");
        shop.people.group("@oncall", SECOND.id());
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isEqualTo(1);
    }

    @Test
    void brokenGlass_needsNobodyElse() {
        shop.policy = Policies.of(rule(2), may("members", REQUEST, APPROVE), may(ASKER.id(), BREAK_GLASS));
        shop.engine();
        String name = shop.planned();
        assertThat(Objects.requireNonNull(shop.now(name).statusOrInitial().approvals())
                        .breakGlass())
                .isTrue();
        assertThat(breakGlass(name, Optional.empty(), "nobody awake")).isInstanceOf(Decided.NeedsTyping.class);
        assertThat(breakGlass(name, Optional.of("chekout"), "nobody awake")).isInstanceOf(Decided.NeedsTyping.class);
        assertThat(breakGlass(name, Optional.of("checkout"), " ")).isInstanceOf(Decided.NeedsTyping.class);
        assertThat(breakGlass(name, Optional.of("Checkout "), "nobody awake")).isInstanceOf(Decided.Recorded.class);
        shop.awaitPhase(name, Phase.RUNNING);
        assertThat(shop.now(name).getSpec().decisions()).singleElement().satisfies(d -> {
            assertThat(d.verdict()).isEqualTo(Verdict.BrokeGlass);
            assertThat(d.reason()).isEqualTo("nobody awake");
            assertThat(d.channel()).isEqualTo("C1");
        });
    }

    @Test
    void decisionsWrittenByHand_countAsThePolicySays() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        shop.engine();
        String name = shop.planned();
        shop.writeApproval(name, SECOND);
        shop.awaitMessage(name, "approval of second does not count");
        shop.writeApproval(name, LEAD);
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void approvalThatDoesNotCount_canBeGivenAgainByTheSamePerson() {
        shop.policy = Policies.of(rule(1), may("members", REQUEST), mayIn("C1", "members", APPROVE));
        shop.engine();
        String name = shop.planned();
        // Without a channel, so a rule for one channel does not hold.
        shop.writeApproval(name, LEAD);
        shop.awaitMessage(name, "approval of lead does not count");
        assertThat(shop.approve(name, new Actor(LEAD, "C2"))).isInstanceOf(Decided.Denied.class);
        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);
        shop.awaitPhase(name, Phase.RUNNING);
        await().until(() -> shop.undos() == 1);
        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.AlreadyRecorded.class);
        assertThat(shop.now(name).getSpec().decisions()).hasSize(2);
    }

    @Test
    void rollbackWrittenByHand_needsSomebodyWhoMayAsk() {
        shop.people.is(ASKER.id(), Standing.DEACTIVATED);
        shop.engine();
        Rollback made = Examples.requested();
        made.getMetadata().setCreationTimestamp(null);
        shop.client.resource(made).create();
        assertThat(shop.awaitPhase("checkout-1", Phase.REJECTED).message())
                .isEqualTo("responder may not ask for a rollback of production/deployment/checkout");
    }

    private Decided breakGlass(String name, Optional<String> typed, String reason) {
        return shop.rollbacks.decide(
                "production", name, new NewDecision(Verdict.BrokeGlass, ASKING, shop.hash(name), typed, reason));
    }
}
