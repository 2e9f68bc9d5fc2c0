package dev.stepback.target;

import java.util.Optional;

/**
 * What stands between a step and its change. A step asks right before it changes anything, after it has found out that it
 * has not done so already: what was done is not objected to.
 */
@FunctionalInterface
public interface Guard {
    /** Objects to nothing: for looking and for trying without doing. */
    Guard NONE = Optional::empty;

    /**
     * Empty when the change may be made now; otherwise what {@link Step#start} has to return without changing anything.
     *
     * @throws RuntimeException when that cannot be said now; the step lets it pass and changes nothing
     */
    Optional<Step.Start> objection();
}
