package dev.stepback.target;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of a target's history.
 *
 * @param number the number that {@code kubectl rollout history} shows
 * @param id what stays the same when the revision is used again under a higher number: the name of the ReplicaSet
 * @param earlierNumbers the numbers it had before, lowest first
 * @param images image by container name, init containers included, in the order of the template
 * @param changeCause the change cause, redacted; or empty
 * @param createdAt when the revision was first made
 * @param replicas how many pods run it now
 * @param release the same for revisions that differ by no more than restarts
 * @param wasAvailable whether something shows that its pods have ever been available; it may be that nobody looked
 * @param numbered when it got its number, as far as the API server remembers that
 */
public record Revision(
        long number,
        String id,
        List<Long> earlierNumbers,
        Map<String, String> images,
        String changeCause,
        Instant createdAt,
        int replicas,
        String release,
        boolean wasAvailable,
        Optional<Numbered> numbered) {

    /** The same with another change cause. */
    public Revision withChangeCause(String cause) {
        return new Revision(
                number, id, earlierNumbers, images, cause, createdAt, replicas, release, wasAvailable, numbered);
    }

    /**
     * When a revision got its present number.
     *
     * @param exactly false when it may have been at any time before
     */
    public record Numbered(Instant at, boolean exactly) {}
}
