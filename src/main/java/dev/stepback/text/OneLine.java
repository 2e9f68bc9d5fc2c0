package dev.stepback.text;

import java.util.regex.Pattern;

/** Text from outside, made fit to be one line of a file or of a terminal. */
public final class OneLine {
    /** Line breaks, control characters, and what turns the direction of writing around. */
    private static final Pattern UNFIT =
            Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\s\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]+");

    private OneLine() {}

    /** At most {@code max} characters; what exceeds them gives way to an ellipsis. */
    public static String of(String text, int max) {
        return Bounded.of(UNFIT.matcher(text).replaceAll(" ").strip(), max);
    }
}
