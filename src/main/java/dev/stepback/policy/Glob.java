package dev.stepback.policy;

/**
 * A name with wildcards: {@code *} stands for any number of characters, {@code ?} for one. Everything else stands for
 * itself, in its case.
 */
public record Glob(String text) {

    /** Whether this is the whole of {@code name}. */
    public boolean matches(String name) {
        int t = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            if (t < text.length() && text.charAt(t) == '*') {
                star = t++;
                resume = n;
            } else if (t < text.length() && (text.charAt(t) == '?' || text.charAt(t) == name.charAt(n))) {
                t++;
                n++;
            } else if (star >= 0) {
                // What the last star stands for was too short: one more character, and on from there.
                t = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (t < text.length() && text.charAt(t) == '*') {
            t++;
        }
        return t == text.length();
    }

    /** Whether this is any name at all. */
    boolean matchesAll() {
        return !text.isEmpty() && text.chars().allMatch(c -> c == '*');
    }

    @Override
    public String toString() {
        return text;
    }
}
