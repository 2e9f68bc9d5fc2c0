package dev.stepback.text;

import java.util.List;

/** Several words as one part of a sentence, such as {@code a, b and c}. */
public final class Conjunction {
    private Conjunction() {}

    public static String of(List<String> words) {
        int last = words.size() - 1;
        return last < 1
                ? String.join("", words)
                : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }
}
