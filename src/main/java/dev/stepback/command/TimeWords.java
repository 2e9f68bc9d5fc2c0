package dev.stepback.command;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The words that a time is typed with, and what each of them says. */
final class TimeWords {
    private static final Pattern DATE = Pattern.compile("(\\d{4})-(\\d{1,2})-(\\d{1,2})");
    private static final Pattern DATE_TIME = Pattern.compile("(\\d{4}-\\d{1,2}-\\d{1,2})t(.+)");
    private static final Pattern CLOCK = Pattern.compile(
            "(\\d{1,2})[:.h](\\d{2})(?::(\\d{2})(?:\\.\\d+)?)?(am|pm|a\\.m|p\\.m)?(z|[+-]\\d{2}:?\\d{2})?");
    private static final Pattern HOUR = Pattern.compile("(\\d{1,2})(am|pm)");
    private static final Pattern HALF_OF_DAY = Pattern.compile("am|pm|a\\.m|p\\.m");
    private static final Pattern OFFSET = Pattern.compile("(?:utc|gmt)?([+-])(\\d{1,2})(?::?(\\d{2}))?");
    private static final Pattern AMOUNTS = Pattern.compile("(?:\\d{1,4}[a-z]+)+");
    private static final Pattern AMOUNT = Pattern.compile("\\d{1,4}[a-z]+");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,4}");
    private static final Set<String> FILLERS = Set.of("time", "at", "before", "the", "on", "oclock", "o'clock", "and");
    private static final Set<String> ONE = Set.of("a", "an");
    private static final Set<String> FIRST = Set.of("time", "at", "before");
    private static final Map<String, Integer> DAYS_BACK = Map.of("today", 0, "yesterday", 1);

    /** Names that say how far from UTC they are; in summer another name is written. */
    private static final Map<String, ZoneOffset> ZONES = Map.ofEntries(
            Map.entry("utc", ZoneOffset.UTC),
            Map.entry("gmt", ZoneOffset.UTC),
            Map.entry("z", ZoneOffset.UTC),
            Map.entry("wet", ZoneOffset.UTC),
            Map.entry("west", ZoneOffset.ofHours(1)),
            Map.entry("bst", ZoneOffset.ofHours(1)),
            Map.entry("cet", ZoneOffset.ofHours(1)),
            Map.entry("cest", ZoneOffset.ofHours(2)),
            Map.entry("eet", ZoneOffset.ofHours(2)),
            Map.entry("eest", ZoneOffset.ofHours(3)),
            Map.entry("est", ZoneOffset.ofHours(-5)),
            Map.entry("edt", ZoneOffset.ofHours(-4)),
            Map.entry("cdt", ZoneOffset.ofHours(-5)),
            Map.entry("mst", ZoneOffset.ofHours(-7)),
            Map.entry("mdt", ZoneOffset.ofHours(-6)),
            Map.entry("pst", ZoneOffset.ofHours(-8)),
            Map.entry("pdt", ZoneOffset.ofHours(-7)),
            Map.entry("jst", ZoneOffset.ofHours(9)));

    private @Nullable Duration ago;
    private @Nullable LocalDate date;
    private @Nullable Integer daysBack;
    private @Nullable DayOfWeek day;
    private @Nullable LocalTime clock;
    private @Nullable ZoneId zone;
    private @Nullable String amount;
    private @Nullable String problem;

    private TimeWords() {}

    @Nullable
    Duration ago() {
        return ago;
    }

    @Nullable
    LocalDate date() {
        return date;
    }

    @Nullable
    Integer daysBack() {
        return daysBack;
    }

    @Nullable
    DayOfWeek day() {
        return day;
    }

    @Nullable
    LocalTime clock() {
        return clock;
    }

    @Nullable
    ZoneId zone() {
        return zone;
    }

    @Nullable
    String problem() {
        return problem;
    }

    /** Whether behind {@code to} a time begins, and no number of a revision. */
    static boolean begins(List<String> words) {
        String word = words.get(0);
        boolean one = ONE.contains(word);
        if (words.size() == 1 || (!one && !NUMBER.matcher(word).matches())) {
            return part(word, false);
        }
        String following = words.get(1);
        if (one) {
            return Past.parse("1" + following).isPresent();
        }
        boolean unit = Past.parse(word + following).isPresent();
        return HALF_OF_DAY.matcher(following).matches()
                || (unit
                        && (following.length() > 1
                                || (words.size() > 2 && words.get(2).equals("ago"))));
    }

    /** How many of the words belong to the time that the first begins. */
    static int count(List<String> words) {
        int count = 1;
        while (count < words.size() && part(words.get(count), true)) {
            count++;
        }
        return count;
    }

    /** @param inside whether it is one already, so that words count that would mean something else alone */
    private static boolean part(String word, boolean inside) {
        return (inside ? FILLERS : FIRST).contains(word)
                || DATE.matcher(word).matches()
                || DATE_TIME.matcher(word).matches()
                || CLOCK.matcher(word).matches()
                || HOUR.matcher(word).matches()
                || DAYS_BACK.containsKey(word)
                || dayOfWeek(word).isPresent()
                || word.equals("noon")
                || word.equals("midnight")
                || amounts(word).isPresent()
                || (inside
                        && (NUMBER.matcher(word).matches()
                                || word.equals("ago")
                                || ONE.contains(word)
                                || Past.parse("1" + word).isPresent()
                                || HALF_OF_DAY.matcher(word).matches()
                                || zone(word).isPresent()));
    }

    /** Whether these only say that a time follows. */
    static boolean unsaid(List<String> words) {
        return FILLERS.containsAll(words);
    }

    static TimeWords of(List<String> words) {
        TimeWords read = new TimeWords();
        words.forEach(read::add);
        if (read.amount != null) {
            read.fail("“" + read.amount + "” of what");
        }
        boolean absolute = read.clock != null || read.date != null || read.daysBack != null || read.day != null;
        if (read.ago == null && !absolute) {
            read.fail("A time is missing");
        } else if (read.ago != null && absolute) {
            read.fail("That is two times");
        }
        return read;
    }

    private void add(String word) {
        String number = amount;
        if (number != null) {
            amount = null;
            if (HALF_OF_DAY.matcher(word).matches()) {
                clock(number, "0", null, word);
            } else {
                Past.parse(number + word).ifPresentOrElse(this::longer, () -> fail("“" + number + "” of what"));
            }
        } else if (NUMBER.matcher(word).matches()) {
            amount = word;
        } else if (ONE.contains(word)) {
            amount = "1";
        } else if (!FILLERS.contains(word) && !word.equals("ago")) {
            addDay(word);
        }
    }

    private void addDay(String word) {
        Matcher both = DATE_TIME.matcher(word);
        if (both.matches()) {
            date(both.group(1));
            addClock(both.group(2));
        } else if (DATE.matcher(word).matches()) {
            date(word);
        } else if (DAYS_BACK.containsKey(word)) {
            daysBack = DAYS_BACK.get(word);
        } else if (dayOfWeek(word).isPresent()) {
            day = dayOfWeek(word).get();
        } else if (amounts(word).isPresent()) {
            longer(amounts(word).get());
        } else {
            addClock(word);
        }
    }

    private void addClock(String word) {
        Matcher time = CLOCK.matcher(word);
        Matcher hour = HOUR.matcher(word);
        if (time.matches()) {
            clock(time.group(1), time.group(2), time.group(3), time.group(4));
            if (time.group(5) != null) {
                zone = zone(time.group(5)).orElse(null);
            }
        } else if (hour.matches()) {
            clock(hour.group(1), "0", null, hour.group(2));
        } else if (HALF_OF_DAY.matcher(word).matches() && clock != null) {
            clock(String.valueOf(clock.getHour()), String.valueOf(clock.getMinute()), null, word);
        } else if (word.equals("noon") || word.equals("midnight")) {
            clock = word.equals("noon") ? LocalTime.NOON : LocalTime.MIDNIGHT;
        } else {
            zone(word)
                    .ifPresentOrElse(
                            found -> zone = found, () -> fail("“" + TargetText.echo(word) + "” is not a time"));
        }
    }

    private void date(String word) {
        Matcher m = DATE.matcher(word);
        try {
            date = m.matches()
                    ? LocalDate.of(
                            Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), Integer.parseInt(m.group(3)))
                    : null;
        } catch (DateTimeException e) {
            fail("There is no day " + word);
        }
    }

    private void clock(String hour, String minute, @Nullable String second, @Nullable String half) {
        int h = Integer.parseInt(hour);
        boolean twelve = half != null;
        if (twelve && (h == 0 || h > 12)) {
            fail("There is no time “" + hour + " " + half + "”");
            return;
        }
        if (half != null) {
            h = h % 12 + (half.startsWith("p") ? 12 : 0);
        }
        try {
            clock = LocalTime.of(h, Integer.parseInt(minute), second == null ? 0 : Integer.parseInt(second));
        } catch (DateTimeException e) {
            fail("There is no time “" + hour + ":" + minute + "”");
        }
    }

    private void longer(Duration more) {
        ago = ago == null ? more : ago.plus(more);
    }

    private static Optional<Duration> amounts(String word) {
        if (!AMOUNTS.matcher(word).matches()) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        Matcher m = AMOUNT.matcher(word);
        while (m.find()) {
            Optional<Duration> one = Past.parse(m.group());
            if (one.isEmpty()) {
                return Optional.empty();
            }
            sum = sum.plus(one.get());
        }
        return Optional.of(sum);
    }

    private static Optional<DayOfWeek> dayOfWeek(String word) {
        return Stream.of(DayOfWeek.values())
                .filter(d -> {
                    String name = d.name().toLowerCase(Locale.ROOT);
                    return word.equals(name) || word.equals(name.substring(0, 3));
                })
                .findFirst();
    }

    private static Optional<ZoneId> zone(String word) {
        ZoneOffset known = ZONES.get(word);
        if (known != null) {
            return Optional.of(known);
        }
        Matcher m = OFFSET.matcher(word);
        try {
            if (m.matches()) {
                int minutes =
                        Integer.parseInt(m.group(2)) * 60 + (m.group(3) == null ? 0 : Integer.parseInt(m.group(3)));
                return Optional.of(ZoneOffset.ofTotalSeconds((m.group(1).equals("-") ? -60 : 60) * minutes));
            }
            return ZoneId.getAvailableZoneIds().stream()
                    .filter(id -> id.contains("/") && id.equalsIgnoreCase(word))
                    .findFirst()
                    .map(ZoneId::of);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private void fail(String what) {
        if (problem == null) {
            problem = what;
        }
    }
}
