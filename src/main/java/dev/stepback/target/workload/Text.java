package dev.stepback.target.workload;

import dev.stepback.text.OneLine;

/** Text from outside, made fit to be shown in one line. */
public final class Text {
    private Text() {}

    /** Without line breaks and control characters; what exceeds {@code max} characters gives way to an ellipsis. */
    public static String line(String text, int max) {
        return OneLine.of(text, max);
    }

    /** As {@link #line}, but says how long the whole is. */
    public static String counted(String text, int max) {
        String line = line(text, Integer.MAX_VALUE);
        return line.length() <= max ? line : "%s… (%d characters)".formatted(cut(line, max), line.length());
    }

    private static String cut(String text, int length) {
        return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
    }
}
