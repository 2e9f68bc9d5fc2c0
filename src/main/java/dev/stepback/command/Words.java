package dev.stepback.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a command, read from left to right. */
final class Words {
    private static final Pattern TOKEN = Pattern.compile("\\S+");

    /**
     * A word and where it ends in the text.
     *
     * @param raw as it was typed
     * @param text without emphasis, quotes and the punctuation of a sentence
     */
    record Word(String raw, String text, int end) {
        String lower() {
            return text.toLowerCase(Locale.ROOT);
        }

        /** Without quotes around it. */
        String bare() {
            return raw.replaceAll("^[\"'`]+|[\"'`]+$", "");
        }
    }

    private final String text;
    private final List<Word> words = new ArrayList<>();
    private int next;

    Words(String text) {
        this.text = text;
        Matcher m = TOKEN.matcher(text);
        while (m.find()) {
            String word = SlackText.word(m.group());
            if (!word.isEmpty()) {
                words.add(new Word(m.group(), word, m.end()));
            }
        }
    }

    boolean hasNext() {
        return next < words.size();
    }

    /** Reads the next one, which there has to be. */
    Word next() {
        return words.get(next++);
    }

    /** The next one, which there has to be, without reading it. */
    Word peek() {
        return words.get(next);
    }

    /** Whether the next one is this, in lower case. */
    boolean nextIs(String word) {
        return hasNext() && peek().lower().equals(word);
    }

    /** Reads the next one if it is this, in lower case. */
    boolean skip(String word) {
        boolean there = nextIs(word);
        next += there ? 1 : 0;
        return there;
    }

    void skip(int count) {
        next += count;
    }

    /** Those that are not read yet. */
    List<Word> rest() {
        return words.subList(next, words.size());
    }

    /** All of the text behind a word, as it was typed; nothing is left to be read then. */
    String textBehind(Word word) {
        next = words.size();
        return text.substring(word.end()).trim();
    }
}
