package dev.stepback.target;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Why a revision is known bad and therefore not proposed. It can still be named.
 *
 * @param at when that was found, for {@link Why#ROLLED_BACK} when the target was patched
 * @param detail who rolled back, or why the rollout failed; redacted
 */
public record BadRevision(Why why, Instant at, String detail) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

    /** What it has against it. */
    public enum Why {
        ROLLED_BACK,
        ROLLOUT_FAILED
    }

    public static BadRevision rolledBack(String by, Instant at) {
        return new BadRevision(Why.ROLLED_BACK, at, by);
    }

    public static BadRevision rolloutFailed(String reason, Instant at) {
        return new BadRevision(Why.ROLLOUT_FAILED, at, reason);
    }

    /** As in {@code its rollout failed at 2026-11-21 02:58 UTC}; in plain text, without the detail of a failure. */
    public String sentence() {
        return switch (why) {
            case ROLLED_BACK -> "rolled back from by " + detail + " at " + TIME.format(at);
            case ROLLOUT_FAILED -> "its rollout failed at " + TIME.format(at);
        };
    }
}
