package dev.stepback.rollback;

import dev.stepback.target.BadRevision;
import dev.stepback.target.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which finished Rollbacks of one target are no longer kept: those beyond a number, and those beyond an age. Kept all the
 * same are
 *
 * <ul>
 *   <li>open ones, and what an open one follows;
 *   <li>what ended less than a day ago: its card may not be complete, and Events still speak of it;
 *   <li>the newest one, and the newest that went back to an earlier revision: their cards offer to undo or to try again;
 *   <li>those by which a revision that is still in the target's history is known to be bad, or known to be good again: it
 *       would be proposed otherwise, or would not be. A revision that has left the history cannot be proposed any more.
 * </ul>
 *
 * @param perTarget how many finished ones of a target are kept
 * @param age how long a finished one is kept
 */
record Retention(int perTarget, Duration age) {
    private static final Duration ALWAYS = Duration.ofDays(1);

    /**
     * Those that number or age are against, oldest first; some of them may still be needed.
     *
     * @param all the Rollbacks of one target, oldest first
     */
    List<Rollback> candidates(List<Rollback> all, Instant now) {
        List<Rollback> finished =
                all.stream().filter(r -> r.statusOrInitial().phase().terminal()).toList();
        int tooMany = Math.max(0, finished.size() - perTarget);
        Set<String> held = held(all);
        List<Rollback> candidates = new ArrayList<>();
        for (int i = 0; i < finished.size(); i++) {
            Rollback rollback = finished.get(i);
            Instant end = end(rollback);
            boolean beyond = i < tooMany || end.plus(age).isBefore(now);
            if (beyond && end.plus(ALWAYS).isBefore(now) && !held.contains(nameOf(rollback))) {
                candidates.add(rollback);
            }
        }
        return candidates;
    }

    /**
     * Those that can go.
     *
     * @param all the Rollbacks of one target, oldest first
     * @param history ids of the revisions that the target still has
     */
    List<Rollback> surplus(List<Rollback> all, Set<String> history, Instant now) {
        List<Rollback> left = new ArrayList<>(all);
        List<Rollback> surplus = new ArrayList<>();
        Map<String, BadRevision> known = known(all, history);
        for (Rollback candidate : candidates(all, now)) {
            int at = left.indexOf(candidate);
            left.remove(at);
            if (known(left, history).equals(known)) {
                surplus.add(candidate);
            } else {
                left.add(at, candidate);
            }
        }
        return surplus;
    }

    private static Map<String, BadRevision> known(List<Rollback> rollbacks, Set<String> history) {
        Map<String, BadRevision> known = new HashMap<>(KnownBad.of(rollbacks));
        known.keySet().retainAll(history);
        return known;
    }

    private static Set<String> held(List<Rollback> all) {
        Stream<String> followed = all.stream()
                .filter(r -> !r.statusOrInitial().phase().terminal())
                .map(r -> r.getSpec().follows())
                .filter(Objects::nonNull);
        Stream<String> newest = all.stream().reduce((a, b) -> b).map(Retention::nameOf).stream();
        Stream<String> newestChange = all.stream()
                .filter(r ->
                        r.statusOrInitial().patchedAt() != null && r.getSpec().wanted() == Operation.UNDO)
                .reduce((a, b) -> b)
                .map(Retention::nameOf)
                .stream();
        return Stream.of(followed, newest, newestChange).flatMap(s -> s).collect(Collectors.toSet());
    }

    private static Instant end(Rollback rollback) {
        Instant finished = rollback.statusOrInitial().finishedAt();
        return finished != null
                ? finished
                : Instant.parse(rollback.getMetadata().getCreationTimestamp());
    }

    static String nameOf(Rollback rollback) {
        return rollback.getMetadata().getName();
    }
}
