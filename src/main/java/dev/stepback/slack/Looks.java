package dev.stepback.slack;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Looks again and again for a short while, for somebody who waits. */
final class Looks {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    /** How long somebody waits who goes forward: 50 looks of 100 ms, 5 s. */
    static final int WHILE_WAITING = 50;

    /** As long as Slack still opens a window for a click. */
    static final int WHILE_TRIGGERED = 22;

    private Looks() {}

    /** Whether it came true within that many looks. */
    static boolean until(int looks, BooleanSupplier wanted) {
        for (int look = 0; look < looks; look++) {
            if (wanted.getAsBoolean()) {
                return true;
            }
            try {
                Thread.sleep(LOOK_AGAIN.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }
}
