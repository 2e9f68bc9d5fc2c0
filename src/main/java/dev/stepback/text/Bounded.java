package dev.stepback.text;

/** Text of no more than some length. */
public final class Bounded {
    private Bounded() {}

    /** At most {@code max} characters, 2 and more; what exceeds them gives way to an ellipsis. */
    public static String of(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 2)) ? max - 2 : max - 1;
        return text.substring(0, end) + "…";
    }
}
