package dev.stepback.command;

import java.util.Locale;
import java.util.Optional;

/** What a command can ask for. */
enum Verb {
    UNDO,
    HISTORY,
    DIFF,
    STATUS,
    CANCEL,
    LIST,
    LOCK,
    UNLOCK,
    HELP;

    /** The word that means it, in lower case; flags that ask for help do as well. */
    static Optional<Verb> of(String word) {
        return switch (word) {
            case "undo" -> Optional.of(UNDO);
            case "history" -> Optional.of(HISTORY);
            case "diff" -> Optional.of(DIFF);
            case "status" -> Optional.of(STATUS);
            case "cancel" -> Optional.of(CANCEL);
            case "list" -> Optional.of(LIST);
            case "lock" -> Optional.of(LOCK);
            case "unlock" -> Optional.of(UNLOCK);
            case "help", "--help", "-h" -> Optional.of(HELP);
            default -> Optional.empty();
        };
    }

    /** As it is typed. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
