package dev.stepback.command;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * When and where a command was typed: what {@code 14:05} means there.
 *
 * @param now when it came
 * @param zone asked for only when a time was typed without one; empty when the person's is not known
 */
record Asked(Instant now, Supplier<Optional<ZoneId>> zone) {
    static Asked inUtc(Instant now) {
        return new Asked(now, () -> Optional.of(ZoneOffset.UTC));
    }
}
