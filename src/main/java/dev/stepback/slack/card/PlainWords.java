package dev.stepback.slack.card;

/**
 * Text whose characters mean nothing to Slack. mrkdwn has no way to escape its marks, so one that could begin or end something
 * gives way to a character that looks like it, and the name of an emoji is parted from its colon; within words, as in {@code LOG_LEVEL}, it stays. What is in backticks stays too.
 */
final class PlainWords {
    private static final char ZERO_WIDTH_SPACE = '\u200b';
    private static final char ASTERISK = '\u2217';
    private static final char LOW_LINE = '\u02cd';
    private static final char TILDE = '\u223c';
    private static final int LONGEST_EMOJI = 100;

    private PlainWords() {}

    static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '`' -> {
                    int close = closing(text, i);
                    out.append(close < 0 ? "'" : text.substring(i, close + 1));
                    i = close < 0 ? i : close;
                }
                case '*' -> out.append(isMark(text, i) ? ASTERISK : c);
                case '_' -> out.append(isMark(text, i) && !isInToken(text, i) ? LOW_LINE : c);
                case '~' -> out.append(isMark(text, i) ? TILDE : c);
                case ':' -> out.append(isEmoji(text, i) ? ":" + ZERO_WIDTH_SPACE : ":");
                case '>' -> out.append(beginsLine(text, i) ? ZERO_WIDTH_SPACE + ">" : ">");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    /** Where a code span ends that begins here; -1 when it is none. */
    private static int closing(String text, int open) {
        int close = text.indexOf('`', open + 1);
        boolean span = close > open + 1 && text.substring(open, close).indexOf('\n') < 0;
        return span ? close : -1;
    }

    private static boolean isMark(String text, int i) {
        return !isInWord(text, i - 1) || !isInWord(text, i + 1);
    }

    /** As in {@code a-_b}: between what names and tokens are made of. */
    private static boolean isInToken(String text, int i) {
        return i > 0
                && i + 1 < text.length()
                && (isInWord(text, i - 1) || "-_.".indexOf(text.charAt(i - 1)) >= 0)
                && (isInWord(text, i + 1) || "-_.".indexOf(text.charAt(i + 1)) >= 0);
    }

    private static boolean isInWord(String text, int i) {
        return i >= 0 && i < text.length() && Character.isLetterOrDigit(text.charAt(i));
    }

    private static boolean isEmoji(String text, int colon) {
        int i = colon + 1;
        boolean named = false;
        while (i < text.length() && i < colon + LONGEST_EMOJI && isOfEmoji(text.charAt(i))) {
            named |= !Character.isDigit(text.charAt(i));
            i++;
        }
        return i < text.length() && text.charAt(i) == ':' && (named || i == colon + 4);
    }

    private static boolean isOfEmoji(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '+' || c == '\'';
    }

    private static boolean beginsLine(String text, int i) {
        int before = i - 1;
        while (before >= 0 && (text.charAt(before) == ' ' || text.charAt(before) == '\t')) {
            before--;
        }
        return before < 0 || text.charAt(before) == '\n';
    }
}
