package dev.stepback.slack.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackStatus;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A change that was made after the end of its Rollback, by a process that had stood still. */
class LateChangeTest {
    @ParameterizedTest
    @EnumSource(names = {"FAILED", "REJECTED", "EXPIRED", "CANCELLED", "SUPERSEDED"})
    void changeAfterTheEnd_isWhatTheCardSays(Phase phase) {
        Rollback rollback = Samples.finished(
                phase, "it ended; the change was on its way already and was made after that: look at the target");
        RollbackStatus status = rollback.statusOrInitial().with(s -> {
            s.finishedAt = Samples.NOW.minusSeconds(60);
            s.patchedAt = Samples.NOW.minusSeconds(30);
        });
        rollback.setStatus(status);

        assertThat(StateLine.rest(rollback, Samples.NOW))
                .isEqualTo(StateLine.inFull(rollback, Samples.NOW))
                .contains("was made after that: look at the target.")
                .doesNotContain("Nothing was changed", "changed nothing", "between two steps");
    }
}
