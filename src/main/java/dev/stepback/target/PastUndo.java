package dev.stepback.target;

import java.time.Instant;

/**
 * A rollback that has changed its target: from then on the restored revision was the current one.
 *
 * @param at when the target was patched
 * @param from id of the revision that was left, see {@link Revision#id}
 * @param to id of the revision that was restored
 */
public record PastUndo(Instant at, String from, String to) {}
