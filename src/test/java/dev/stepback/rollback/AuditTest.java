package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.approval;
import static dev.stepback.rollback.Examples.rejection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.audit.AuditEvent;
import dev.stepback.policy.Permission;
import dev.stepback.rollback.Rollbacks.Decided;
import dev.stepback.rollback.lock.AuditedLocks;
import dev.stepback.rollback.lock.Locks;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is recorded, and that nothing is twice. */
class AuditTest {
    private final Shop shop = new Shop();
    private final Rollbacks rollbacks = new AuditedRollbacks(shop.rollbacks, shop.audit);

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void rollback_isRecordedFromRequestToOutcome() {
        shop.engine();
        shop.engine();
        String name = requested();
        rollbacks.create(Shop.newRollback("delivery"));
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
        assertThat(rollbacks.decide("production", name, approval(ASKING, shop.hash(name))))
                .isInstanceOf(Decided.Denied.class);
        IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> rollbacks.decide("production", name, approval(LEADING, shop.hash(name)))))
                .toList()
                .forEach(CompletableFuture::join);
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);

        await().until(() -> events().contains("outcome"));
        assertThat(events()).containsExactlyInAnyOrder("request", "denial", "approval", "mutation", "outcome");
        assertThat(only(AuditEvent.Request.class).reason()).isEqualTo("crashes");
        AuditEvent.Denial denial = only(AuditEvent.Denial.class);
        assertThat(denial.wish()).isEqualTo(AuditEvent.Wish.APPROVE);
        assertThat(denial.on().orElseThrow().rollback()).isEqualTo(name);
        assertThat(denial.why()).contains("somebody else");
        AuditEvent.Approval approved = only(AuditEvent.Approval.class);
        assertThat(approved.by().id()).isEqualTo(LEADING.id());
        assertThat(approved.by().channel()).isEqualTo(LEADING.channel());
        assertThat(approved.planHash()).isEqualTo(shop.hash(name));
        assertThat(only(AuditEvent.Mutation.class).why())
                .isEqualTo("approved by " + LEADING.person().name());
        assertThat(only(AuditEvent.Outcome.class).verdict()).isEqualTo("Succeeded");
    }

    @Test
    void rejectionAndCancellation_areRecordedOnceWithTheirOutcomes() {
        shop.engine();
        String rejected = requested();
        shop.awaitPhase(rejected, Phase.AWAITING_APPROVAL);
        rollbacks.decide("production", rejected, rejection(LEADING, shop.hash(rejected)));
        rollbacks.decide("production", rejected, rejection(LEADING, shop.hash(rejected)));
        shop.awaitPhase(rejected, Phase.REJECTED);
        await().until(() -> events().contains("outcome"));
        // The click's process writes the rejection, the leader the outcome: neither waits for the other.
        await().until(() -> events().contains("rejection"));
        assertThat(events()).containsExactlyInAnyOrder("request", "rejection", "outcome");
        shop.audited.clear();

        rollbacks.create(Shop.newRollback("again"));
        String cancelled = only(AuditEvent.Request.class).on().rollback();
        shop.awaitPhase(Objects.requireNonNull(cancelled), Phase.AWAITING_APPROVAL);
        rollbacks.cancel("production", cancelled, ASKING);
        rollbacks.cancel("production", cancelled, ASKING);
        shop.awaitPhase(cancelled, Phase.CANCELLED);
        await().until(() -> events().contains("outcome"));
        assertThat(events()).containsExactlyInAnyOrder("request", "cancellation", "outcome");
        assertThat(only(AuditEvent.Outcome.class).verdict()).isEqualTo("Cancelled");
    }

    @Test
    void choice_isRecordedOnce_withThePlanThatWasLookedAt() {
        shop.engine();
        String name = requested();
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
        String hash = shop.hash(name);

        rollbacks.choose("production", name, new NewChoice(ASKING, hash, true));
        rollbacks.choose("production", name, new NewChoice(LEADING, hash, true));

        AuditEvent.Choice choice = only(AuditEvent.Choice.class);
        assertThat(choice.by().id()).isEqualTo(ASKING.id());
        assertThat(choice.planHash()).isEqualTo(hash);
        assertThat(choice.verdict()).isEqualTo("UpdateLastApplied");
    }

    @Test
    void brokenGlass_isItsOwnEvent() {
        shop.policy =
                Policies.of(Policies.rule(1), Policies.may("members", Permission.REQUEST, Permission.BREAK_GLASS));
        shop.engine();
        String name = requested();
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
        rollbacks.decide(
                "production",
                name,
                new NewDecision(
                        RollbackSpec.Decision.Verdict.BrokeGlass,
                        ASKING,
                        shop.hash(name),
                        Optional.of("checkout"),
                        "nobody is awake"));
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);

        await().until(() -> events().contains("outcome"));
        assertThat(events()).containsExactlyInAnyOrder("request", "breakGlass", "mutation", "outcome");
        assertThat(only(AuditEvent.BreakGlass.class).reason()).isEqualTo("nobody is awake");
        assertThat(only(AuditEvent.Mutation.class).why()).endsWith("broke the glass");
    }

    @Test
    void requestOfSomebodyWhoMayNot_isADenial() {
        shop.policy = Policies.of(Policies.rule(1));

        rollbacks.create(Shop.newRollback("delivery"));
        rollbacks.cancel("production", "no-such-rollback", ASKING);

        assertThat(events()).containsExactly("denial");
        assertThat(only(AuditEvent.Denial.class).wish()).isEqualTo(AuditEvent.Wish.REQUEST);
    }

    @Test
    void locks_areRecordedOnceAndDenialsToo() {
        Locks locks = new AuditedLocks(shop.locks, shop.audit);
        locks.lock(ASKING, Optional.empty(), "Black Friday");
        assertThat(events()).containsExactly("denial");
        shop.audited.clear();

        shop.policy = Policies.of(Policies.rule(1), Policies.may("members", Permission.CONFIGURE));
        locks.lock(LEADING, Optional.of("production"), "Black Friday");
        locks.lock(LEADING, Optional.of("production"), "again");
        locks.unlock(LEADING, Optional.of("production"));
        locks.unlock(LEADING, Optional.of("production"));

        assertThat(events()).containsExactly("lock", "unlock");
        assertThat(only(AuditEvent.Lock.class).reason()).isEqualTo("Black Friday");
    }

    private String requested() {
        var created = (Rollbacks.Created.Ok) rollbacks.create(Shop.newRollback("delivery"));
        return created.rollback().getMetadata().getName();
    }

    private List<String> events() {
        return shop.audited.stream().map(AuditEvent::name).toList();
    }

    private <T extends AuditEvent> T only(Class<T> type) {
        List<T> found =
                shop.audited.stream().filter(type::isInstance).map(type::cast).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }
}
