package dev.stepback.target;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The revisions of a target as they are now.
 *
 * @param uid the target's uid
 * @param current number of the revision that the target's template is now; empty while the controller has not yet
 *     given it one
 * @param revisions newest (highest number) first
 * @param limit the target's {@code revisionHistoryLimit}
 */
public record History(TargetRef target, String uid, OptionalLong current, List<Revision> revisions, int limit) {

    public History {
        revisions = List.copyOf(revisions);
    }

    public Optional<Revision> revision(long number) {
        return revisions.stream().filter(r -> r.number() == number).findFirst();
    }

    /** The number that the controller gives to the next new template. */
    public long next() {
        return revisions.stream().mapToLong(Revision::number).max().orElse(0) + 1;
    }

    /**
     * The revision that is proposed when none is named: the newest one below the current that is not known bad. What differs
     * from the current or from a bad one by no more than a restart is the same release, and no better.
     *
     * @param knownBad ids of revisions that are known bad
     */
    public Optional<Revision> proposed(Set<String> knownBad) {
        long below = current.orElse(Long.MAX_VALUE);
        Set<String> bad = revisions.stream()
                .filter(r -> r.number() == below || knownBad.contains(r.id()))
                .map(Revision::release)
                .collect(Collectors.toSet());
        return revisions.stream()
                .filter(r -> r.number() < below && !bad.contains(r.release()))
                .findFirst();
    }

    /**
     * Whether nothing shows that a revision was ever available although somebody looked: an older one was seen. Of what was
     * released before Stepback came nobody knows.
     */
    public boolean neverSeenAvailable(Revision revision) {
        return !revision.wasAvailable()
                && revisions.stream().anyMatch(r -> r.number() < revision.number() && r.wasAvailable());
    }
}
