package dev.stepback.rollback;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.BooleanSupplier;

/** The real time; while it hurries, each look is a minute later than the one before. */
final class HurryingClock extends Clock {
    private final BooleanSupplier hurries;
    private Instant now = Instant.now();

    HurryingClock(BooleanSupplier hurries) {
        this.hurries = hurries;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public Instant instant() {
        now = hurries.getAsBoolean() ? now.plusSeconds(60) : Instant.now();
        return now;
    }
}
