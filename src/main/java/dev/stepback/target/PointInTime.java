package dev.stepback.target;

import java.time.Instant;
import java.util.List;

/**
 * Asks for the revision that was the current one at some time.
 *
 * @param at the time, in the past
 * @param undos the rollbacks of the target that are remembered, in any order: they tell when a revision was used again
 */
public record PointInTime(Instant at, List<PastUndo> undos) {
    public PointInTime {
        undos = List.copyOf(undos);
    }
}
