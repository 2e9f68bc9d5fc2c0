package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.access.Acting;
import dev.stepback.audit.AuditEvent;
import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.group.FakeGroups;
import dev.stepback.target.Operation;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DispatcherTest {
    private static final Actor RESPONDER = new Actor(new Person("U1", "responder"), "C1");

    private final FakeTarget cluster = new FakeTarget();
    private final FakeGroups groups = new FakeGroups();
    private final FakeRollbacks rollbacks = new FakeRollbacks();
    private final HiddenNamespaces authorizer = new HiddenNamespaces();
    private final FakeLocks locks = new FakeLocks();
    private final List<AuditEvent> audited = new ArrayList<>();
    private Zones zones = Zones.UNKNOWN;
    private final Clock clock = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);
    private final TargetRef checkout = cluster.add("production", "checkout", 3);
    private final Dispatcher dispatcher = dispatcher(StepbackConfig.defaults());

    @Test
    void rollback_isOpened() {
        assertThat(dispatch("checkout to 2 because errors")).isInstanceOfSatisfying(Reply.Opened.class, opened -> {
            assertThat(opened.rollback().target()).isEqualTo(checkout);
            assertThat(opened.rollback().getSpec().toRevision()).isEqualTo(2);
            assertThat(opened.rollback().getSpec().reason()).isEqualTo("errors");
            assertThat(opened.rollback().getSpec().origin().channel()).isEqualTo("C1");
        });
    }

    @Test
    void time_isThatOfThePersonsClock_andIsSaid() {
        zones = person -> Optional.of(ZoneId.of("Europe/Berlin"));

        assertThat(dispatch("checkout to time 12:05")).isInstanceOfSatisfying(Reply.Opened.class, opened -> {
            assertThat(opened.rollback().getSpec().toTime()).isEqualTo(Instant.parse("2026-11-21T11:05:00Z"));
            assertThat(opened.understood()).isEqualTo("It goes back to what ran at 12:05 CET (11:05 UTC).");
        });
    }

    @Test
    void timeThatIsRefused_saysWhichOneItWasTakenFor() {
        cluster.add("production", "cart", 1);

        assertThat(dispatch("cart to time 11:05"))
                .isEqualTo(new Reply.Refused("You asked for what ran at 11:05 UTC (your time zone is not known):"
                        + " unable to find specified revision"));
    }

    @Test
    void sameDeliveryTwice_opensOneRollback() {
        Reply first = dispatch("checkout", "key");
        Reply second = dispatch("checkout", "key");
        assertThat(second).isEqualTo(first);
        assertThat(rollbacks.byDelivery).hasSize(1);
    }

    @Test
    void secondRequestForATarget_pointsToTheOpenOne() {
        dispatch("checkout", "one");
        assertThat(dispatch("checkout", "two")).isInstanceOf(Reply.AlreadyOpen.class);
    }

    @Test
    void whatKubectlWouldRefuse_isRefusedAtOnceAndLeavesNothing() {
        cluster.paused.add(checkout);
        assertThat(dispatch("checkout")).isEqualTo(new Reply.Paused(checkout, "resume it first"));
        assertThat(dispatch("checkout to 9")).isInstanceOf(Reply.Refused.class);
        assertThat(rollbacks.byDelivery).isEmpty();
    }

    @Test
    void pausedTarget_isResumedOnRequest() {
        cluster.paused.add(checkout);

        assertThat(dispatch("resume checkout because fixed"))
                .isInstanceOfSatisfying(
                        Reply.Opened.class,
                        opened ->
                                assertThat(opened.rollback().getSpec().wanted()).isEqualTo(Operation.RESUME));
    }

    @Test
    void ambiguousName_isAskedBack() {
        TargetRef staging = cluster.add("staging", "checkout", 2);
        assertThat(dispatch("checkout to 2 because x"))
                .isEqualTo(new Reply.Choose(List.of(checkout, staging), "to 2 because x"));
        assertThat(dispatch("staging/checkout")).isInstanceOf(Reply.Opened.class);
    }

    @Test
    void audit_listsWhatMayBeSeenNewestFirst() {
        cluster.add("production", "cart", 2);
        cluster.add("secret", "vault", 2);
        dispatch("cart", "first");
        dispatch("secret/vault", "second");
        dispatch("checkout", "third");
        created("first", "2026-11-20T12:00:00Z");
        created("second", "2026-11-20T13:00:00Z");
        created("third", "2026-11-21T11:00:00Z");
        authorizer.hidden.add("secret");

        assertThat(audit("audit")).extracting(r -> r.target().name()).containsExactly("checkout", "cart");
        assertThat(audit("audit since 2h")).extracting(r -> r.target().name()).containsExactly("checkout");
        assertThat(audit("audit since 24 hours")).hasSize(2);
        assertThat(audit("cart audit")).extracting(r -> r.target().name()).containsExactly("cart");
        assertThat(audit("audit -n production")).hasSize(2);
        assertThat(audit("audit -n staging")).isEmpty();
        assertThat(audit("audit gone since 1w")).isEmpty();
        assertThat(audit("audit vault")).isEmpty();
    }

    @Test
    void audit_isBounded() {
        for (int i = 0; i < AuditCommand.SHOWN + 3; i++) {
            cluster.add("production", "app-" + i, 2);
            dispatch("app-" + i, "key-" + i);
        }
        assertThat(dispatch("audit")).isInstanceOfSatisfying(Reply.ShowAudit.class, shown -> {
            assertThat(shown.rollbacks()).hasSize(AuditCommand.SHOWN);
            assertThat(shown.more()).isTrue();
        });
    }

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

    private List<Rollback> audit(String text) {
        return ((Reply.ShowAudit) dispatch(text)).rollbacks();
    }

    private void created(String delivery, String time) {
        Objects.requireNonNull(rollbacks.byDelivery.get(delivery)).getMetadata().setCreationTimestamp(time);
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
    void unknownName_isAnsweredWithTheNearest() {
        cluster.add("production", "cart", 1);
        assertThat(dispatch("chekcout history"))
                .isEqualTo(new Reply.NotFound("chekcout", List.of(checkout), "history"));
        assertThat(dispatch("zzzzzz")).isEqualTo(new Reply.NotFound("zzzzzz", List.of(), ""));
    }

    @Test
    void targetThatHasJustBeenDeleted_isNotFound() {
        cluster.deleted.add(checkout);
        for (String text : List.of("checkout", "checkout history", "checkout diff 1", "checkout status")) {
            assertThat(dispatch(text)).isInstanceOf(Reply.NotFound.class);
        }
    }

    @Test
    void history_proposesTheNewestEarlierRevision() {
        assertThat(dispatch("checkout history"))
                .isInstanceOfSatisfying(
                        Reply.ShowHistory.class, h -> assertThat(h.proposed()).isEqualTo(OptionalLong.of(2)));
    }

    @ParameterizedTest
    @CsvSource({"diff, 3, 2", "diff 1, 3, 1", "diff 1 2, 1, 2"})
    void diff_isFromTheCurrentRevisionUnlessSaidOtherwise(String text, long from, long to) {
        assertThat(dispatch("checkout " + text)).isInstanceOfSatisfying(Reply.ShowDiff.class, diff -> {
            assertThat(diff.from()).isEqualTo(from);
            assertThat(diff.to()).isEqualTo(to);
        });
    }

    @Test
    void diffOfAnUnknownRevision_isRefused() {
        assertThat(dispatch("checkout diff 9"))
                .isEqualTo(new Reply.Refused("unable to find specified revision 9 in history"));
    }

    @Test
    void diffWithoutAnEarlierRevision_isRefused() {
        cluster.add("production", "fresh", 1);
        assertThat(dispatch("fresh diff")).isInstanceOf(Reply.Refused.class);
    }

    @Test
    void status_showsTheRolloutAndTheLatestRollback() {
        dispatch("checkout");
        assertThat(dispatch("checkout status")).isInstanceOfSatisfying(Reply.ShowStatus.class, status -> {
            assertThat(status.rollout()).isPresent();
            assertThat(status.latest()).isPresent();
        });
    }

    @Test
    void cancel_concernsTheOneThatIsOpen() {
        cluster.add("staging", "checkout", 2);
        dispatch("production/checkout");
        assertThat(dispatch("checkout cancel")).isInstanceOf(Reply.CancelRequested.class);
        assertThat(dispatch("production/checkout cancel"))
                .isEqualTo(new Reply.Refused("No rollback of production/deployment/checkout is open,"
                        + " so there is nothing to cancel. The last one is Cancelled."));
    }

    @Test
    void list_showsWhatMaySeen() {
        cluster.add("staging", "cart", 2);
        dispatch("checkout", "a");
        dispatch("cart", "b");
        rollbacks.end(rollbacks.open(checkout).orElseThrow(), Phase.SUCCEEDED);
        assertThat(((Reply.ShowList) dispatch("list")).rollbacks()).hasSize(2);
        assertThat(((Reply.ShowList) dispatch("list -n staging")).rollbacks()).hasSize(1);
        authorizer.hidden.add("staging");
        assertThat(((Reply.ShowList) dispatch("list")).rollbacks()).hasSize(1);
    }

    @Test
    void lock_holdsForANamespaceOrEverything() {
        assertThat(dispatch("lock production because the database moves"))
                .isInstanceOfSatisfying(Reply.Locked.class, r -> {
                    assertThat(r.lock().namespace()).contains("production");
                    assertThat(r.lock().reason()).isEqualTo("the database moves");
                    assertThat(r.known()).isTrue();
                });
        assertThat(dispatch("lock because freeze"))
                .isInstanceOfSatisfying(
                        Reply.Locked.class,
                        r -> assertThat(r.lock().namespace()).isEmpty());
        assertThat(dispatch("lock -n prodution because freeze"))
                .isInstanceOfSatisfying(
                        Reply.Locked.class, r -> assertThat(r.known()).isFalse());
    }

    @Test
    void secondLock_namesWhoLockedSinceWhenAndWhy() {
        dispatch("lock production because the database moves");
        assertThat(dispatch("lock production because I say so"))
                .isEqualTo(new Reply.Refused("It is locked already: responder has locked rollbacks in production since"
                        + " 2026-11-21 14:00 UTC: the database moves. Nothing may start until they are unlocked."));
    }

    @Test
    void unlock_takesAwayWhatIsThere() {
        dispatch("lock production because the database moves");
        assertThat(dispatch("unlock"))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        r -> assertThat(r.why()).contains("No lock of everything", "in production since"));
        assertThat(dispatch("unlock production")).isInstanceOf(Reply.Unlocked.class);
        assertThat(dispatch("unlock production")).isEqualTo(new Reply.Refused("No lock of production is there."));
    }

    @Test
    void lockThatIsDenied_isSaid() {
        locks.denied = "not for you";
        assertThat(dispatch("lock because freeze")).isEqualTo(new Reply.Refused("not for you"));
    }

    @Test
    void locks_areShownInListAndHelpToThoseWhoMaySee() {
        dispatch("lock production because the database moves");
        assertThat(((Reply.ShowList) dispatch("list")).locks()).hasSize(1);
        assertThat(((Reply.Help) dispatch("help")).locks()).hasSize(1);
        authorizer.secret = true;
        authorizer.hidden.add("production");
        assertThat(((Reply.ShowList) dispatch("list")).locks()).isEmpty();
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
    void denialOfTheCluster_saysWhoLacksWhat() {
        cluster.failure = Optional.of(new KubernetesClientException(
                "deployments.apps \"checkout\" is forbidden: User \"alice\" cannot get resource \"deployments\" in API"
                        + " group \"apps\" in the namespace \"production\"",
                403,
                new StatusBuilder()
                        .withCode(403)
                        .withNewDetails()
                        .withName("checkout")
                        .endDetails()
                        .build()));
        assertThat(dispatch("checkout history"))
                .isEqualTo(new Reply.Refused(
                        "Kubernetes forbids it: alice may not get deployments.apps \"checkout\" in the"
                                + " namespace production."));
    }

    @Test
    void namespaceThatIsNotServed_isSaid() {
        StepbackConfig shop =
                StepbackConfig.defaults().with(new StepbackConfig.Kubernetes(null, List.of("production"), null));
        assertThat(dispatcher(shop).dispatch(invocation("staging/checkout", "k")))
                .isEqualTo(new Reply.Refused("Stepback does not serve the namespace staging; it serves production."));
        authorizer.hidden.add("production");
        authorizer.secret = true;
        assertThat(dispatcher(shop).dispatch(invocation("staging/checkout", "k")))
                .isEqualTo(new Reply.Refused("Stepback does not serve the namespace staging."));
    }

    @ParameterizedTest
    @CsvSource({"0, could not be reached", "401, credentials", "403, forbids", "503, 503", "404, CustomResource"})
    void errorOfTheApiServer_isASentence(int code, String sentence) {
        cluster.failure = Optional.of(new KubernetesClientException(
                "technical",
                code,
                code == 0 ? null : new StatusBuilder().withCode(code).build()));
        assertThat(dispatch("checkout"))
                .isInstanceOfSatisfying(
                        Reply.Refused.class, r -> assertThat(r.why()).contains(sentence));
    }

    /** The sentence is cut, and a piece of a secret is none that anybody knows. */
    @Test
    void errorOfTheApiServer_isMaskedBeforeItIsCut() {
        String message = "x".repeat(285) + " hunter2 is no value";
        cluster.failure = Optional.of(new KubernetesClientException(
                "technical",
                422,
                new StatusBuilder().withCode(422).withMessage(message).build()));
        assertThat(dispatch("checkout"))
                .isInstanceOfSatisfying(
                        Reply.Refused.class, r -> assertThat(r.why()).doesNotContain("hunt"));
    }

    @Test
    void errorOfOurOwn_isASentenceToo() {
        cluster.failure = Optional.of(new IllegalStateException("secret details"));
        assertThat(dispatch("checkout"))
                .isInstanceOfSatisfying(
                        Reply.Refused.class, r -> assertThat(r.why()).doesNotContain("secret"));
    }

    private Reply dispatch(String text) {
        return dispatch(text, text);
    }

    private Reply dispatch(String text, String key) {
        return dispatcher.dispatch(invocation(text, key));
    }

    private static Invocation invocation(String text, String key) {
        return new Invocation(text, RESPONDER, null, key);
    }

    private Dispatcher dispatcher(StepbackConfig config) {
        return new Dispatcher(
                cluster,
                rollbacks,
                groups,
                List.of(cluster),
                authorizer,
                locks,
                config,
                audited::add,
                t -> t.replace("hunter2", "•"),
                person -> zones.of(person),
                clock);
    }
}
