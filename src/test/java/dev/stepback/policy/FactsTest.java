package dev.stepback.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FactsTest {
    private final AtomicInteger reads = new AtomicInteger();
    private final Facts facts = new Facts("prod", new TargetRef("production", Kind.DEPLOYMENT, "checkout"), () -> {
        reads.incrementAndGet();
        return Optional.of(Map.of("tier", "low"));
    });

    @Test
    void labels_areNotReadWhenNoRuleThatCouldMatterAsksForThem() {
        allows(
                rule("U0LEAD", "", "production"),
                rule("U0OTHER", "tier=critical", "production"),
                rule("U0LEAD", "!tier", "staging"));
        assertThat(reads).hasValue(0);
    }

    @Test
    void labels_areReadOnceForAllRulesAndApprovals() {
        Policy policy =
                allows(rule("U0LEAD", "tier=critical", "production"), rule("U0LEAD", "tier=high", "production"));
        assertThat(policy.approval(facts)).contains(ApprovalRule.DEFAULT);
        assertThat(reads).hasValue(1);
    }

    private Policy allows(Rule... rules) {
        Scope critical = scope("tier=critical", "production");
        Policy policy = new Policy(
                List.of(rules),
                List.of(),
                ApprovalRule.DEFAULT,
                List.of(new ScopedApproval(critical, ApprovalRule.DEFAULT)));
        Subject lead = new Subject("U0LEAD", "lead", Subject.Standing.MEMBER, Optional.empty());
        policy.allows(lead, Permission.VIEW, facts, Optional.empty(), nobodyAsked());
        return policy;
    }

    private static Rule rule(String who, String labels, String namespace) {
        return new Rule(List.of(new Who.User(who)), Set.of(Permission.APPROVE), scope(labels, namespace), List.of());
    }

    private static Scope scope(String labels, String namespace) {
        return new Scope(
                List.of(),
                List.of(new Glob(namespace)),
                List.of(),
                List.of(),
                LabelSelector.parse(labels).orElse(LabelSelector.ANY));
    }

    private static Directory nobodyAsked() {
        return new Directory() {
            @Override
            public Subject subject(String userId, @Nullable String team) {
                throw new AssertionError("Slack was asked who " + userId + " is");
            }

            @Override
            public Answer inGroup(String group, String userId) {
                throw new AssertionError("Slack was asked for " + group);
            }

            @Override
            public Answer sameChannel(String configured, String channelId) {
                throw new AssertionError("Slack was asked for " + configured);
            }
        };
    }
}
