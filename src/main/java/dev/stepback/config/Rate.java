package dev.stepback.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How many in how long, such as {@code 20/1m}.
 *
 * @param count at least one
 */
public record Rate(int count, Duration per) {
    static final String A_RATE = "a rate from 1 to 100000 in 1s to 1h; write 20/1m";

    private static final int MOST = 100_000;
    private static final Duration LONGEST = Duration.ofHours(1);

    static Optional<Rate> parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 2 || !parts[0].strip().matches("[0-9]{1,6}")) {
            return Optional.empty();
        }
        int count = Integer.parseInt(parts[0].strip());
        return Durations.parse(parts[1])
                .filter(per -> count > 0 && count <= MOST)
                .filter(per -> per.compareTo(Duration.ofSeconds(1)) >= 0 && per.compareTo(LONGEST) <= 0)
                .map(per -> new Rate(count, per));
    }

    /** For people. */
    @Override
    public String toString() {
        if (per.equals(Duration.ofMinutes(1))) {
            return count + " a minute";
        }
        if (per.equals(LONGEST)) {
            return count + " an hour";
        }
        return count + " in " + (per.toSeconds() % 60 == 0 ? per.toMinutes() + " minutes" : per.toSeconds() + " s");
    }
}
