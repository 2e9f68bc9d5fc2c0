package dev.stepback.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** How many typing errors lie between two words. */
public final class EditDistance {
    private EditDistance() {}

    /**
     * The number of insertions, deletions, substitutions and swaps of neighbours that turn {@code a} into {@code b}
     * (optimal string alignment), or {@code limit + 1} when it is more than {@code limit}.
     */
    public static int between(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) > limit) {
            return limit + 1;
        }
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            int best = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substitution, 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
                best = Math.min(best, row[j]);
            }
            if (best > limit) {
                return limit + 1;
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return Math.min(last[b.length()], limit + 1);
    }

    /** How many errors a word of this length may have and still be recognized. */
    public static int tolerance(String word) {
        return word.length() <= 3 ? 1 : word.length() <= 7 ? 2 : 3;
    }

    /** Those of {@code words} that may have been meant, nearest first. */
    public static List<String> nearest(String typed, Collection<String> words, int max) {
        int limit = tolerance(typed);
        record Near(String word, int distance) {}
        return words.stream()
                .map(w -> new Near(w, between(typed, w, limit)))
                .filter(n -> n.distance() <= limit)
                .sorted(Comparator.comparingInt(Near::distance).thenComparing(Near::word))
                .limit(max)
                .map(Near::word)
                .toList();
    }
}
