package dev.stepback.command;

import dev.stepback.text.EditDistance;
import java.util.List;
import java.util.Optional;

/** The words that mean something in a command, and what a word that means nothing was perhaps meant to be. */
final class Keywords {
    static final List<String> WORDS = List.of(
            "pause",
            "resume",
            "restart",
            "history",
            "diff",
            "status",
            "cancel",
            "list",
            "lock",
            "unlock",
            "audit",
            "help",
            "to",
            "revision",
            "because",
            "fast",
            "partition",
            "since",
            "together");

    /** What a word may have been meant for: names of targets are as near to the others by chance. */
    private static final List<String> GUESSES =
            WORDS.stream().filter(word -> !word.equals("fast")).toList();

    static final String LOCK_EXAMPLE = "lock production because the database is being moved";

    private Keywords() {}

    /** What a word that names nothing was perhaps meant to be; a target that is really called so is written with its kind. */
    static Optional<String> near(Wanted word) {
        return word.namespace().isPresent() || word.kind().isPresent()
                ? Optional.empty()
                : EditDistance.nearest(word.name(), GUESSES, 1).stream().findFirst();
    }

    static String unknown(Wanted word, String meant) {
        return "“" + TargetText.echo(word.name()) + "” is not known here; did you mean “" + meant + "”?";
    }

    /** A command that would work if the word was meant. */
    static String instead(Wanted other, String meant) {
        return TargetText.echo(other.toString()) + " " + example(meant);
    }

    private static String example(String word) {
        return switch (word) {
            case "to" -> "to 3";
            case "revision" -> "to revision 3";
            case "because" -> "because error rate is up";
            case "diff" -> "diff 3";
            case "partition" -> "by partition";
            case "since" -> "audit since 7d";
            case "lock" -> LOCK_EXAMPLE;
            case "together" -> "cart together";
            default -> word;
        };
    }
}
