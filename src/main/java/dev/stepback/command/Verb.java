package dev.stepback.command;

import dev.stepback.target.Operation;
import java.util.Locale;
import java.util.Optional;

/** What a command can ask for. */
enum Verb {
    UNDO,
    PAUSE,
    RESUME,
    RESTART,
    HISTORY,
    DIFF,
    STATUS,
    CANCEL,
    LIST,
    LOCK,
    UNLOCK,
    AUDIT,
    HELP;

    /** The word that means it, in lower case; flags that ask for help do as well. */
    static Optional<Verb> of(String word) {
        return switch (word) {
            case "undo" -> Optional.of(UNDO);
            case "pause" -> Optional.of(PAUSE);
            case "resume" -> Optional.of(RESUME);
            case "restart" -> Optional.of(RESTART);
            case "history" -> Optional.of(HISTORY);
            case "diff" -> Optional.of(DIFF);
            case "status" -> Optional.of(STATUS);
            case "cancel" -> Optional.of(CANCEL);
            case "list" -> Optional.of(LIST);
            case "lock" -> Optional.of(LOCK);
            case "unlock" -> Optional.of(UNLOCK);
            case "audit" -> Optional.of(AUDIT);
            case "help", "--help", "-h" -> Optional.of(HELP);
            default -> Optional.empty();
        };
    }

    /** What it does to a target; nothing when it only looks. */
    Optional<Operation> operation() {
        return switch (this) {
            case UNDO -> Optional.of(Operation.UNDO);
            case PAUSE -> Optional.of(Operation.PAUSE);
            case RESUME -> Optional.of(Operation.RESUME);
            case RESTART -> Optional.of(Operation.RESTART);
            default -> Optional.empty();
        };
    }

    /** As it is typed. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
