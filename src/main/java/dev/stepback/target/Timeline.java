package dev.stepback.target;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Which revision was the current one when. A target counts its revisions up: whenever another template becomes the current one,
 * its revision gets the next number, also when it had one before. So a revision begins when it gets a number, and ends when
 * the next one begins.
 *
 * <p>When it got its first number is known, for it was created then. Of a revision that was used again, later beginnings are
 * known from Stepback's own rollbacks, and from what the API server remembers; else they lie somewhere between two others.
 */
public final class Timeline {
    /** A rollback is noted a moment after the API server has it, and Kubernetes counts in seconds. */
    private static final Duration TOLERANCE = Duration.ofSeconds(5);

    /** A revision becomes the current one; {@code number} is 0 when it is not known which number it got by that. */
    private record Start(Revision revision, long number, Instant earliest, Instant latest) {
        boolean known() {
            return earliest.equals(latest);
        }

        Start at(Instant time) {
            return new Start(revision, number, time, time);
        }
    }

    /** What came of the question. */
    public sealed interface Answer {
        /**
         * It was this one, or that is the most likely.
         *
         * @param since when it had become the current one; empty when that is not known exactly
         * @param until when another one came; empty when none did, or that is not known
         * @param doubt why it may have been another one; empty when it is sure
         */
        record Was(Revision revision, Optional<Instant> since, Optional<Instant> until, String doubt)
                implements Answer {}

        /** @param oldest when the oldest revision that is kept began; empty when none is kept */
        record NotKept(Optional<Instant> oldest) implements Answer {}
    }

    private final List<Start> starts;

    private Timeline(List<Start> starts) {
        this.starts = starts;
    }

    public static Answer at(History history, PointInTime time) {
        List<Start> starts = new ArrayList<>();
        history.revisions().forEach(revision -> starts.addAll(starts(revision, history)));
        time.undos().stream().sorted(Comparator.comparing(PastUndo::at)).forEach(undo -> learn(starts, undo, history));
        return new Timeline(starts.stream().map(start -> bounded(start, starts)).toList()).answer(time.at());
    }

    private static List<Start> starts(Revision revision, History history) {
        Instant created = revision.createdAt();
        List<Long> numbers = new ArrayList<>(new TreeSet<>(revision.earlierNumbers()));
        boolean again = usedAgain(revision, history);
        List<Start> starts = new ArrayList<>();
        starts.add(new Start(
                revision, numbers.isEmpty() ? (again ? 0 : revision.number()) : numbers.get(0), created, created));
        numbers.stream()
                .skip(1)
                .filter(number -> number != revision.number())
                .forEach(number -> starts.add(new Start(revision, number, created, Instant.MAX)));
        if (again) {
            starts.add(revision.numbered()
                    .map(n -> new Start(revision, revision.number(), n.exactly() ? n.at() : created, n.at()))
                    .orElseGet(() -> new Start(revision, revision.number(), created, Instant.MAX)));
        }
        return starts;
    }

    /** ControllerRevisions do not tell their earlier numbers. */
    private static boolean usedAgain(Revision revision, History history) {
        return revision.earlierNumbers().stream().anyMatch(n -> n != revision.number())
                || revision.numbered()
                        .filter(n -> n.exactly() && n.at().isAfter(revision.createdAt()))
                        .isPresent()
                || history.revisions().stream()
                        .anyMatch(other -> other.number() < revision.number()
                                && other.createdAt().isAfter(revision.createdAt()));
    }

    /** What Stepback has done itself tells when a revision began. */
    private static void learn(List<Start> starts, PastUndo undo, History history) {
        history.revisions().stream()
                .filter(r -> r.id().equals(undo.to()))
                .findFirst()
                .ifPresent(revision -> {
                    Optional<Start> meant = starts.stream()
                            .filter(start -> start.revision().equals(revision) && fits(start, undo.at()))
                            .min(Comparator.comparing(Start::known, Comparator.reverseOrder())
                                    .thenComparingLong(Start::number));
                    if (meant.filter(Start::known).isPresent()) {
                        return;
                    }
                    meant.ifPresent(starts::remove);
                    starts.add(meant.map(start -> start.at(undo.at()))
                            .orElseGet(() -> new Start(revision, 0, undo.at(), undo.at())));
                });
    }

    private static boolean fits(Start start, Instant at) {
        return !at.isBefore(start.earliest().minus(TOLERANCE))
                && (start.latest().equals(Instant.MAX)
                        || !at.isAfter(start.latest().plus(TOLERANCE)));
    }

    /** Numbers grow with time. */
    private static Start bounded(Start start, List<Start> all) {
        if (start.known() || start.number() == 0) {
            return start;
        }
        Instant earliest = all.stream()
                .filter(other -> other.known() && other.number() != 0 && other.number() < start.number())
                .map(Start::earliest)
                .max(Comparator.naturalOrder())
                .filter(other -> other.isAfter(start.earliest()))
                .orElse(start.earliest());
        Instant latest = all.stream()
                .filter(other -> other.known() && other.number() > start.number())
                .map(Start::earliest)
                .min(Comparator.naturalOrder())
                .filter(other -> other.isBefore(start.latest()))
                .orElse(start.latest());
        return new Start(start.revision(), start.number(), earliest, latest);
    }

    private Answer answer(Instant time) {
        List<Start> known = starts.stream()
                .filter(Start::known)
                .sorted(Comparator.comparing(Start::earliest).thenComparingLong(Start::number))
                .toList();
        Optional<Start> last =
                known.stream().filter(start -> !start.earliest().isAfter(time)).reduce((a, b) -> b);
        if (last.isEmpty()) {
            return new Answer.NotKept(known.stream().map(Start::earliest).findFirst());
        }
        // It may not be known when they began, but that they had by then.
        Start current = starts.stream()
                .filter(start -> !start.known()
                        && !start.latest().isAfter(time)
                        && start.latest().isAfter(last.get().earliest()))
                .max(Comparator.comparingLong(Start::number))
                .orElse(last.get());
        Optional<Instant> until = known.stream()
                .filter(start ->
                        start.earliest().isAfter(time) && !start.revision().equals(current.revision()))
                .map(Start::earliest)
                .findFirst();
        return new Answer.Was(
                current.revision(),
                Optional.of(current).filter(Start::known).map(Start::earliest),
                until,
                Stream.of(perhaps(current, time), missing(current))
                        .filter(doubt -> !doubt.isEmpty())
                        .collect(Collectors.joining(" ")));
    }

    /** Revisions of which it is not known whether they began before or after that time. */
    private String perhaps(Start current, Instant time) {
        String others = starts.stream()
                .filter(start -> !start.known()
                        && start.earliest().isBefore(time)
                        && start.latest().isAfter(time)
                        && !start.revision().equals(current.revision()))
                .map(start -> start.revision().number())
                .distinct()
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        return others.isEmpty()
                ? ""
                : "It may have been revision %s, which was used again about that time: Kubernetes does not keep when."
                        .formatted(others);
    }

    /** Revisions that have been there and are kept no longer. */
    private String missing(Start current) {
        if (current.number() == 0 || starts.stream().anyMatch(start -> start.number() == 0)) {
            return "";
        }
        long next = starts.stream()
                .mapToLong(Start::number)
                .filter(number -> number > current.number())
                .min()
                .orElse(current.number() + 1);
        List<Long> gap = LongStream.range(current.number() + 1, next).boxed().toList();
        if (gap.isEmpty()) {
            return "";
        }
        String names = gap.size() == 1
                ? "revision " + gap.get(0)
                : "one of the revisions %d to %d"
                        .formatted(gap.get(0), Objects.requireNonNull(gap.get(gap.size() - 1)));
        return "It may have been %s, which %s no longer kept.".formatted(names, gap.size() == 1 ? "is" : "are");
    }
}
