package dev.stepback.command;

import org.jspecify.annotations.Nullable;

/** What does not fit in a command. The first thing that is found decides the answer. */
final class Misfit {
    private @Nullable String problem;
    private String instead = "help";

    /**
     * @param what a sentence
     * @param right a command that would work
     */
    void found(String what, String right) {
        if (problem == null) {
            problem = what;
            instead = right;
        }
    }

    /** A sentence; null while everything fits. */
    @Nullable
    String problem() {
        return problem;
    }

    /** A command that would work. */
    String instead() {
        return instead;
    }
}
