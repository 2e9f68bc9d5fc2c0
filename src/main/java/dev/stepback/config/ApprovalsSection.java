package dev.stepback.config;

import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.Scope;
import dev.stepback.policy.ScopedApproval;
import dev.stepback.policy.Who;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/** The section {@code approvals}. */
record ApprovalsSection(ApprovalRule byDefault, List<ScopedApproval> rules) {

    static ApprovalsSection read(Section root, ApprovalRule builtIn) {
        root.notBare("approvals");
        try (Section s = root.section("approvals")) {
            s.notBare("default", "rules");
            Keys byDefault;
            try (Section d = s.section("default")) {
                byDefault = keys(d, new Keys(builtIn, QuietKeys.NONE));
            }
            List<Scope> scopes = new ArrayList<>();
            List<ScopedApproval> rules = s.each("rules", List.of(), r -> {
                Scope scope = ScopeKeys.read(r);
                if (scopes.contains(Scope.ANY)) {
                    r.problem("", "is never reached, because a rule above it is about every target");
                }
                scopes.add(scope);
                return new ScopedApproval(scope, keys(r, byDefault).rule());
            });
            return new ApprovalsSection(byDefault.rule(), rules);
        }
    }

    /** A rule, and its quiet hours as they were written, which others inherit key by key. */
    private record Keys(ApprovalRule rule, QuietKeys quiet) {}

    private static Keys keys(Section s, Keys inherited) {
        ApprovalRule i = inherited.rule();
        int required = s.value(
                "required", i.required(), "a number from 0 to " + ApprovalRule.MOST, Values.upTo(ApprovalRule.MOST));
        s.notBare("from");
        List<Who> from = s.list("from", i.from(), AccessSection.SOMEBODY, Who::parse);
        boolean requesterMayApprove =
                s.value("requesterMayApprove", i.requesterMayApprove(), Values.A_TRUTH_VALUE, Values::bool);
        var expiry = s.value("expiry", i.expiry(), Values.A_DURATION, Values::duration);
        boolean requireReason = s.value("requireReason", i.requireReason(), Values.A_TRUTH_VALUE, Values::bool);
        boolean typeToConfirm = s.value("typeToConfirm", i.typeToConfirm(), Values.A_TRUTH_VALUE, Values::bool);
        QuietKeys quiet = QuietKeys.read(s, inherited.quiet());
        ApprovalRule rule = new ApprovalRule(
                required, from, requesterMayApprove, expiry, requireReason, typeToConfirm, quiet.hours());
        checkEnough(s, rule);
        return new Keys(rule, quiet);
    }

    /** Approvals that can never come together would be found out in the middle of an incident. */
    private static void checkEnough(Section s, ApprovalRule rule) {
        boolean countable = rule.from().stream().allMatch(w -> w instanceof Who.User || w instanceof Who.Email);
        int people = new HashSet<>(rule.from()).size();
        int most = IntStream.of(
                        rule.required(),
                        rule.quietHours().map(q -> q.required().orElse(0)).orElse(0))
                .max()
                .getAsInt();
        if (countable && people > 0 && most > people) {
            s.problem("from", "names " + people + " of the " + most + " people whose approvals are required");
        }
    }
}
