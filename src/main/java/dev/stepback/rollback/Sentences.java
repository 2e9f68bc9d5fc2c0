package dev.stepback.rollback;

import dev.stepback.policy.ApprovalRule;
import dev.stepback.rollback.Locks.State;
import dev.stepback.target.TargetRef;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What people are told when something may not start. */
final class Sentences {
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("EEE HH:mm VV", Locale.ENGLISH);

    private Sentences() {}

    /** Who locked and why; empty when nothing is locked. */
    static String closed(State state) {
        if (state instanceof State.Locked locked) {
            return locked(locked.lock());
        }
        return state instanceof State.Unreadable unreadable ? unreadable.why() : "";
    }

    static String locked(Locks.Lock lock) {
        return lock.by().name() + " has locked rollbacks"
                + lock.namespace().map(n -> " in " + n).orElse("")
                + (lock.at().equals(Instant.EPOCH) ? "" : " since " + UTC.format(lock.at()))
                + (lock.reason().isBlank() ? "" : ": " + lock.reason())
                + ". Nothing may start until they are unlocked.";
    }

    /** Why nobody may approve in quiet hours that require no number. */
    static String quiet(ApprovalRule rule, Instant now) {
        String end = rule.quietHours()
                .flatMap(q -> q.end(now))
                .map(t -> " They end " + LOCAL.format(t) + ".")
                .orElse("");
        return "These are quiet hours, in which nothing can be approved." + end;
    }

    static String unknownRule(TargetRef target) {
        return "The labels of " + target + " cannot be read, so I do not know which approvals it needs."
                + " Try again in a moment.";
    }

    /** What was let go in time could not be started in time. */
    static String startedTooLate(List<RollbackSpec.Decision> counted, Instant expiresAt) {
        return counted.stream()
                .map(RollbackSpec.Decision::at)
                .max(Comparator.naturalOrder())
                .map(at -> "approved at " + TIME.format(at) + ", but Stepback could not start it before "
                        + TIME.format(Approval.goodUntil(expiresAt, counted)) + "; ask again")
                .orElse("it could not be started in time; ask again");
    }

    /** Such as {@code 1 of 2 approvals are there}. */
    static String number(int counted, int required) {
        if (counted == 0) {
            return required == 1 ? "One approval is needed." : required + " approvals are needed.";
        }
        return counted + " of " + required + " approvals " + (counted == 1 ? "is" : "are") + " there.";
    }

    static String names(List<String> names) {
        int last = names.size() - 1;
        return last < 1
                ? String.join("", names)
                : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }
}
