package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Action.Seen;
import java.time.Instant;

/** What the engine would do next, and the status that it would write. */
final class Deciding {
    static final Instant LATER = T0.plusSeconds(100);

    private Deciding() {}

    static Action next(Rollback rollback, Seen seen, Instant now) {
        return Decision.next(rollback, seen, now);
    }

    static Action next(Rollback rollback, Instant now) {
        return next(rollback, new Seen.Nothing(), now);
    }

    static RollbackStatus written(Action action) {
        assertThat(action).isInstanceOf(Action.Write.class);
        return ((Action.Write) action).status();
    }
}
