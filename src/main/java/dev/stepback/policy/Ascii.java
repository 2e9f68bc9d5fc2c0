package dev.stepback.policy;

/**
 * Case without surprises: Java's own comparison without case takes the Kelvin sign for a k, the long s for an s and the
 * dotless i for an i, so that a lookalike address would pass for a real one.
 */
final class Ascii {
    private Ascii() {}

    /** A to Z in lower case, everything else as it is. */
    static String lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text);
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                lower.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return lower.toString();
    }
}
