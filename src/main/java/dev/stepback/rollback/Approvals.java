package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the approvals of a Rollback stand by the policy of this moment.
 *
 * @param required how many different people have to approve; 0: none, it runs after a countdown
 * @param counted the recorded decisions that count now, each by another person: approvals, or one that broke the glass
 * @param granted whether it may run
 * @param undecided not granted, but perhaps only because Slack or the cluster could not be asked: ask again soon
 * @param missing when not granted, a sentence that says what is missing; otherwise empty
 * @param refused why whoever asked must not even ask, or empty; then nobody needs to be bothered with an approval
 * @param breakGlass whether whoever asked may go alone
 * @param expiry how long approvals are waited for
 * @param terms what else people are told who look at a card that waits
 */
public record Approvals(
        int required,
        List<RollbackSpec.Decision> counted,
        boolean granted,
        boolean undecided,
        String missing,
        String refused,
        boolean breakGlass,
        Duration expiry,
        Terms terms) {

    /** How long an approval is good at least, counted from when what it let go may begin. */
    public static final Duration GOOD_FOR = Approval.GOOD_FOR;

    /** How long somebody can stop what starts without an approval. */
    static final Duration COUNTDOWN = Duration.ofSeconds(10);

    /** How long to wait before asking the policy again while somebody has decided, and while nobody has. */
    static final Duration ASK_SOON = Duration.ofSeconds(5);

    static final Duration ASK_LATER = Duration.ofSeconds(30);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    public Approvals {
        counted = List.copyOf(counted);
    }

    /** Approvals by a mere click of anybody who may approve. */
    public Approvals(
            int required,
            List<RollbackSpec.Decision> counted,
            boolean granted,
            boolean undecided,
            String missing,
            String refused,
            boolean breakGlass,
            Duration expiry) {
        this(required, counted, granted, undecided, missing, refused, breakGlass, expiry, Terms.PLAIN);
    }

    /**
     * What an approval is about and how it is given.
     *
     * @param cluster the name by which people know the target's cluster; empty when it has none
     * @param from whose approvals count, as the configuration names them; empty for all who may approve
     * @param typeToConfirm whether who approves has to type the target's name
     */
    public record Terms(String cluster, List<String> from, boolean typeToConfirm) {
        static final Terms PLAIN = new Terms("", List.of(), false);

        public Terms {
            from = List.copyOf(from);
        }

        /** As a status has it: null when people have no name for the cluster. */
        public @Nullable String clusterName() {
            return cluster.isEmpty() ? null : cluster;
        }
    }

    /** Such as {@code 1 of 2 approvals are there}. */
    public static String tally(int counted, int required) {
        if (counted == 0) {
            return required == 1 ? "One approval is needed." : required + " approvals are needed.";
        }
        return counted + " of " + required + " approvals " + (counted == 1 ? "is" : "are") + " there.";
    }

    /** Whether a decision was made after the last choice; one from before it counts no more. */
    public static boolean isAnew(RollbackSpec.Decision decision, List<RollbackSpec.Choice> choices) {
        return Approval.isAnew(decision, choices);
    }

    /** Until when it has to begin, when the request expires then; who has approved just before gives it some more time. */
    Instant goodUntil(Instant expiresAt) {
        return Approval.goodUntil(expiresAt, counted);
    }

    /** What was let go in time, but could not be started in time. */
    String startedTooLate(Instant expiresAt) {
        return counted.stream()
                .map(RollbackSpec.Decision::at)
                .max(Comparator.naturalOrder())
                .map(at -> "approved at " + TIME.format(at) + ", but Stepback could not start it before "
                        + TIME.format(goodUntil(expiresAt)) + "; ask again")
                .orElse("it could not be started in time; ask again");
    }

    /** How they stand, for whoever looks at a card. */
    public ApprovalStatus status() {
        return new ApprovalStatus(
                required,
                counted.stream().map(d -> d.by().id()).toList(),
                breakGlass,
                terms.from(),
                terms.typeToConfirm());
    }

    /** What a card that waits says of them; empty when it is only that a colleague has to approve: that is what waiting means. */
    public String message() {
        return missing.equals(tally(0, 1)) ? "" : missing;
    }

    /**
     * When it starts by itself; null when it needs an approval, or something is in its way.
     *
     * @param before what this said the last time; null when it did not start by itself then
     */
    public @Nullable Instant startsAt(@Nullable Instant before, Instant now) {
        if (!unapproved()) {
            return null;
        }
        return before == null ? now.plus(COUNTDOWN) : before;
    }

    /**
     * Whether it begins now.
     *
     * @param startsAt when it starts by itself; null when it does not
     */
    public boolean begins(@Nullable Instant startsAt, Instant expiresAt, Instant now) {
        return startsAt == null
                ? granted && now.isBefore(goodUntil(expiresAt))
                : now.isBefore(expiresAt) && !now.isBefore(startsAt);
    }

    /**
     * When to ask again: the policy, a group or a lock may change without anybody telling.
     *
     * @param decided whether anybody has decided anything yet
     * @param startsAt when it starts by itself; null when it does not
     */
    public Instant askAgain(boolean decided, @Nullable Instant startsAt, Instant expiresAt, Instant now) {
        Instant next = now.plus(undecided || decided ? ASK_SOON : ASK_LATER);
        return Stream.of(Optional.of(next), Optional.of(expiresAt), Optional.ofNullable(startsAt))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder())
                .orElse(next);
    }

    /**
     * Why it expired without having been granted.
     *
     * @param decided whether anybody had decided anything
     */
    public String expired(boolean decided) {
        return decided || required > 1 ? "not approved in time. " + missing : "nobody approved in time";
    }

    /** The same, but it may not run, for this reason. */
    public Approvals withheld(String why) {
        return new Approvals(required, counted, false, false, why, refused, breakGlass, expiry, terms);
    }

    /** Whether it may run without anybody having approved it. */
    public boolean unapproved() {
        return granted && counted.isEmpty();
    }

    /** Whether it may run because the requester goes alone. */
    public boolean brokeGlass() {
        return counted.stream().anyMatch(d -> d.verdict() == Verdict.BrokeGlass);
    }
}
