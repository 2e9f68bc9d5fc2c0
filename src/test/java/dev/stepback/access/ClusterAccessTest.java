package dev.stepback.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.access.ClusterAccess.Mode;
import dev.stepback.policy.Identities;
import dev.stepback.policy.IdentityRule;
import dev.stepback.policy.Verdict;
import dev.stepback.policy.Who;
import dev.stepback.sandbox.BotAccount;
import dev.stepback.stage.ManualClock;
import dev.stepback.target.Identity;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClusterAccessTest {
    private static final String ALICE = "U00001";
    private static final String BOB = "U00002";
    private static final TargetRef PRODUCTION = new TargetRef("production", Kind.DEPLOYMENT, "web");
    private static final TargetRef STAGING = new TargetRef("staging", Kind.DEPLOYMENT, "web");

    private final GuardedCluster cluster = new GuardedCluster();
    private final People people = new People()
            .member(ALICE, "alice@example.com")
            .member(BOB, "bob@example.com")
            .member("U00003", "")
            .group("@ops", BOB);
    private final ManualClock clock = new ManualClock("1970-01-01T00:00:00Z");

    @BeforeEach
    void grant() {
        cluster.mayReview();
        cluster.mayImpersonate(List.of("alice@example.com", "bob@example.com"), List.of("ops"));
        cluster.bind("view", "User", "alice@example.com", "");
        cluster.bind("edit", "Group", "ops", "staging");
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"REVIEW", "IMPERSONATE"})
    void theCluster_decides(Mode mode) {
        ClusterAccess access = access(mode);

        assertThat(access.mayView(ALICE, null, PRODUCTION)).isEqualTo(Verdict.ALLOWED);
        assertThat(access.mayChange(ALICE, null, PRODUCTION).why())
                .isEqualTo("Kubernetes forbids it: alice@example.com may not patch deployments.apps \"web\" in the"
                        + " namespace production.");
        assertThat(access.mayView(BOB, null, STAGING)).isEqualTo(Verdict.ALLOWED);
        assertThat(access.mayChange(BOB, null, STAGING)).isEqualTo(Verdict.ALLOWED);
        assertThat(access.mayView(BOB, null, PRODUCTION).why())
                .isEqualTo("Kubernetes forbids it: bob@example.com may not get deployments.apps in the namespace"
                        + " production.");
    }

    @ParameterizedTest
    @EnumSource(names = {"REVIEW", "IMPERSONATE"})
    void somebodyWithoutAMapping_hasNothingAndIsTold(Mode mode) {
        ClusterAccess access = access(mode);

        Verdict verdict = access.mayView("U00003", null, PRODUCTION);

        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.undecided()).isFalse();
        assertThat(verdict.why()).contains("Kubernetes does not know you", "kubernetes.identities");
        assertThat(access.acting("U00003", null)).isInstanceOf(Acting.Nobody.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"REVIEW", "IMPERSONATE"})
    void whileSlackIsSilent_nobodyHasAnything(Mode mode) {
        ClusterAccess access = access(mode);
        people.silent = true;

        assertThat(access.mayView(ALICE, null, PRODUCTION).allowed()).isFalse();
        assertThat(access.mayView(ALICE, null, PRODUCTION).undecided()).isTrue();
        assertThat(access.acting(ALICE, null))
                .isInstanceOfSatisfying(
                        Acting.Nobody.class, n -> assertThat(n.undecided()).isTrue());
    }

    @ParameterizedTest
    @EnumSource(names = {"REVIEW", "IMPERSONATE"})
    void aReviewWithoutAnswer_denies(Mode mode) {
        ClusterAccess access = access(mode);
        cluster.cluster.faults().fail(10, 503, "create", null);

        Verdict verdict = access.mayChange(BOB, null, STAGING);

        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.undecided()).isTrue();
        assertThat(verdict.why())
                .contains("gave no answer to what bob@example.com may do", "Try again")
                .doesNotContain("staging");
    }

    @Test
    void aReviewThatTheBotMayNotAskFor_denies() {
        cluster.unbind("reviewer", BotAccount.USER, "");

        Verdict verdict = access(Mode.REVIEW).mayView(ALICE, null, PRODUCTION);

        assertThat(verdict.undecided()).isTrue();
        assertThat(verdict.why()).contains("may not create subjectaccessreviews");
    }

    @Test
    void whoMayNotBeImpersonated_hasNothing() {
        cluster.unbind("impersonator", BotAccount.USER, "");

        assertThat(access(Mode.IMPERSONATE).mayView(ALICE, null, PRODUCTION).allowed())
                .isFalse();
    }

    @Test
    void answersAboutNamespaces_areRememberedForSeconds() {
        ClusterAccess access = access(Mode.REVIEW);
        TargetRef other = new TargetRef("production", Kind.DEPLOYMENT, "other");
        access.mayView(ALICE, null, PRODUCTION);
        access.mayView(ALICE, null, other);
        cluster.unbind("view", "alice@example.com", "");

        assertThat(reviews()).isEqualTo(1);
        assertThat(access.mayView(ALICE, null, other).allowed()).isTrue();
        clock.advance(Duration.ofSeconds(11));
        assertThat(access.mayView(ALICE, null, other).allowed()).isFalse();
    }

    @Test
    void whetherSomebodyMayChange_isAskedEveryTime() {
        ClusterAccess access = access(Mode.REVIEW);
        assertThat(access.mayChange(BOB, null, STAGING).allowed()).isTrue();
        cluster.unbind("edit", "ops", "staging");

        assertThat(access.mayChange(BOB, null, STAGING).allowed()).isFalse();
    }

    @Test
    void acting_isAsThePersonOnlyWithImpersonation() {
        assertThat(access(Mode.OFF).acting(ALICE, null)).isEqualTo(new Acting.Bot());
        assertThat(access(Mode.REVIEW).acting(ALICE, null)).isEqualTo(new Acting.Bot());
        assertThat(access(Mode.IMPERSONATE).acting(BOB, null))
                .isEqualTo(new Acting.As(new Identity("bob@example.com", List.of("ops"))));
    }

    @Test
    void off_asksNobody() {
        people.silent = true;

        assertThat(access(Mode.OFF).mayChange(ALICE, null, PRODUCTION)).isEqualTo(Verdict.ALLOWED);
        assertThat(reviews()).isZero();
    }

    private long reviews() {
        return cluster.cluster.requests().stream()
                .filter(r -> r.path().contains("accessreviews"))
                .count();
    }

    private ClusterAccess access(Mode mode) {
        Identities identities = new Identities(List.of(
                IdentityRule.DEFAULT,
                new IdentityRule(List.of(new Who.Group("@ops")), Optional.empty(), List.of("ops"))));
        cluster.cluster.clearRequests();
        return new ClusterAccess(mode, identities, people, cluster.bot, clock);
    }
}
