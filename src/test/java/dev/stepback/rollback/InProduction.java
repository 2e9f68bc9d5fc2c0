package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.approval;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.target.Plan;
import java.time.Duration;
import java.util.Objects;

/** What is asked for in {@code production} while an engine is at work there, and what becomes of it. */
interface InProduction {
    KubernetesRollbacks rollbacks();

    /** Asks for it, and waits for its plan; its name. */
    default String open(NewRollback request) {
        var created = rollbacks().create(request);
        assertThat(created).isInstanceOf(Rollbacks.Created.Ok.class);
        String name = ((Rollbacks.Created.Ok) created).rollback().getMetadata().getName();
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        return name;
    }

    default void approve(String name) {
        decide(name, approval(LEADING, plan(name).hash()));
    }

    default void decide(String name, NewDecision decision) {
        assertThat(rollbacks().decide("production", name, decision)).isInstanceOf(Rollbacks.Decided.Recorded.class);
    }

    default RollbackStatus awaitPhase(String name, Phase phase) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    RollbackStatus status = status(name);
                    assertThat(status.phase().terminal() && status.phase() != phase)
                            .as(status.phase() + ": " + status.message())
                            .isFalse();
                    return status.phase() == phase;
                });
        return status(name);
    }

    default Rollback now(String name) {
        return rollbacks().find("production", name).orElseThrow();
    }

    default RollbackStatus status(String name) {
        return now(name).statusOrInitial();
    }

    default Plan plan(String name) {
        return Objects.requireNonNull(status(name).plan());
    }
}
