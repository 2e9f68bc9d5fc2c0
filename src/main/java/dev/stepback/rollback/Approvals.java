package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

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
    public Instant goodUntil(Instant expiresAt) {
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
