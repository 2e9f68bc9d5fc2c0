package dev.stepback.target.statefulset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Writer;
import java.util.Optional;

/**
 * A partition that a rollback has set and not put back, so that the rollout stands still there.
 *
 * @param former the partition before that
 * @param partition the present one; 0 where there is none
 * @param taken whether somebody else has set it since: then it is theirs, and stays
 */
record Standstill(int former, int partition, boolean taken) {

    /** Empty when no rollback has left its note. */
    static Optional<Standstill> of(ObjectNode live) {
        return Borrowed.on(live)
                .map(Borrowed.Noted::borrowed)
                .filter(b -> b.path().equals(Borrowed.PARTITION) && b.former().isInt())
                .map(b -> new Standstill(b.former().asInt(), b.now(live).asInt(0), !isOurs(live, b)));
    }

    /** That of which nobody else has changed the partition since. */
    static Optional<Standstill> untouched(ObjectNode live) {
        return of(live).filter(still -> !still.taken());
    }

    private static boolean isOurs(ObjectNode live, Borrowed noted) {
        JsonNode now = noted.now(live);
        return now.isInt()
                && (now.equals(noted.meanwhile())
                        || noted.writer(live).filter(Writer::isStepback).isPresent());
    }

    /** Who has set the partition last, such as {@code , by kubectl at …}; empty when the API server does not tell. */
    static String by(ObjectNode live) {
        return new Borrowed(Borrowed.PARTITION, IntNode.valueOf(0), IntNode.valueOf(0))
                .writer(live)
                .map(w -> ", " + w)
                .orElse("");
    }
}
