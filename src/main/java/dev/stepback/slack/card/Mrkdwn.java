package dev.stepback.slack.card;

import dev.stepback.rollback.Person;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/**
 * Puts text from outside into Slack's mrkdwn. All methods escape {@code &}, {@code <} and {@code >}, so that no text can
 * mention anybody or forge a link, and never return more characters than asked for.
 */
public final class Mrkdwn {
    private static final Pattern SLACK_ID = Pattern.compile("[A-Z0-9]{2,32}");
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);
    private static final char ZERO_WIDTH_SPACE = '\u200b';
    private static final Pattern LAST_CHARACTER = Pattern.compile("(&\\w+;|.)\\z", Pattern.DOTALL);

    private Mrkdwn() {}

    /**
     * Keeps the line breaks and what is in backticks; all other formatting, emoji and quotes of the text are taken literally. A
     * text that is too long ends with an ellipsis.
     */
    public static String text(String raw, int limit) {
        return bounded(PlainWords.of(visible(raw)), limit);
    }

    /** As {@link #text}, for the inside of a code fence: nothing means anything there but the fence's end. */
    static String fenced(String raw, int limit) {
        return bounded(visible(raw), limit);
    }

    /** As {@link #text}, on one line. */
    public static String line(String raw, int limit) {
        return text(oneLine(raw), limit);
    }

    /** What somebody outside has said, on one line: backticks are taken literally, too. */
    static String quoted(String raw, int limit) {
        return line(raw.replace('`', '\''), limit);
    }

    /** One line in a code span; an empty text gives an empty span's placeholder. */
    public static String code(String raw, int limit) {
        String line = bounded(oneLine(visible(raw)).replace('`', '\''), limit - 2);
        return line.isEmpty() ? "`-`" : "`" + line + "`";
    }

    /**
     * Without what cannot be seen and what makes a text read as another: control characters, directions, joiners, soft hyphens
     * and the like. Keeps line breaks and tabs.
     */
    static String visible(String raw) {
        StringBuilder out = null;
        for (int i = 0; i < raw.length(); ) {
            int c = raw.codePointAt(i);
            int size = Character.charCount(c);
            if (isDeceptive(c) || c == 0x2028 || c == 0x2029) {
                out = out == null ? new StringBuilder(raw.length()).append(raw, 0, i) : out;
                out.append(c == 0x2028 || c == 0x2029 ? "\n" : "");
            } else if (out != null) {
                out.appendCodePoint(c);
            }
            i += size;
        }
        return out == null ? raw : out.toString();
    }

    static String oneLine(String raw) {
        return raw.replaceAll("[\\s\\u2028\\u2029]+", " ").strip();
    }

    private static String bounded(String visible, int limit) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < visible.length(); ) {
            int c = visible.codePointAt(i);
            i += Character.charCount(c);
            String escaped = escape(c);
            if (c == '`' && out.length() > 0 && out.charAt(out.length() - 1) == '`') {
                escaped = ZERO_WIDTH_SPACE + escaped; // three in a row would open or close a code fence
            }
            boolean last = i >= visible.length();
            if (out.length() + escaped.length() > (last ? limit : limit - 1)) {
                return closed(out.toString(), limit - 1) + '…';
            }
            out.append(escaped);
        }
        return out.toString();
    }

    /** A code span that was cut is none, and must not reach into what follows; it gets longer when it is taken literally. */
    private static String closed(String cut, int limit) {
        if (cut.chars().filter(c -> c == '`').count() % 2 == 0) {
            return cut;
        }
        int open = cut.lastIndexOf('`');
        String code = cut.substring(open);
        String plain = PlainWords.of(code);
        while (open + plain.length() > limit) {
            code = LAST_CHARACTER.matcher(code).replaceFirst("");
            plain = PlainWords.of(code);
        }
        return cut.substring(0, open) + plain;
    }

    /** A mention of the person, or the name when the id is not one of Slack's. */
    public static String mention(Person person) {
        return SLACK_ID.matcher(person.id()).matches() ? "<@" + person.id() + ">" : quoted(person.name(), 80);
    }

    /** The moment in the reader's own time zone. */
    public static String time(Instant moment) {
        return "<!date^" + moment.getEpochSecond() + "^{date_short_pretty} {time}|" + UTC_TIME.format(moment) + ">";
    }

    /** The moment for those who do not see it in their own time zone. */
    static String utc(Instant moment) {
        return UTC_TIME.format(moment);
    }

    /** Such as {@code 42 s}, {@code 3 min 5 s}, {@code 2 h 10 min} or {@code 3 d 4 h}. */
    public static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
        }
        if (seconds < 86_400) {
            return seconds / 3600 + " h" + (seconds / 60 % 60 == 0 ? "" : " " + seconds / 60 % 60 + " min");
        }
        return seconds / 86_400 + " d" + (seconds / 3600 % 24 == 0 ? "" : " " + seconds / 3600 % 24 + " h");
    }

    private static String escape(int c) {
        switch (c) {
            case '&':
                return "&amp;";
            case '<':
                return "&lt;";
            case '>':
                return "&gt;";
            default:
                return Character.toString(c);
        }
    }

    private static boolean isDeceptive(int c) {
        int type = Character.getType(c);
        return (Character.isISOControl(c) && c != '\n' && c != '\t')
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.PRIVATE_USE
                || c == 0x115f
                || c == 0x1160
                || c == 0x3164
                || c == 0xffa0; // letters that look like nothing
    }
}
