package dev.stepback.target.workload;

import dev.stepback.target.BadRevision;
import dev.stepback.target.History;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult.Reason;
import dev.stepback.target.PlanResult.Refused;
import dev.stepback.target.PointInTime;
import dev.stepback.target.Revision;
import dev.stepback.target.TargetRef;
import dev.stepback.target.Timeline;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why there is no way back, in kubectl's words where it has some (kubectl's {@code polymorphichelpers/rollback.go}). */
public final class Refusals {
    private static final String ONLY_STATEFUL_SETS =
            "Only a StatefulSet goes “by partition”. Type the same without “by partition”.";

    private Refusals() {}

    /** No revision fits the request. */
    public static Refused nowhere(History history, PlanRequest request) {
        if (request.toRevision().isPresent()) {
            return new Refused(
                    Reason.UNKNOWN_REVISION,
                    unknownRevision(history, request.toRevision().getAsLong()));
        }
        if (request.toTime().isPresent()) {
            return notKept(history, request.toTime().get());
        }
        long below = history.current().orElse(Long.MAX_VALUE);
        List<Revision> earlier =
                history.revisions().stream().filter(r -> r.number() < below).toList();
        if (earlier.isEmpty()) {
            String why = noHistory(history.target());
            return new Refused(
                    Reason.NO_HISTORY,
                    history.limit() == 0
                            ? why + ": its revisionHistoryLimit is 0, so no earlier revision is kept."
                                    + " Deploy the last good version again."
                            : why + ": there is no earlier revision. Deploy the last good version again.");
        }
        return new Refused(
                Reason.ONLY_KNOWN_BAD,
                "every earlier revision is known bad: %s. Nothing is proposed; name the one to go back to, as in '%s to %d'"
                        .formatted(
                                why(earlier, request.knownBad()),
                                history.target(),
                                earlier.get(0).number()));
    }

    private static Refused notKept(History history, PointInTime time) {
        Optional<Instant> oldest =
                Timeline.at(history, time) instanceof Timeline.Answer.NotKept none ? none.oldest() : Optional.empty();
        if (oldest.isEmpty()) {
            return new Refused(Reason.NO_HISTORY, noHistory(history.target()) + ": there is no revision.");
        }
        return new Refused(
                Reason.UNKNOWN_REVISION,
                "unable to find the revision of %s in history: it goes back to %s. Name one of %s, as in '%s to %d'"
                        .formatted(
                                Choosing.text(time.at()),
                                Choosing.text(oldest.get()),
                                numbers(history.revisions()),
                                history.target(),
                                history.revisions()
                                        .get(history.revisions().size() - 1)
                                        .number()));
    }

    private static String noHistory(TargetRef target) {
        return target.kind() == Kind.DEPLOYMENT
                ? "no rollout history found for deployment \"%s\"".formatted(target.name())
                : "no last revision to roll back to for %s \"%s\""
                        .formatted(target.kind().lowerCase(), target.name());
    }

    /** As in {@code 4 (its rollout failed at 2026-11-21 02:58 UTC), 3 (the same but for a restart)}. */
    static String why(List<Revision> revisions, Map<String, BadRevision> knownBad) {
        return revisions.stream()
                .map(r -> "%d (%s)"
                        .formatted(
                                r.number(),
                                knownBad.containsKey(r.id())
                                        ? Objects.requireNonNull(knownBad.get(r.id()))
                                                .sentence()
                                        : "the same but for a restart"))
                .collect(Collectors.joining(", "));
    }

    public static Refused alreadyThere(long revision) {
        return new Refused(
                Reason.ALREADY_THERE,
                "skipped rollback (current template already matches revision %d)".formatted(revision));
    }

    public static Refused alreadyThere(long revision, PlanRequest request) {
        Refused there = alreadyThere(revision);
        return request.toTime()
                .map(time -> new Refused(
                        there.reason(),
                        "%s: it was the current one at %s, too".formatted(there.message(), Choosing.text(time.at()))))
                .orElse(there);
    }

    public static String unknownRevision(History history, long revision) {
        String none = "unable to find specified revision %d in history".formatted(revision);
        String again = history.revisions().stream()
                .filter(r -> r.earlierNumbers().contains(revision))
                .findFirst()
                .map(r -> "; it was used again, and is %d since".formatted(r.number()))
                .orElse("");
        return history.revisions().isEmpty()
                ? none + "; there are no revisions"
                : none + again + "; there are " + numbers(history.revisions());
    }

    /** What is wished for and cannot be had with targets of this kind, or with this operation; and what to do instead. */
    public static Optional<Refused> options(Kind kind, PlanRequest request) {
        boolean fast = request.options().fast();
        boolean byPartition = request.options().byPartition();
        if (request.options().updateLastApplied() && request.operation() != Operation.UNDO) {
            return notSupported(
                    "Only a rollback brings back what kubectl apply remembers, not “%s”. Ask for it without."
                            .formatted(request.operation().lowerCase()));
        }
        if (!fast && !byPartition) {
            return Optional.empty();
        }
        String word = fast ? "fast" : "by partition";
        if (request.operation() != Operation.UNDO) {
            return notSupported("“%s” belongs to a rollback, not to “%s”. Type the same without “%s”."
                    .formatted(word, request.operation().lowerCase(), word));
        }
        return switch (kind) {
            case DEPLOYMENT -> byPartition ? notSupported(ONLY_STATEFUL_SETS) : Optional.empty();
            case STATEFULSET ->
                fast
                        ? notSupported(
                                "A StatefulSet cannot go “fast”: each of its pods has a name and volumes of its own,"
                                        + " so that no new one can start beside the old, and its podManagementPolicy"
                                        + " cannot be changed. Type the same without “fast”.")
                        : Optional.empty();
            case DAEMONSET ->
                notSupported(
                        fast
                                ? "A DaemonSet cannot go “fast”: it has one pod on each node, and to replace all at"
                                        + " once would stop it everywhere. Type the same without “fast”; if that is what"
                                        + " you want, set its updateStrategy.rollingUpdate.maxUnavailable to 100% first."
                                : ONLY_STATEFUL_SETS);
        };
    }

    private static Optional<Refused> notSupported(String message) {
        return Optional.of(new Refused(Reason.NOT_SUPPORTED, message));
    }

    /** There is nothing that {@code kubectl apply} remembers, or it cannot be read. */
    public static Refused notApplied(TargetRef target) {
        return new Refused(
                Reason.NOT_SUPPORTED,
                "%s \"%s\" has no last-applied-configuration that could be rolled back, too; ask for the rollback without it"
                        .formatted(target.kind().lowerCase(), target.name()));
    }

    public static Refused notFound(TargetRef target) {
        return new Refused(
                Reason.TARGET_NOT_FOUND,
                "%s.%s \"%s\" not found in namespace %s"
                        .formatted(target.kind().plural(), target.kind().group(), target.name(), target.namespace()));
    }

    private static String numbers(List<Revision> revisions) {
        return revisions.stream().map(r -> Long.toString(r.number())).collect(Collectors.joining(", "));
    }
}
