package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKER;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.approval;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.Policy;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Rollbacks.Decided;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Decisions on a rollback that waits, with no engine to act on them. */
class DecideTest {
    private final Shop shop = new Shop();

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @BeforeEach
    void strict() {
        shop.policy = Policies.of(
                new ApprovalRule(1, List.of(), false, Duration.ofHours(2), true, true, Optional.empty()),
                Policy.DEFAULT.rules().get(0));
    }

    @Test
    void decisionAtExpiry_isTooLate() {
        String name = shop.plannedWithoutEngine();
        Instant expiresAt =
                Objects.requireNonNull(shop.now(name).statusOrInitial().expiresAt());
        NewDecision approval = typed(shop.hash(name), "prod-eu/production/checkout");
        assertThat(at(expiresAt).decide("production", name, approval))
                .isInstanceOfSatisfying(
                        Decided.TooLate.class, late -> assertThat(late.why()).contains("expired"));
        assertThat(at(expiresAt.minusNanos(1)).decide("production", name, approval))
                .isInstanceOf(Decided.Recorded.class);
    }

    @Test
    void expiry_isThatOfThePolicyAtPlanning() {
        RollbackStatus status = shop.now(shop.plannedWithoutEngine()).statusOrInitial();
        assertThat(Duration.between(status.plannedAt(), status.expiresAt())).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void typeToConfirm_recordsNothingBeforeItIsTyped() {
        String name = shop.plannedWithoutEngine();
        String hash = shop.hash(name);
        assertThat(shop.rollbacks.decide("production", name, approval(LEADING, hash)))
                .isInstanceOfSatisfying(
                        Decided.NeedsTyping.class,
                        needed -> assertThat(needed.expected()).isEqualTo("prod-eu/production/checkout"));
        assertThat(shop.rollbacks.decide("production", name, typed(hash, "prod-us/production/checkout")))
                .isInstanceOf(Decided.NeedsTyping.class);
        assertThat(shop.now(name).getSpec().decisions()).isEmpty();
        assertThat(shop.rollbacks.decide("production", name, typed(hash, " Prod-eu/production/checkout")))
                .isInstanceOf(Decided.Recorded.class);
    }

    @Test
    void requestWithoutAReason_isToldToGiveOne() {
        NewRollback silent = new NewRollback(
                "silent",
                Examples.TARGET,
                OptionalLong.empty(),
                " ",
                new Actor(ASKER, "C1"),
                new RollbackSpec.Origin("C1", null),
                null);
        assertThat(shop.rollbacks.create(silent)).isEqualTo(new Rollbacks.Created.NeedsReason(Examples.TARGET));
        assertThat(shop.rollbacks.open(Examples.TARGET)).isEmpty();
    }

    private static NewDecision typed(String hash, String text) {
        return new NewDecision(Verdict.Approved, LEADING, hash, Optional.of(text), "");
    }

    private Rollbacks at(Instant now) {
        return shop.rollbacks(Clock.fixed(now, ZoneOffset.UTC));
    }
}
