package dev.stepback.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.access.ClusterAccess.Mode;
import dev.stepback.command.Reply;
import dev.stepback.policy.Identities;
import dev.stepback.policy.IdentityRule;
import dev.stepback.policy.Who;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.Rollbacks.Decided;
import dev.stepback.sandbox.BotAccount;
import dev.stepback.target.TargetRef;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From the command to the patch: who sees, asks and approves is held by the cluster's own RBAC. */
class ImpersonationTest {
    /** May view everything. */
    private static final String VIEWER = "U00001";
    /** May view everything and change what is in staging. */
    private static final String STAGING = "U00002";
    /** May change everything, by the group. */
    private static final String ONCALL = "U00003";
    /** May view staging only. */
    private static final String NEWCOMER = "U00004";
    /** Unknown to Kubernetes. */
    private static final String STRANGER = "U00005";

    private static final Identities IDENTITIES = new Identities(List.of(
            IdentityRule.DEFAULT,
            new IdentityRule(List.of(new Who.Group("@oncall")), Optional.empty(), List.of("oncall"))));

    private final GuardedCluster cluster = new GuardedCluster();
    private final People people = new People()
            .member(VIEWER, "viewer@x.io")
            .member(STAGING, "staging@x.io")
            .member(ONCALL, "oncall@x.io")
            .member(NEWCOMER, "newcomer@x.io")
            .member(STRANGER, "")
            .group("@oncall", ONCALL);
    private Optional<Bot> running = Optional.empty();

    @BeforeEach
    void grant() {
        cluster.mayReview();
        cluster.mayImpersonate(
                List.of("viewer@x.io", "staging@x.io", "oncall@x.io", "newcomer@x.io"), List.of("oncall"));
        cluster.bind("view", "User", "viewer@x.io", "");
        cluster.bind("view", "User", "staging@x.io", "");
        cluster.bind("edit", "User", "staging@x.io", "staging");
        cluster.bind("edit", "Group", "oncall", "");
        cluster.bind("view", "User", "newcomer@x.io", "staging");
    }

    @AfterEach
    void close() throws Exception {
        running.ifPresent(Bot::close);
        cluster.close();
    }

    private Bot bot(Mode mode) {
        Bot bot = new Bot(cluster, mode, IDENTITIES, people);
        running = Optional.of(bot);
        cluster.cluster.clearRequests();
        return bot;
    }

    @Test
    void whoMayOnlyView_asks_andTheChangeIsMadeAsWhoApproves() {
        cluster.deployed("production", "checkout", "app:1", "app:2");
        Bot bot = bot(Mode.IMPERSONATE).startEngine();

        Rollback rollback = bot.asks(VIEWER, "checkout");
        bot.awaitPhase(rollback, Phase.AWAITING_APPROVAL);
        assertThat(readers()).contains("viewer@x.io").doesNotContain("oncall@x.io");
        assertThat(bot.approves(ONCALL, rollback)).isInstanceOf(Decided.Recorded.class);
        bot.awaitPhase(rollback, Phase.SUCCEEDED);

        assertThat(cluster.image("production", "checkout")).isEqualTo("app:1");
        assertThat(cluster.users("patch", "deployments.apps")).containsExactly("oncall@x.io");
        assertThat(cluster.users("create", "rollbacks.stepback.dev")).containsExactly(BotAccount.USER);
        assertThat(cluster.users("update", "leases.coordination.k8s.io")).isSubsetOf(BotAccount.USER);
    }

    @Test
    void dataCheck_runsAsWhoApproves_whoMustBeAllowedTo() {
        cluster.deployed("production", "checkout", "app:1", "app:2");
        cluster.role("patcher", "{apiGroups: [apps], resources: [deployments], verbs: [patch]}");
        cluster.bind("patcher", "User", "viewer@x.io", "");
        Bot bot = bot(Mode.IMPERSONATE).checkingData().startEngine();

        Rollback rollback = bot.asks(STAGING, "production/checkout");
        assertThat(bot.approves(VIEWER, rollback))
                .isEqualTo(new Decided.Denied("Kubernetes forbids it: viewer@x.io may not create jobs.batch in the"
                        + " namespace production."));
        assertThat(bot.approves(ONCALL, rollback)).isInstanceOf(Decided.Recorded.class);
        bot.awaitPhase(rollback, Phase.SUCCEEDED);

        assertThat(cluster.users("create", "jobs.batch")).containsExactly("oncall@x.io");
    }

    @Test
    void withReviews_theChangeIsMadeAsTheBot() {
        cluster.deployed("production", "checkout", "app:1", "app:2");
        Bot bot = bot(Mode.REVIEW).startEngine();

        Rollback rollback = bot.asks(VIEWER, "checkout");
        assertThat(bot.approves(ONCALL, rollback)).isInstanceOf(Decided.Recorded.class);
        bot.awaitPhase(rollback, Phase.SUCCEEDED);

        assertThat(cluster.users("patch", "deployments.apps")).containsExactly(BotAccount.USER);
    }

    @ParameterizedTest
    @EnumSource(names = {"REVIEW", "IMPERSONATE"})
    void whoMayChangeStagingOnly_approvesThereOnly(Mode mode) {
        cluster.deployed("production", "checkout", "app:1", "app:2");
        cluster.deployed("staging", "checkout", "app:1", "app:2");
        Bot bot = bot(mode).startEngine();
        Rollback production = bot.asks(VIEWER, "production/checkout");
        Rollback staging = bot.asks(VIEWER, "staging/checkout");

        assertThat(bot.approves(STAGING, production))
                .isEqualTo(new Decided.Denied("Kubernetes forbids it: staging@x.io may not patch deployments.apps"
                        + " \"checkout\" in the namespace production."));
        assertThat(bot.approves(STAGING, staging)).isInstanceOf(Decided.Recorded.class);

        bot.awaitPhase(staging, Phase.SUCCEEDED);
        assertThat(bot.now(production).statusOrInitial().phase()).isEqualTo(Phase.AWAITING_APPROVAL);
        assertThat(cluster.image("production", "checkout")).isEqualTo("app:2");
    }

    @ParameterizedTest
    @EnumSource(names = {"REVIEW", "IMPERSONATE"})
    void namespaceThatOneMayNotView_isNowhere(Mode mode) {
        cluster.deployed("production", "checkout", "app:1", "app:2");
        cluster.deployed("staging", "checkout", "app:1", "app:2");
        cluster.deployed("production", "payments", "app:1", "app:2");
        Bot bot = bot(mode);
        bot.asks(VIEWER, "production/checkout");

        assertThat(bot.says(VIEWER, "checkout status")).isInstanceOf(Reply.Choose.class);
        assertThat(bot.says(NEWCOMER, "checkout status"))
                .isInstanceOfSatisfying(
                        Reply.ShowStatus.class,
                        r -> assertThat(r.target().namespace()).isEqualTo("staging"));
        assertThat(bot.says(NEWCOMER, "payments history"))
                .isInstanceOfSatisfying(
                        Reply.NotFound.class, r -> assertThat(r.suggestions()).isEmpty());
        assertThat(bot.says(NEWCOMER, "chekout history"))
                .isInstanceOfSatisfying(
                        Reply.NotFound.class,
                        r -> assertThat(r.suggestions())
                                .extracting(TargetRef::namespace)
                                .containsOnly("staging"));
        assertThat(bot.says(NEWCOMER, "checkout cancel"))
                .isInstanceOfSatisfying(
                        Reply.Refused.class, r -> assertThat(r.why()).doesNotContain("production"));
        assertThat(((Reply.ShowList) bot.says(NEWCOMER, "list")).rollbacks()).isEmpty();
        assertThat(((Reply.ShowList) bot.says(VIEWER, "list")).rollbacks()).hasSize(1);
        assertThat(bot.says(NEWCOMER, "production/checkout"))
                .isEqualTo(bot.says(NEWCOMER, "production/whatever"))
                .isEqualTo(new Reply.Refused("Kubernetes forbids it: newcomer@x.io may not get deployments.apps in the"
                        + " namespace production."));
    }

    @ParameterizedTest
    @EnumSource(names = {"REVIEW", "IMPERSONATE"})
    void whoIsNobodyInKubernetes_getsNothingAndIsTold(Mode mode) {
        cluster.deployed("production", "checkout", "app:1", "app:2");
        Bot bot = bot(mode).startEngine();

        for (String text : List.of("checkout", "checkout history", "no-such-thing", "list")) {
            assertThat(bot.says(STRANGER, text))
                    .isInstanceOfSatisfying(
                            Reply.Refused.class, r -> assertThat(r.why()).contains("Kubernetes does not know you"));
        }
        Rollback rollback = bot.asks(VIEWER, "checkout");
        assertThat(bot.approves(STRANGER, rollback))
                .isInstanceOfSatisfying(
                        Decided.Denied.class, d -> assertThat(d.why()).contains("Kubernetes does not know you"));
    }

    @ParameterizedTest
    @EnumSource(names = {"REVIEW", "IMPERSONATE"})
    void approvalOfWhoLostTheRight_doesNotCountAnyMore(Mode mode) {
        cluster.deployed("staging", "checkout", "app:1", "app:2");
        Bot bot = bot(mode).startEngine();
        Rollback rollback = bot.asks(VIEWER, "checkout");
        bot.awaitPhase(rollback, Phase.AWAITING_APPROVAL);
        bot.stopEngine();
        assertThat(bot.approves(STAGING, rollback)).isInstanceOf(Decided.Recorded.class);
        cluster.unbind("edit", "staging@x.io", "staging");
        bot.startEngine();

        await().untilAsserted(() -> assertThat(bot.message(rollback))
                .contains("The approval of u00002 does not count.", "staging@x.io may not patch deployments.apps"));

        assertThat(cluster.image("staging", "checkout")).isEqualTo("app:2");
        assertThat(bot.approves(ONCALL, rollback)).isInstanceOf(Decided.Recorded.class);
        bot.awaitPhase(rollback, Phase.SUCCEEDED);
    }

    /** The right to patch is there, the one to read what is to be restored is not. */
    @Test
    void denialInTheMiddle_endsItAndSaysWhoLacksWhat() {
        cluster.deployed("production", "checkout", "app:1", "app:2");
        cluster.role("patcher", "{apiGroups: [apps], resources: [deployments], verbs: [get, patch]}");
        cluster.bind("patcher", "User", "newcomer@x.io", "production");
        Bot bot = bot(Mode.IMPERSONATE).startEngine();
        Rollback rollback = bot.asks(VIEWER, "production/checkout");

        assertThat(bot.approves(NEWCOMER, rollback)).isInstanceOf(Decided.Recorded.class);
        bot.awaitPhase(rollback, Phase.FAILED);

        assertThat(bot.message(rollback))
                .startsWith("Kubernetes forbids it: newcomer@x.io may not")
                .contains("replicasets.apps", "in the namespace production");
        assertThat(cluster.image("production", "checkout")).isEqualTo("app:2");
    }

    @Test
    void denialWhilePlanning_isTheAnswer() {
        cluster.deployed("production", "checkout", "app:1", "app:2");
        Bot bot = bot(Mode.IMPERSONATE);
        Rollback rollback = bot.asks(VIEWER, "checkout");
        cluster.unbind("view", "viewer@x.io", "");
        bot.startEngine();

        bot.awaitPhase(rollback, Phase.FAILED);

        assertThat(bot.message(rollback)).contains("viewer@x.io may not get deployments.apps");
    }

    @Test
    void whoTheBotMayNotImpersonate_isNamed() {
        cluster.deployed("production", "checkout", "app:1", "app:2");
        cluster.unbind("impersonator", BotAccount.USER, "");
        Bot bot = bot(Mode.IMPERSONATE);

        assertThat(bot.says(VIEWER, "checkout history"))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        r -> assertThat(r.why())
                                .contains("may not impersonate users \"viewer@x.io\"", "k8s-manifests/impersonate"));
    }

    /** Who read Deployments one at a time; the bot itself lists and watches. */
    private Set<String> readers() {
        return new TreeSet<>(cluster.users("get", "deployments.apps"));
    }
}
