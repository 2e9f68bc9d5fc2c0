package dev.stepback.policy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Times of the week with other approvals. They are read off the wall clock of the zone: when clocks are set back, an hour
 * that comes twice is quiet twice.
 *
 * @param days on which they begin
 * @param from the first quiet minute
 * @param to the first minute that is not quiet any more; when it is not after {@code from}, that of the next day
 * @param required approvals that are needed within them; empty when requests are refused until they end
 */
public record QuietHours(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone, OptionalInt required) {
    private static final int MAX_WINDOWS = 8;

    public QuietHours {
        days = Set.copyOf(days);
    }

    public boolean covers(Instant time) {
        ZonedDateTime local = time.atZone(zone);
        return beganOn(local).isPresent();
    }

    /** When quiet hours that cover {@code time} are over, back-to-back ones taken together; empty when they never are. */
    public Optional<ZonedDateTime> end(Instant time) {
        ZonedDateTime local = time.atZone(zone);
        for (int i = 0; i < MAX_WINDOWS; i++) {
            Optional<ZonedDateTime> began = beganOn(local);
            if (began.isEmpty()) {
                return Optional.of(local);
            }
            local = began.get()
                    .toLocalDate()
                    .plusDays(overMidnight() ? 1 : 0)
                    .atTime(to)
                    .atZone(zone);
        }
        return Optional.empty();
    }

    /** The day on which the quiet hours that cover a time began. */
    private Optional<ZonedDateTime> beganOn(ZonedDateTime local) {
        LocalTime clock = local.toLocalTime();
        ZonedDateTime yesterday = local.minusDays(1);
        if (days.contains(local.getDayOfWeek()) && !clock.isBefore(from) && (overMidnight() || clock.isBefore(to))) {
            return Optional.of(local);
        }
        return overMidnight() && days.contains(yesterday.getDayOfWeek()) && clock.isBefore(to)
                ? Optional.of(yesterday)
                : Optional.empty();
    }

    private boolean overMidnight() {
        return !from.isBefore(to);
    }
}
