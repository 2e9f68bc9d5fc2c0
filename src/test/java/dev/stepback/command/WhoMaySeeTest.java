package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.access.Acting;
import dev.stepback.audit.AuditEvent;
import dev.stepback.config.StepbackConfig;
import dev.stepback.target.Identity;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to somebody who may not see all, and what is not. */
class WhoMaySeeTest {
    private final Desk desk = new Desk();
    private final FakeTarget cluster = desk.cluster;
    private final FakeRollbacks rollbacks = desk.rollbacks;
    private final HiddenNamespaces authorizer = desk.authorizer;
    private final List<AuditEvent> audited = desk.audited;
    private final TargetRef checkout = desk.checkout;

    @Test
    void whatIsRefused_isRecorded() {
        cluster.add("secret", "vault", 2);
        authorizer.hidden.add("secret");
        dispatch("secret/vault");
        dispatch("secret/vault history");

        assertThat(audited).hasSize(2).allSatisfy(e -> assertThat(e).isInstanceOf(AuditEvent.Denial.class));
        AuditEvent.Denial denial = (AuditEvent.Denial) audited.get(0);
        assertThat(denial.wish()).isEqualTo(AuditEvent.Wish.REQUEST);
        assertThat(denial.on().orElseThrow().target().name()).isEqualTo("vault");
        assertThat(((AuditEvent.Denial) audited.get(1)).wish()).isEqualTo(AuditEvent.Wish.VIEW);
    }

    /** Who tries names must not go unseen only because they learn nothing. */
    @ParameterizedTest
    @CsvSource({
        "vault, REQUEST",
        "vault history, VIEW",
        "vault cancel, CANCEL",
        "vault checkout, REQUEST",
        "-l app=vault, REQUEST",
    })
    void whatIsAsIfItWereNotThere_isRecordedOnce(String text, AuditEvent.Wish wish) {
        TargetRef vault = cluster.add("secret", "vault", 2);
        cluster.add("secret too", "vault", 2);
        cluster.labelled.put("app=vault", Set.of(vault));
        authorizer.hidden.addAll(List.of("secret", "secret too"));
        authorizer.secret = true;
        dispatch(text);

        assertThat(audited).singleElement().isInstanceOfSatisfying(AuditEvent.Denial.class, denial -> {
            assertThat(denial.wish()).isEqualTo(wish);
            assertThat(denial.on().orElseThrow().target().name()).isEqualTo("vault");
            assertThat(denial.why()).contains("secret");
        });
    }

    @Test
    void nameThatIsNowhere_isNoDenial() {
        authorizer.secret = true;
        dispatch("vault history");
        assertThat(audited).isEmpty();
    }

    /** Nothing is known of its kind, so nothing is said of another than is recorded. */
    @Test
    void refusalOfATargetWithoutAKind_isAboutTheOneThatIsRecorded() {
        authorizer.hidden.add("production");
        authorizer.naming = true;

        assertThat(dispatch("production/checkout"))
                .isEqualTo(new Reply.Refused("production/deployment/checkout is not for you"));
        assertThat(audited)
                .singleElement()
                .isInstanceOfSatisfying(
                        AuditEvent.Denial.class,
                        denial -> assertThat(denial.why())
                                .contains(denial.on().orElseThrow().target().toString()));
    }

    @Test
    void matchesThatMayNotBeSeen_areNotOffered() {
        cluster.add("secret", "checkout", 2);
        cluster.add("secret", "checkuot", 2);
        authorizer.hidden.add("secret");
        assertThat(dispatch("checkout")).isInstanceOf(Reply.Opened.class);
        assertThat(dispatch("chekout")).isEqualTo(new Reply.NotFound("chekout", List.of(checkout), ""));
    }

    @Test
    void whoMayNot_isToldWhy() {
        authorizer.hidden.add("production");
        for (String text : List.of("checkout", "checkout history", "checkout status", "checkout diff 1")) {
            assertThat(dispatch(text)).isEqualTo(new Reply.Refused("not for you"));
        }
        assertThat(rollbacks.byDelivery).isEmpty();
    }

    @Test
    void severalMatchesThatNoneMayBeSeenFromHere_areNotSaidToBeMissing() {
        cluster.add("staging", "checkout", 2);
        authorizer.hidden.add("production");
        authorizer.hidden.add("staging");
        assertThat(dispatch("checkout history")).isEqualTo(new Reply.Refused("not for you"));
    }

    /** As for one of them by itself. */
    @ParameterizedTest
    @ValueSource(strings = {"checkout vault", "-l app=checkout"})
    void severalThatMayNotBeSeenFromHere_areNotSaidToBeMissing(String text) {
        cluster.labelled.put("app=checkout", Set.of(checkout));
        authorizer.hidden.add("production");

        assertThat(dispatch(text)).isEqualTo(new Reply.Refused("not for you"));
        assertThat(audited).singleElement().isInstanceOf(AuditEvent.Denial.class);
    }

    /** Neither a match nor a suggestion nor an answer tells that there is something. */
    @Test
    void hiddenNamespace_isAsIfItWereNotThere() {
        authorizer.hidden.add("production");
        authorizer.secret = true;
        Reply unknown = dispatch("nothing-like-it history");

        assertThat(dispatch("checkout history"))
                .isEqualTo(new Reply.NotFound("checkout", List.of(), ((Reply.NotFound) unknown).remaining()));
        assertThat(dispatch("production/checkout history"))
                .isEqualTo(dispatch("production/nothing-like-it history"))
                .isEqualTo(new Reply.Refused("production is not for you"));
        assertThat(dispatch("chekout history"))
                .isInstanceOfSatisfying(
                        Reply.NotFound.class,
                        r -> assertThat(r.suggestions())
                                .noneMatch(t -> t.namespace().equals("production")));
    }

    /** Whether it is there is not told either while nobody can tell whether somebody may look. */
    @Test
    void namedTargetThatNobodyCanTellMayBeSeen_isRefusedWhetherOrNotItIsThere() {
        authorizer.hidden.add("production");

        assertThat(dispatch("production/checkout history"))
                .isEqualTo(dispatch("production/nothing-like-it history"))
                .isEqualTo(new Reply.Refused("not for you"));
    }

    @Test
    void whoHasNoIdentityInTheCluster_isToldBeforeAnythingElse() {
        authorizer.acting = new Acting.Nobody("Kubernetes does not know you", false);

        for (String text :
                List.of("checkout", "nothing-like-it", "list", "checkout cancel", "production/checkout diff 1")) {
            assertThat(dispatch(text)).isEqualTo(new Reply.Refused("Kubernetes does not know you"));
        }
        assertThat(dispatch("help")).isEqualTo(new Reply.Help(List.of()));
    }

    @Test
    void namespaceThatIsNotServed_isSaid() {
        StepbackConfig shop = StepbackConfig.defaults()
                .with(c -> c.kubernetes = new StepbackConfig.Kubernetes(null, List.of("production"), null));
        assertThat(desk.dispatcher(shop).dispatch(Desk.invocation("staging/checkout", "k")))
                .isEqualTo(new Reply.Refused("Stepback does not serve the namespace staging; it serves production."));
        authorizer.hidden.add("production");
        authorizer.secret = true;
        assertThat(desk.dispatcher(shop).dispatch(Desk.invocation("staging/checkout", "k")))
                .isEqualTo(new Reply.Refused("Stepback does not serve the namespace staging."));
    }

    @Test
    void whatTheClusterDeniesSomebody_isRecorded_andWhatItDeniesTheBotIsNot() {
        cluster.failure = Optional.of(new KubernetesClientException(
                "User \"alice\" cannot list resource \"replicasets\" in API group \"apps\" in the namespace"
                        + " \"production\"",
                403,
                null));
        dispatch("checkout history");
        assertThat(audited).isEmpty();

        authorizer.acting = new Acting.As(new Identity("alice", List.of()));
        dispatch("checkout history");
        assertThat(audited).singleElement().isInstanceOfSatisfying(AuditEvent.Denial.class, denial -> {
            assertThat(denial.wish()).isEqualTo(AuditEvent.Wish.VIEW);
            assertThat(denial.why()).contains("alice may not list replicasets.apps");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s/checkout", "%s/deployment/checkout history", "-n %s list", "audit %s/checkout"})
    void whoMayKnowOfNothing_doesNotLearnWhatIsServed(String text) {
        StepbackConfig shop = StepbackConfig.defaults()
                .with(c -> c.kubernetes = new StepbackConfig.Kubernetes(null, List.of("production"), null));
        authorizer.hidden.addAll(List.of("production", "secret"));
        authorizer.secret = true;

        Reply served = desk.dispatcher(shop).dispatch(Desk.invocation(text.formatted("production"), "k"));
        Reply notServed = desk.dispatcher(shop).dispatch(Desk.invocation(text.formatted("secret"), "k"));
        assertThat(notServed.toString()).isEqualTo(served.toString().replace("production", "secret"));
    }

    private Reply dispatch(String text) {
        return desk.dispatch(text);
    }
}
