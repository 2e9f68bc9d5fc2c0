package dev.stepback.policy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Times of the week with other approvals, by the clocks of a zone. Where clocks are set forward, a time that does not exist
 * is the moment at which they are; where they are set back, quiet hours begin at the first and end at the second of two
 * equal times.
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
        return endOfThis(time).isPresent();
    }

    /** When quiet hours that cover {@code time} are over, back-to-back ones taken together; empty when they never are. */
    public Optional<ZonedDateTime> end(Instant time) {
        Instant reached = time;
        for (int i = 0; i < MAX_WINDOWS; i++) {
            Optional<Instant> end = endOfThis(reached);
            if (end.isEmpty()) {
                return Optional.of(reached.atZone(zone));
            }
            reached = end.get();
        }
        return Optional.empty();
    }

    /** When those that cover a time end, be it that they began that day or the day before. */
    private Optional<Instant> endOfThis(Instant time) {
        LocalDate today = time.atZone(zone).toLocalDate();
        for (LocalDate day = today; !day.isBefore(today.minusDays(1)); day = day.minusDays(1)) {
            Instant end =
                    moment(from.isBefore(to) ? day.atTime(to) : day.plusDays(1).atTime(to), true);
            if (days.contains(day.getDayOfWeek())
                    && !time.isBefore(moment(day.atTime(from), false))
                    && time.isBefore(end)) {
                return Optional.of(end);
            }
        }
        return Optional.empty();
    }

    /** @param last the second of two equal times */
    private Instant moment(LocalDateTime local, boolean last) {
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        if (change == null) {
            return local.atZone(zone).toInstant();
        }
        return change.isGap()
                ? change.getInstant()
                : local.toInstant(last ? change.getOffsetAfter() : change.getOffsetBefore());
    }
}
