package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanHash;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which of the recorded decisions count. */
public final class Approval {
    /** No wait is longer than this, whatever an object asks for. */
    private static final long MAX_SECONDS = 366L * 24 * 3600;

    /**
     * How long an approval is good at least, counted from when it was given. Nobody watches any more for what comes back from
     * an outage later than that.
     */
    static final Duration GOOD_FOR = Duration.ofMinutes(15);

    private Approval() {}

    /** The first rejection of the stored plan; of whatever plan while there is none. */
    public static Optional<RollbackSpec.Decision> rejection(Rollback rollback) {
        Plan plan = rollback.statusOrInitial().plan();
        return rollback.getSpec().decisions().stream()
                .filter(d -> d.verdict() == Verdict.Rejected)
                .filter(d -> plan == null || d.planHash().equals(plan.hash()))
                .findFirst();
    }

    /**
     * The approvals of exactly the stored plan that were recorded before the approval expired; of some people several.
     * When they were recorded counts, not when they are seen: an approval is not lost because the bot was down. At {@code
     * expiresAt} it is too late.
     */
    public static List<RollbackSpec.Decision> recorded(Rollback rollback) {
        return inTime(rollback, Verdict.Approved).toList();
    }

    /** The decisions of the requester to go alone with exactly the stored plan; that needs a reason. */
    public static List<RollbackSpec.Decision> brokeGlass(Rollback rollback) {
        return inTime(rollback, Verdict.BrokeGlass)
                .filter(d -> d.by().same(rollback.getSpec().requestedBy()))
                .filter(d -> d.reason() != null && !d.reason().isBlank())
                .toList();
    }

    /**
     * Until when the target has to be changed for the first time: until the request expires, and {@link #GOOD_FOR} after the
     * last of these decisions if that is later. From then on it is too late. What nobody had to approve gets no more time.
     *
     * @param expiresAt when the request expires
     * @param counted the decisions that let it go
     */
    static Instant goodUntil(Instant expiresAt, List<RollbackSpec.Decision> counted) {
        return counted.stream()
                .map(d -> d.at().plus(GOOD_FOR))
                .max(Comparator.naturalOrder())
                .filter(expiresAt::isBefore)
                .orElse(expiresAt);
    }

    /**
     * Until when it is waited for; null while nobody knows. What the group let go has as long from then on as others have
     * from their plan on.
     */
    static @Nullable Instant expiresAt(Rollback rollback) {
        Instant released = rollback.getSpec().released();
        Instant plannedAt = rollback.statusOrInitial().plannedAt();
        Instant expiresAt = rollback.statusOrInitial().expiresAt();
        return released == null || plannedAt == null || expiresAt == null
                ? expiresAt
                : plus(released, Duration.between(plannedAt, expiresAt).toSeconds());
    }

    private static Stream<RollbackSpec.Decision> inTime(Rollback rollback, Verdict verdict) {
        RollbackStatus status = rollback.statusOrInitial();
        Plan plan = status.plan();
        Instant expiresAt = status.expiresAt();
        if (plan == null || expiresAt == null) {
            return Stream.empty();
        }
        return rollback.getSpec().decisions().stream()
                .filter(d -> d.verdict() == verdict)
                .filter(d -> d.planHash().equals(plan.hash()))
                .filter(d -> isAnew(d, rollback.getSpec().choices()))
                // A group has a time of its own, and passes on what was decided in it.
                .filter(d -> rollback.getSpec().group() != null || d.at().isBefore(expiresAt));
    }

    /** Whether it was made after the last choice. When one was taken back it is the same plan again, but to be approved anew. */
    static boolean isAnew(RollbackSpec.Decision decision, List<RollbackSpec.Choice> choices) {
        return choices.isEmpty()
                || decision.at().isAfter(choices.get(choices.size() - 1).at());
    }

    /**
     * The decisions by which the rollback was let go, one of each person; none when it needed none. Who has also approved has
     * gone alone only if it was that by which it was let go: the right to go alone may have been lost by then.
     */
    static List<RollbackSpec.Decision> granting(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        RollbackStatus.ApprovalStatus approvals = status.approvals();
        if (approvals == null) {
            // An earlier version let it go, with the one approval that was enough then.
            return onePerPerson(recorded(rollback).stream());
        }
        List<String> by = approvals.by();
        List<RollbackSpec.Decision> approved = recorded(rollback).stream()
                .filter(d -> by.contains(d.by().id()))
                .toList();
        List<RollbackSpec.Decision> alone = brokeGlass(rollback).stream()
                .filter(d -> by.contains(d.by().id()))
                .filter(d -> approved.isEmpty() || by.size() == 1 && d.at().equals(status.approvedAt()))
                .toList();
        return onePerPerson(Stream.concat(alone.stream(), approved.stream()));
    }

    /** As whom a change is made: whoever let it go last, or who asked when nobody had to. */
    static Person responsible(Rollback rollback) {
        return responsible(granting(rollback), rollback);
    }

    /** The same where these let it go. */
    public static Person responsible(List<RollbackSpec.Decision> granting, Rollback rollback) {
        return granting.stream()
                .max(Comparator.comparing(RollbackSpec.Decision::at))
                .map(RollbackSpec.Decision::by)
                .orElse(rollback.getSpec().requestedBy());
    }

    private static List<RollbackSpec.Decision> onePerPerson(Stream<RollbackSpec.Decision> decisions) {
        Map<String, RollbackSpec.Decision> byPerson = new LinkedHashMap<>();
        decisions.forEach(d -> byPerson.putIfAbsent(d.by().id(), d));
        return List.copyOf(byPerson.values());
    }

    /** Whether what let the rollback go covers all that the stored plan would do: the hash is computed again. */
    static boolean covers(Rollback rollback, Plan plan) {
        String actual =
                PlanHash.of(rollback.target(), plan.targetUid(), plan.to().number(), plan.steps());
        RollbackStatus status = rollback.statusOrInitial();
        RollbackStatus.ApprovalStatus approvals = status.approvals();
        if (!plan.hash().equals(actual)) {
            return false;
        }
        if (approvals == null) {
            return !recorded(rollback).isEmpty();
        }
        return approvals.by().isEmpty()
                ? approvals.required() == 0 && status.startsAt() != null
                : granting(rollback).stream()
                        .map(d -> d.by().id())
                        .collect(Collectors.toSet())
                        .containsAll(approvals.by());
    }

    /** Later by that, but never before and never so much later that time ends. */
    static Instant plus(Instant time, long seconds) {
        return time.plusSeconds(Math.max(0, Math.min(seconds, MAX_SECONDS)));
    }
}
