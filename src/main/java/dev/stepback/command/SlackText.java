package dev.stepback.command;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns what Slack delivers into what was typed: links, escapes, typographic quotes and dashes, odd spaces. */
final class SlackText {
    /** {@code <http://a.b|a.b>}, {@code <@U123|name>}, {@code <#C123|name>}, {@code <!here>}. */
    private static final Pattern ANGLES = Pattern.compile("<([@#!]?)([^<>|\\n]*)(?:\\|([^<>\\n]*))?>");

    private static final String OPENING = "*_~`\"'([{<";
    private static final String CLOSING = "*_~`\"')]}>.,;:!?";

    private SlackText() {}

    static String typed(String delivered) {
        String text = ANGLES.matcher(delivered)
                .replaceAll(m -> Matcher.quoteReplacement(inside(m.group(1), m.group(2), m.group(3))));
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> append(plain, c));
        return plain.toString().trim();
    }

    private static String inside(String sigil, String link, @org.jspecify.annotations.Nullable String label) {
        String shown = label == null || label.isEmpty() ? link : label;
        return switch (sigil) {
            case "@", "#" -> shown.startsWith(sigil) ? shown : sigil + shown;
            case "!" -> shown.startsWith("@") ? shown : "@" + shown;
            default -> shown;
        };
    }

    private static void append(StringBuilder plain, int c) {
        switch (c) {
            case '\u201C', '\u201D', '\u201E', '\u00AB', '\u00BB' -> plain.append('"');
            case '\u2018', '\u2019', '\u201A' -> plain.append('\'');
            // Phones and macOS turn two hyphens into a dash; a single hyphen stays one.
            case '\u2014' -> plain.append("--");
            case '\u2013' -> plain.append(beginsWord(plain) ? "--" : "-");
            case '\u2010', '\u2011', '\u2212' -> plain.append('-');
            default -> {
                if (Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c)) {
                    plain.append(' ');
                } else if (Character.getType(c) != Character.FORMAT && Character.getType(c) != Character.SURROGATE) {
                    plain.appendCodePoint(c);
                }
            }
        }
    }

    private static boolean beginsWord(StringBuilder plain) {
        return plain.isEmpty() || plain.charAt(plain.length() - 1) == ' ';
    }

    /** A word without emphasis, quotes and the punctuation of a sentence. */
    static String word(String token) {
        int start = 0;
        int end = token.length();
        while (start < end && OPENING.indexOf(token.charAt(start)) >= 0) {
            start++;
        }
        while (end > start && CLOSING.indexOf(token.charAt(end - 1)) >= 0) {
            end--;
        }
        return token.substring(start, end);
    }
}
