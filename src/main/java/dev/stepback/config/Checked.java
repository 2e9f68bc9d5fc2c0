package dev.stepback.config;

import java.util.List;
import java.util.stream.Collectors;

/** A value that passed all checks, or everything that is wrong with it. */
public sealed interface Checked<T> {

    record Valid<T>(T value) implements Checked<T> {}

    /** @param problems never empty */
    record Invalid<T>(List<Problem> problems) implements Checked<T> {
        public Invalid {
            problems = List.copyOf(problems);
        }

        /** One problem a line. */
        @Override
        public String toString() {
            return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
        }
    }
}
