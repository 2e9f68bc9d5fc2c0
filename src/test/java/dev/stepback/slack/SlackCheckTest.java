package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.Permission;
import dev.stepback.policy.Policy;
import dev.stepback.policy.Rule;
import dev.stepback.policy.Scope;
import dev.stepback.policy.Who;
import dev.stepback.sandbox.slack.SandboxSlack;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlackCheckTest {
    private SandboxSlack slack;
    private final Map<String, String> env = new HashMap<>();

    @BeforeEach
    void start() throws Exception {
        slack = SandboxSlack.start(0, Clock.systemUTC());
        env.put("SLACK_API_URL", slack.apiUrl().toString());
        env.put("SLACK_BOT_TOKEN", slack.botToken());
        env.put("SLACK_APP_TOKEN", slack.appToken());
    }

    @AfterEach
    void stop() {
        slack.close();
    }

    private List<SlackCheck.Row> check(String... channels) {
        return check(StepbackConfig.defaults()
                .with(c -> c.notifications = new StepbackConfig.Notifications(List.of(channels))));
    }

    private List<SlackCheck.Row> check(StepbackConfig config) {
        return SlackCheck.run(config, env, new Metrics());
    }

    private static StepbackConfig naming(String... who) {
        return StepbackConfig.defaults()
                .with(c -> c.policy = new Policy(
                        List.of(new Rule(
                                List.of(who).stream()
                                        .map(w -> Who.parse(w).orElseThrow())
                                        .toList(),
                                Set.of(Permission.VIEW),
                                Scope.ANY,
                                List.of("incidents", "#nowhere"))),
                        List.of(),
                        ApprovalRule.DEFAULT,
                        List.of()));
    }

    private static List<String> failed(List<SlackCheck.Row> rows) {
        return rows.stream().filter(r -> !r.ok()).map(SlackCheck.Row::item).toList();
    }

    @Test
    void everythingInPlace_isOk() {
        assertThat(failed(check("#deploys", "C0INCIDENTS"))).isEmpty();
    }

    @Test
    void channelForEverythingAndForOperators_isAskedForOnce() {
        StepbackConfig config = StepbackConfig.defaults()
                .with(c ->
                        c.notifications = new StepbackConfig.Notifications(List.of("deploys"), Optional.of("deploys")));

        assertThat(check(config)).extracting(SlackCheck.Row::item).containsOnlyOnce("channel deploys");
    }

    @Test
    void missingScopesAndChannels_areNamed() {
        slack.control().revokeScope("files:write");
        assertThat(failed(check("#random", "#nowhere")))
                .containsExactlyInAnyOrder("scope files:write", "channel #random", "channel #nowhere");
    }

    @Test
    void everybodyInTheRules_isLookedUp() {
        List<SlackCheck.Row> rows = check(naming(
                "members",
                "U0PARTNER",
                "U0FORMER",
                "U0NOBODY0",
                "lead@example.com",
                "nobody@example.com",
                "@oncall",
                "@nobody",
                "S0LEADS"));
        assertThat(failed(rows))
                .containsExactlyInAnyOrder(
                        "user U0FORMER",
                        "user U0NOBODY0",
                        "nobody@example.com",
                        "group @nobody",
                        "channel #nowhere of the rules");
        assertThat(rows)
                .contains(
                        new SlackCheck.Row("user U0PARTNER", true, "@partner, of another workspace"),
                        new SlackCheck.Row("lead@example.com", true, "@lead"),
                        new SlackCheck.Row("group @oncall", true, "2 members"));
    }

    @Test
    void scopes_areNeededWhenRulesNeedThem_andTheirLackHasAPrice() {
        slack.control().revokeScope("usergroups:read");
        slack.control().revokeScope("users:read.email");
        assertThat(failed(check())).isEmpty();

        List<SlackCheck.Row> rows = check(naming("@oncall", "lead@example.com"));
        assertThat(failed(rows)).contains("scope usergroups:read", "scope users:read.email");
        assertThat(rows)
                .filteredOn(row -> row.item().equals("scope usergroups:read"))
                .singleElement()
                .asString()
                .contains("who is in @oncall", "grant nothing to anybody");
    }

    @Test
    void planWithoutGroups_isNamed() {
        slack.control().fail("usergroups.list", "plan_upgrade_required", 1);
        assertThat(check(naming("@oncall")).toString()).contains("plan_upgrade_required", "groups grant nothing");
    }

    @Test
    void wrongTokens_areNamed() {
        env.put("SLACK_BOT_TOKEN", "xoxb-wrong");
        env.put("SLACK_APP_TOKEN", "");
        assertThat(failed(check())).containsExactly("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN");
    }
}
