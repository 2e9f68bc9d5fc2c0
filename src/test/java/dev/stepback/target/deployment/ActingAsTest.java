package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stepback.access.GuardedCluster;
import dev.stepback.redaction.Redactor;
import dev.stepback.sandbox.BotAccount;
import dev.stepback.sandbox.cluster.RecordedRequest;
import dev.stepback.target.Denial;
import dev.stepback.target.Finding;
import dev.stepback.target.Identity;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A Deployment that is read as somebody, in a cluster where each may do something else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ActingAsTest {
    private static final TargetRef WEB = new TargetRef("production", Kind.DEPLOYMENT, "web");
    private static final Redactor REDACTOR = new Redactor(List.of());

    private final GuardedCluster cluster = new GuardedCluster();
    private final TargetType bot = new DeploymentTarget(cluster.bot, REDACTOR, Clock.systemUTC());

    @BeforeAll
    void release() {
        cluster.mayImpersonate(List.of("viewer", "editor", "nobody"), List.of("ops"));
        cluster.bind("view", "User", "viewer", "production");
        cluster.bind("edit", "User", "editor", "production");
        cluster.bind("edit", "Group", "ops", "production");
        cluster.deployed("production", "web", "web:1", "web:2");
    }

    @AfterAll
    void close() throws Exception {
        cluster.close();
    }

    @Test
    void reads_areMadeAsTheIdentity() {
        cluster.cluster.clearRequests();
        TargetType target = as("viewer");

        assertThat(target.history(WEB)).isPresent();
        assertThat(target.diff(WEB, 1, 2)).isNotEmpty();
        assertThat(target.status(WEB)).isPresent();
        assertThat(target.refusal(WEB, request())).isEmpty();

        assertThat(cluster.cluster.requests().stream()
                        .filter(r -> r.sender().equals(BotAccount.USER))
                        .map(RecordedRequest::user)
                        .collect(Collectors.toSet()))
                .containsExactly("viewer");
    }

    @Test
    void whoMayNotRead_isNamed() {
        assertThatThrownBy(() -> as("nobody").history(WEB))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(Denial.of(e))
                                .hasValue(new Denial("nobody", "get", "deployments.apps", "web", "production")));
    }

    @Test
    void whoMayNotBeImpersonated_isNamedWithTheBot() {
        assertThatThrownBy(() -> as("stranger").history(WEB))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(Denial.of(e))
                                .hasValue(new Denial(BotAccount.USER, "impersonate", "users", "stranger", "")));
    }

    /** The change is made as whoever approves. */
    @Test
    void planOfAViewer_warnsThatSomebodyElseMustCarryItOut() {
        Plan plan = plan(as("viewer"));

        assertThat(plan.blocked()).isFalse();
        assertThat(warnings(plan))
                .containsEntry(
                        "permission",
                        "viewer may not patch deployments in production: whoever approves must be allowed to.")
                .hasEntrySatisfying(
                        "dry-run",
                        message -> assertThat(message).contains("viewer may not patch deployments.apps \"web\""));
    }

    @Test
    void planOfAnEditor_hasNothingToWarnOf() {
        assertThat(warnings(plan(as("editor")))).doesNotContainKeys("permission", "dry-run");
        assertThat(warnings(plan(bot.as(new Identity("nobody", List.of("ops"))))))
                .doesNotContainKeys("permission", "dry-run");
    }

    @Test
    void identities_shareTheConnections() {
        try (FakeApiServer api = new FakeApiServer()) {
            Shop.fill(api);
            TargetType target = new DeploymentTarget(api.client(), REDACTOR, Clock.systemUTC());
            for (int i = 0; i < 20; i++) {
                assertThat(target.as(new Identity("user" + i, List.of("group"))).history(Shop.CHECKOUT))
                        .isPresent();
            }

            assertThat(api.connections).hasSize(1);
        }
    }

    private TargetType as(String user) {
        return bot.as(new Identity(user, List.of()));
    }

    private static Plan plan(TargetType target) {
        return ((PlanResult.Planned) target.plan(WEB, request())).plan();
    }

    private static PlanRequest request() {
        return new PlanRequest(Operation.UNDO, OptionalLong.of(1), Map.of(), PlanOptions.NONE);
    }

    private static Map<String, String> warnings(Plan plan) {
        return plan.findings().stream()
                .filter(f -> f.verdict() != Finding.Verdict.PASS)
                .collect(Collectors.toMap(Finding::check, Finding::message, (a, b) -> a));
    }
}
