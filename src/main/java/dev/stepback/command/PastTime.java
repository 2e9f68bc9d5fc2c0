package dev.stepback.command;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A time that has passed, as people write it: {@code 14:05}, {@code yesterday 2 pm}, {@code 2026-11-21 14:05 CET}, {@code 20m ago}. */
final class PastTime {
    /** Stands in every answer to a time that was not understood. */
    static final String EXAMPLES = "type “to 20m ago”, “to time 14:05” or “to time 2026-11-21 14:05”";

    private static final String YESTERDAY = "yesterday";
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter CLOCK_SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ENGLISH);
    private static final DateTimeFormatter ZONE = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH);

    private PastTime() {}

    /** What was read. */
    sealed interface Read {
        /**
         * @param at with seconds at most
         * @param understood as in {@code yesterday, 2026-11-20 14:05 CET (13:05 UTC)}
         */
        record Ok(Instant at, String understood) implements Read {}

        /** @param problem a sentence without its end */
        record Bad(String problem) implements Read {}
    }

    /** @param words in lower case, as {@link TimeWords} has found them to be a time */
    static Read read(List<String> words, Asked asked) {
        TimeWords typed = TimeWords.of(words);
        if (typed.problem() != null) {
            return new Read.Bad(typed.problem());
        }
        if (typed.ago() != null) {
            return ago(typed.ago(), asked);
        }
        LocalTime clock = typed.clock();
        if (clock == null) {
            return new Read.Bad("A day is not enough, at what time");
        }
        Optional<ZoneId> own = typed.zone() == null ? asked.zone().get() : Optional.empty();
        ZoneId zone = typed.zone() != null ? typed.zone() : own.orElse(ZoneOffset.UTC);
        boolean assumed = typed.zone() == null && own.isEmpty();
        return at(typed, clock, zone, assumed, asked);
    }

    private static Read ago(Duration ago, Asked asked) {
        Instant at = asked.now().minus(ago).truncatedTo(ChronoUnit.SECONDS);
        ZoneId zone = asked.zone().get().orElse(ZoneOffset.UTC);
        return new Read.Ok(at, text(at, zone, asked.now(), false));
    }

    private static Read at(TimeWords typed, LocalTime clock, ZoneId zone, boolean assumed, Asked asked) {
        LocalDate today = asked.now().atZone(zone).toLocalDate();
        LocalDate date = date(typed, today);
        if (date == null) {
            // Without a day it is the last time that the clock showed it.
            boolean later = ZonedDateTime.of(today, clock, zone).toInstant().isAfter(asked.now());
            date = later ? today.minusDays(1) : today;
        } else if (typed.day() != null
                && ZonedDateTime.of(date, clock, zone).toInstant().isAfter(asked.now())) {
            date = date.minusWeeks(1);
        }
        Instant at = ZonedDateTime.of(date, clock, zone).toInstant();
        String understood = text(at, zone, asked.now(), assumed);
        return at.isAfter(asked.now()) ? new Read.Bad(understood + " is in the future") : new Read.Ok(at, understood);
    }

    private static @Nullable LocalDate date(TimeWords typed, LocalDate today) {
        if (typed.date() != null) {
            return typed.date();
        }
        if (typed.daysBack() != null) {
            return today.minusDays(typed.daysBack());
        }
        DayOfWeek day = typed.day();
        return day == null ? null : today.with(TemporalAdjusters.previousOrSame(day));
    }

    /** As in {@code what ran at 14:05 UTC}. */
    static String ran(String understood) {
        return understood.startsWith(YESTERDAY) ? "what ran " + understood : "what ran at " + understood;
    }

    /** A time that was understood, in the words of whom it was asked by. */
    static String text(Instant at, Asked asked) {
        Optional<ZoneId> zone = asked.zone().get();
        return text(at, zone.orElse(ZoneOffset.UTC), asked.now(), zone.isEmpty());
    }

    /** @param assumed whether the zone was not typed and is not known */
    static String text(Instant at, ZoneId zone, Instant now, boolean assumed) {
        ZonedDateTime there = at.atZone(zone);
        long back =
                ChronoUnit.DAYS.between(there.toLocalDate(), now.atZone(zone).toLocalDate());
        DateTimeFormatter clock = there.getSecond() == 0 ? CLOCK : CLOCK_SECONDS;
        String day = back == 0 ? "" : (back == 1 ? YESTERDAY + ", " : "") + there.toLocalDate() + " ";
        if (zone.normalized().equals(ZoneOffset.UTC)) {
            return day + clock.format(there) + " UTC" + (assumed ? " (your time zone is not known)" : "");
        }
        ZonedDateTime utc = at.atZone(ZoneOffset.UTC);
        String utcDay = utc.toLocalDate().equals(there.toLocalDate()) ? "" : utc.toLocalDate() + " ";
        return day + clock.format(there) + " " + name(there) + " (" + utcDay + clock.format(utc) + " UTC)";
    }

    private static String name(ZonedDateTime time) {
        try {
            return ZONE.format(time);
        } catch (DateTimeException e) {
            return time.getZone().getId();
        }
    }
}
