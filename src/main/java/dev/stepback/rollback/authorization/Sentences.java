package dev.stepback.rollback.authorization;

import dev.stepback.policy.ApprovalRule;
import dev.stepback.target.TargetRef;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What people are told whom the rule for approvals lets do nothing now. */
final class Sentences {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("EEE HH:mm VV", Locale.ENGLISH);

    private Sentences() {}

    /** Why nobody may approve in quiet hours that require no number. */
    static String quiet(ApprovalRule rule, Instant now) {
        String end = rule.quietHours()
                .flatMap(q -> q.end(now))
                .map(t -> " They end " + LOCAL.format(t) + ".")
                .orElse("");
        return "These are quiet hours, in which nothing can be approved." + end;
    }

    /** The same for who wants to ask: quiet hours that never end have no "then". */
    static String quietForAsking(ApprovalRule rule, Instant now) {
        boolean end = rule.quietHours().flatMap(q -> q.end(now)).isPresent();
        return quiet(rule, now) + (end ? " Ask again then." : "");
    }

    static String unknownRule(TargetRef target) {
        return "The labels of " + target + " cannot be read, so I do not know which approvals it needs."
                + " Try again in a moment.";
    }
}
