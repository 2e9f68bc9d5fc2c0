package dev.stepback.config;

import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.QuietHours;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of {@code quietHours}.
 *
 * @param days empty: there are no quiet hours
 */
record QuietKeys(
        List<DayOfWeek> days,
        @Nullable LocalTime from,
        @Nullable LocalTime to,
        ZoneId zone,
        OptionalInt required) {

    static final QuietKeys NONE = new QuietKeys(List.of(), null, null, ZoneId.of("UTC"), OptionalInt.empty());

    private static final String A_TIME = "a time of day; write 22:00";

    static QuietKeys read(Section rule, QuietKeys inherited) {
        try (Section s = rule.section("quietHours")) {
            QuietKeys keys = new QuietKeys(
                    s.list("days", inherited.days(), "a day; write mon, tue, wed, thu, fri, sat or sun", Values::day),
                    time(s, "from", inherited.from()),
                    time(s, "to", inherited.to()),
                    s.value("zone", inherited.zone(), "a time zone; write UTC or Europe/Berlin", Values::zone),
                    s.value(
                            "required",
                            inherited.required(),
                            "a number from 0 to " + ApprovalRule.MOST + ", or refuse",
                            QuietKeys::required));
            keys.check(s);
            return keys;
        }
    }

    private void check(Section s) {
        if (days.isEmpty()) {
            if (!s.has("days") && (s.has("from") || s.has("to"))) {
                s.problem("from", "has no effect without days; write days: [mon, tue, wed, thu, fri, sat, sun]");
            }
        } else if (from == null || to == null) {
            s.problem("days", "has no effect without from and to");
        } else if (from.equals(to) && !from.equals(LocalTime.MIDNIGHT)) {
            s.problem("to", "must differ from \"from\"; for whole days write from: 00:00 and to: 24:00");
        }
    }

    /** What they come to; empty when they are incomplete. */
    Optional<QuietHours> hours() {
        return days.isEmpty() || from == null || to == null
                ? Optional.empty()
                : Optional.of(new QuietHours(Set.copyOf(days), from, to, zone, required));
    }

    private static @Nullable LocalTime time(Section s, String key, @Nullable LocalTime inherited) {
        Optional<LocalTime> byDefault = Optional.ofNullable(inherited);
        return s.value(key, byDefault, A_TIME, t -> Values.time(t).map(Optional::of))
                .orElse(null);
    }

    private static Optional<OptionalInt> required(String text) {
        return text.equals("refuse")
                ? Optional.of(OptionalInt.empty())
                : Values.upTo(ApprovalRule.MOST).apply(text).map(OptionalInt::of);
    }
}
