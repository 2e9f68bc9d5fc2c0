package dev.stepback.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.access.GuardedCluster;
import dev.stepback.config.DataCheckRule;
import dev.stepback.config.StepbackConfig;
import dev.stepback.policy.Identities;
import dev.stepback.policy.IdentityRule;
import dev.stepback.policy.Scope;
import dev.stepback.policy.Who;
import dev.stepback.sandbox.BotAccount;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeopleCheckTest {
    private final GuardedCluster cluster = new GuardedCluster();
    private final Identities identities = new Identities(List.of(
            IdentityRule.DEFAULT,
            new IdentityRule(List.of(new Who.Members()), Optional.of("lead"), List.of("oncall")),
            new IdentityRule(
                    List.of(new Who.Members()), Optional.of("system:serviceaccount:production:deployer"), List.of())));

    @AfterAll
    void close() throws Exception {
        cluster.close();
    }

    @Test
    void whatIsNotConfigured_isNotAskedFor() {
        Map<String, Row> rows = rows(StepbackConfig.People.NOT_ASKED);

        assertThat(rows.values())
                .allSatisfy(row -> assertThat(row.ok()).as("%s", row).isTrue());
        assertThat(rows.keySet()).noneMatch(item -> item.contains("impersonate") || item.contains("subjectaccess"));
        assertThat(rows).containsKey("patch deployments.apps");
    }

    @Test
    void reviews_needTheirPermission() {
        StepbackConfig.People reviewing = new StepbackConfig.People(false, true, identities);
        assertThat(rows(reviewing).get("create subjectaccessreviews.authorization.k8s.io"))
                .satisfies(row -> assertThat(row.ok()).isFalse());

        cluster.mayReview();

        assertThat(rows(reviewing).get("create subjectaccessreviews.authorization.k8s.io"))
                .satisfies(row -> assertThat(row.ok()).isTrue());
        cluster.unbind("reviewer", BotAccount.USER, "");
    }

    @Test
    void impersonation_needsEveryUserAndGroup() {
        StepbackConfig.People impersonating = new StepbackConfig.People(true, false, identities);
        List<String> items = List.of(
                "impersonate users",
                "impersonate users lead",
                "impersonate groups oncall",
                "impersonate serviceaccounts deployer -n production");
        assertThat(rows(impersonating)).containsKeys(items.toArray(String[]::new));
        items.forEach(item -> assertThat(ok(rows(impersonating), item)).as(item).isFalse());

        cluster.mayImpersonate(List.of("lead", "alice@example.com"), List.of("oncall"));

        Map<String, Row> rows = rows(impersonating);
        assertThat(ok(rows, "impersonate users lead")).isTrue();
        assertThat(ok(rows, "impersonate groups oncall")).isTrue();
        assertThat(rows.get("impersonate users")).isEqualTo(new Row("cluster", "impersonate users", true, "2 of them"));
        assertThat(ok(rows, "impersonate serviceaccounts deployer -n production"))
                .isFalse();
        assertThat(rows).doesNotContainKey("patch deployments.apps");
        cluster.unbind("impersonator", BotAccount.USER, "");
    }

    @Test
    void jobsAndLogs_areAskedForWhereChecksAreConfigured() {
        DataCheckRule rule = new DataCheckRule("a", Scope.ANY, Duration.ofMinutes(1), Duration.ofDays(1), false, "{}");
        StepbackConfig.People people = StepbackConfig.People.NOT_ASKED;
        assertThat(rows(people))
                .doesNotContainKeys("get jobs.batch", "create jobs.batch", "delete jobs.batch", "get pods/log");

        Map<String, Row> rows = rows(people, List.of(rule));
        assertThat(ok(rows, "get jobs.batch")).isTrue();
        assertThat(ok(rows, "create jobs.batch")).isTrue();
        assertThat(ok(rows, "delete jobs.batch")).isTrue();
        assertThat(ok(rows, "get pods/log")).isTrue();

        assertThat(rows(new StepbackConfig.People(true, false, Identities.DEFAULT), List.of(rule)))
                .as("made as the person")
                .containsKeys("get jobs.batch", "delete jobs.batch", "get pods/log")
                .doesNotContainKey("create jobs.batch");
    }

    private Map<String, Row> rows(StepbackConfig.People people) {
        return rows(people, List.of());
    }

    private Map<String, Row> rows(StepbackConfig.People people, List<DataCheckRule> checks) {
        StepbackConfig.Kubernetes config =
                new StepbackConfig.Kubernetes(null, List.of(), BotAccount.NAMESPACE).with(people);
        return new ClusterCheck(cluster.bot, StepbackConfig.defaults().with(c -> {
                    c.kubernetes = config;
                    c.checks = checks;
                }))
                .run().stream().collect(Collectors.toMap(Row::item, row -> row, (a, b) -> a));
    }

    private static boolean ok(Map<String, Row> rows, String item) {
        return Objects.requireNonNull(rows.get(item), item).ok();
    }
}
