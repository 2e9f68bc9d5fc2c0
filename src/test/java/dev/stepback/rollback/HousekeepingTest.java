package dev.stepback.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.config.StepbackConfig;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.deployment.DeploymentTarget;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
    private final Shop shop = new Shop();

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void finishedOnesBeyondTheNumber_areDeletedAFewAtATime() {
        finished(Housekeeping.AT_ONCE + 5);
        Rollback open = shop.request("open");

        try (Housekeeping housekeeping = housekeeping(true, Duration.ofDays(2))) {
            assertThat(housekeeping.run()).isEqualTo(Housekeeping.AT_ONCE);
            assertThat(housekeeping.run()).isEqualTo(2);
            assertThat(housekeeping.run()).isZero();
        }
        assertThat(shop.rollbacks.list(100))
                .hasSize(4)
                .anyMatch(r -> Retention.nameOf(r).equals(Retention.nameOf(open)));
    }

    @Test
    void whoDoesNotLead_deletesNothing() {
        finished(6);
        try (Housekeeping housekeeping = housekeeping(false, Duration.ofDays(2))) {
            assertThat(housekeeping.run()).isZero();
        }
        assertThat(shop.rollbacks.list(100)).hasSize(6);
    }

    @Test
    void today_nothingIsDeleted() {
        finished(6);
        try (Housekeeping housekeeping = housekeeping(true, Duration.ofHours(23))) {
            assertThat(housekeeping.run()).isZero();
        }
    }

    @Test
    void targetWhoseHistoryCannotBeRead_keepsAll() {
        finished(6);
        shop.cluster.faults().deny("get", "deployments.apps");
        try (Housekeeping housekeeping = housekeeping(true, Duration.ofDays(2))) {
            assertThat(housekeeping.run()).isZero();
        }
    }

    @Test
    void oneThatHasChangedSince_isLeftAlone() {
        Rollback before = shop.request("delivery");
        shop.rollbacks.updateCard(
                "production",
                Retention.nameOf(before),
                card -> new RollbackStatus.CardStatus("C1", "1.2", List.of(), false));
        Store store = new Store(shop.client);

        assertThat(store.delete(before)).isFalse();
        Rollback now = shop.now(Retention.nameOf(before));
        String uid = now.getMetadata().getUid();
        now.getMetadata().setUid("another");
        assertThat(store.delete(now)).isFalse();
        now.getMetadata().setUid(uid);
        assertThat(store.delete(now)).isTrue();
        assertThat(store.delete(now)).isFalse();
    }

    private Housekeeping housekeeping(boolean leading, Duration later) {
        StepbackConfig config =
                StepbackConfig.defaults().with(c -> c.retention = new StepbackConfig.Retention(3, Duration.ofDays(90)));
        return new Housekeeping(
                shop.client,
                config,
                List.of(new DeploymentTarget(shop.client, new Redactor(List.of()), Clock.systemUTC())),
                null,
                r -> {},
                () -> leading,
                shop.audit,
                Clock.offset(Clock.systemUTC(), later));
    }

    private void finished(int many) {
        for (int i = 0; i < many; i++) {
            Rollback rollback = shop.request("delivery-" + i);
            new Store(shop.client)
                    .updateStatus(rollback, rollback.statusOrInitial().with(s -> {
                        s.phase = Phase.EXPIRED;
                        s.finishedAt = Clock.systemUTC().instant();
                    }));
        }
    }
}
