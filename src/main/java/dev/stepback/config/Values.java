package dev.stepback.config;

import java.io.IOException;
import java.net.InetAddress;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What one value may be: each reads a text, and is empty for what it does not allow. */
final class Values {
    static final String A_DURATION = "a duration between 10s and 7d; write 90s, 15m or 1h30m";
    static final String DAYS = "a time between 1d and 3650d; write 90d";
    static final String A_TRUTH_VALUE = "a truth value; write true or false";
    static final String A_CHANNEL = "a channel; write deploys, \"#deploys\" or C0123ABCD";

    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    /** Slack's names have no capital letters, so that none can be taken for an id. */
    private static final Pattern CHANNEL = Pattern.compile("[CGD][A-Z0-9]{2,20}|#?[^\\s\\p{Cntrl}<>#@,A-Z]{1,80}");

    private static final Pattern TIME = Pattern.compile("(?:[01]?\\d|2[0-3]):[0-5]\\d");
    private static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofDays(7);

    private Values() {}

    static Optional<Duration> duration(String text) {
        return Durations.parse(text).filter(d -> d.compareTo(SHORTEST) >= 0 && d.compareTo(LONGEST) <= 0);
    }

    static Optional<Duration> days(String text) {
        return Durations.parse(text).filter(d -> d.toDays() >= 1 && d.toDays() <= 3650);
    }

    static Optional<Boolean> bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    static Optional<String> namespace(String text) {
        return matching(NAMESPACE).apply(text);
    }

    static Optional<String> channel(String text) {
        return matching(CHANNEL).apply(text);
    }

    /** Only literal addresses: a name could mean another interface tomorrow. */
    static Optional<String> address(String text) {
        if (!text.matches("[0-9.]{7,15}") && !text.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text)).map(a -> text);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A whole number from 0 to {@code most}, in digits. */
    static Function<String, Optional<Integer>> upTo(int most) {
        return text -> text.matches("[0-9]{1,9}")
                ? Optional.of(Integer.valueOf(text)).filter(n -> n <= most)
                : Optional.empty();
    }

    /** A time of day; {@code 24:00} is the midnight at its end. */
    static Optional<LocalTime> time(String text) {
        if (text.equals("24:00")) {
            return Optional.of(LocalTime.MIDNIGHT);
        }
        return matching(TIME).apply(text).map(t -> LocalTime.parse(t.length() == 4 ? "0" + t : t));
    }

    /** A day of the week by its name or the first three letters of it. */
    static Optional<DayOfWeek> day(String text) {
        String wanted = text.toUpperCase(Locale.ROOT);
        for (DayOfWeek day : DayOfWeek.values()) {
            if (day.name().equals(wanted) || day.name().substring(0, 3).equals(wanted)) {
                return Optional.of(day);
            }
        }
        return Optional.empty();
    }

    static Optional<ZoneId> zone(String text) {
        try {
            return Optional.of(ZoneId.of(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    static Optional<String> notBlank(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(text.strip());
    }

    static Function<String, Optional<String>> matching(Pattern pattern) {
        return text -> pattern.matcher(text).matches() ? Optional.of(text) : Optional.empty();
    }
}
