package dev.stepback.command;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far back, as people write it: {@code 7d}, {@code 24h}, {@code 2 weeks}. */
final class Past {
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,4})([a-z]*)");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");

    private Past() {}

    /** Whether a unit has to follow in the next word. */
    static boolean lacksUnit(String word) {
        return NUMBER.matcher(word).matches();
    }

    /** @param text in lower case, without spaces */
    static Optional<Duration> parse(String text) {
        Matcher m = AMOUNT.matcher(text);
        if (!m.matches() || Long.parseLong(m.group(1)) == 0) {
            return Optional.empty();
        }
        long n = Long.parseLong(m.group(1));
        return switch (m.group(2)) {
            case "m", "min", "mins", "minute", "minutes" -> Optional.of(Duration.ofMinutes(n));
            case "h", "hr", "hrs", "hour", "hours" -> Optional.of(Duration.ofHours(n));
            case "d", "day", "days" -> Optional.of(Duration.ofDays(n));
            case "w", "week", "weeks" -> Optional.of(Duration.ofDays(7 * n));
            default -> Optional.empty();
        };
    }

    /** As it is typed, such as {@code 7d}. */
    static String text(Duration past) {
        if (past.toMinutes() % 60 != 0) {
            return past.toMinutes() + "m";
        }
        return past.toHours() % 24 == 0 ? past.toDays() + "d" : past.toHours() + "h";
    }
}
