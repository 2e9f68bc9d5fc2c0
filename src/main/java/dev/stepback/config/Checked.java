package dev.stepback.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A value that passed all checks, or everything that is wrong with it. */
public sealed interface Checked<T> {

    /** What is wrong; empty when valid. */
    List<Problem> problems();

    /** The value; empty when invalid. */
    Optional<T> valid();

    record Valid<T>(T value) implements Checked<T> {
        @Override
        public List<Problem> problems() {
            return List.of();
        }

        @Override
        public Optional<T> valid() {
            return Optional.of(value);
        }
    }

    /** @param problems never empty */
    record Invalid<T>(List<Problem> problems) implements Checked<T> {
        public Invalid {
            problems = List.copyOf(problems);
        }

        @Override
        public Optional<T> valid() {
            return Optional.empty();
        }

        /** One problem a line. */
        @Override
        public String toString() {
            return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
        }
    }
}
