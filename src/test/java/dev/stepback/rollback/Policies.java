package dev.stepback.rollback;

import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.Permission;
import dev.stepback.policy.Policy;
import dev.stepback.policy.QuietHours;
import dev.stepback.policy.Rule;
import dev.stepback.policy.Scope;
import dev.stepback.policy.Who;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Policies for tests. */
public final class Policies {
    /** Members ask, those on call approve, and the lead locks. */
    public static final Policy ONCALL_APPROVES = of(
            rule(1),
            may("members", Permission.REQUEST),
            may("@oncall", Permission.APPROVE),
            may(Examples.LEAD.id(), Permission.CONFIGURE));

    private Policies() {}

    public static Policy of(ApprovalRule rule, Rule... rules) {
        return new Policy(List.of(rules), List.of(), rule, List.of());
    }

    /** Members may look, ask and approve, as by default. */
    public static Policy needing(int approvals) {
        return of(rule(approvals), Policy.DEFAULT.rules().get(0));
    }

    public static ApprovalRule rule(int required) {
        return new ApprovalRule(required, List.of(), false, Duration.ofMinutes(15), false, false, Optional.empty());
    }

    public static ApprovalRule from(String... who) {
        return new ApprovalRule(1, people(who), false, Duration.ofMinutes(15), false, false, Optional.empty());
    }

    public static ApprovalRule quiet(QuietHours quiet) {
        return new ApprovalRule(1, List.of(), false, Duration.ofMinutes(15), false, false, Optional.of(quiet));
    }

    public static Rule may(String who, Permission... may) {
        return new Rule(people(who), Set.of(may), Scope.ANY, List.of());
    }

    public static Rule mayIn(String channel, String who, Permission... may) {
        return new Rule(people(who), Set.of(may), Scope.ANY, List.of(channel));
    }

    private static List<Who> people(String... who) {
        return Arrays.stream(who).map(w -> Who.parse(w).orElseThrow()).toList();
    }
}
