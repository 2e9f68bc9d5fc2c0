package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.audit.AuditEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LateChangesTest {
    private final Shop shop = new Shop();
    private final List<Rollback> told = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void changeMadeAfterTheEnd_isSaidOnceAndThePhaseStays() {
        String name = cancelled();
        shop.annotate(Rollback.MARK, name);

        changes(Clock.systemUTC()).look("production", name);
        changes(Clock.systemUTC()).look(List.of(shop.now(name)));

        RollbackStatus status = shop.now(name).statusOrInitial();
        assertThat(status.phase()).isEqualTo(Phase.CANCELLED);
        assertThat(status.patchedAt()).isNotNull();
        assertThat(status.message()).contains("cancelled by responder", "was made after that");
        assertThat(status.card().complete()).isFalse();
        assertThat(told)
                .as("until its card shows it")
                .hasSize(2)
                .allMatch(r -> r.statusOrInitial().changedAfterTheEnd());
        assertThat(Audited.letGo(shop.now(name))).isEqualTo("by approvals that count no more");
        assertThat(shop.audited)
                .filteredOn(AuditEvent.Mutation.class::isInstance)
                .singleElement()
                .satisfies(e -> assertThat(((AuditEvent.Mutation) e).why()).contains("Cancelled", "no longer led"));
    }

    @Test
    void targetWithoutItsMark_isAsItShouldBe() {
        String name = cancelled();
        shop.annotate(Rollback.MARK, "another");
        changes(Clock.systemUTC()).look("production", name);
        assertThat(shop.now(name).statusOrInitial().message()).isEqualTo("cancelled by responder");
        assertThat(shop.now(name).statusOrInitial().patchedAt()).isNull();
    }

    @Test
    void endOfLongAgo_isNotLookedAtAgain() {
        String name = cancelled();
        shop.annotate(Rollback.MARK, name);
        changes(Clock.offset(Clock.systemUTC(), LateChanges.WATCHED.plus(Duration.ofMinutes(1))))
                .look("production", name);
        assertThat(shop.now(name).statusOrInitial().patchedAt()).isNull();
    }

    private LateChanges changes(Clock clock) {
        return new LateChanges(shop.client, new Store(shop.client), told::add, shop.audit, clock);
    }

    private String cancelled() {
        try (RollbackOperator engine = shop.engine()) {
            String name = shop.request("delivery").getMetadata().getName();
            shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
            shop.rollbacks.cancel("production", name, ASKING);
            shop.awaitPhase(name, Phase.CANCELLED);
            return name;
        }
    }
}
