package dev.stepback.rollback;

import static dev.stepback.policy.Permission.APPROVE;
import static dev.stepback.policy.Permission.REQUEST;
import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.SECONDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.group.AuditedGroups;
import dev.stepback.rollback.group.GroupController;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.GroupedAuthorizer;
import dev.stepback.rollback.group.KubernetesRollbackGroups;
import dev.stepback.rollback.group.NewGroup;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import dev.stepback.rollback.group.RollbackGroupStatus;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.rollback.group.RollbackGroups.Created;
import dev.stepback.rollback.group.RollbackGroups.Decided;
import dev.stepback.sandbox.cluster.RecordedRequest;
import dev.stepback.target.Kind;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several targets, one request, one approval: with the engine, on a cluster whose rollouts go as the test says. */
class GroupTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Shop shop = new Shop();
    private final RollbackGroups groups =
            new KubernetesRollbackGroups(shop.client, StepbackConfig.defaults(), shop.authorizer, Clock.systemUTC());
    private final GroupController controller =
            new GroupController(shop.client, Shop.config(), shop.authorizer, v -> {}, Clock.systemUTC());
    private final List<AutoCloseable> open = new ArrayList<>();

    GroupTest() {
        deployment("cart");
        deployment("payments");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : open) {
            part.close();
        }
        shop.close();
    }

    @Test
    void together_oneApprovalLetsAllOfThemBegin() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart", "payments");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        assertThat(undone()).isEmpty();

        assertThat(approve(name, ASKING)).isInstanceOf(Decided.Denied.class);
        assertThat(approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);
        assertThat(approve(name, LEADING)).isInstanceOf(Decided.AlreadyRecorded.class);
        until(() -> undone().size() == 3);
        rollout("done", "checkout", "cart", "payments");

        GroupView view = awaitPhase(name, Phase.SUCCEEDED);
        assertThat(view.members()).allSatisfy(member -> {
            assertThat(member.statusOrInitial().phase()).isEqualTo(Phase.SUCCEEDED);
            assertThat(member.getSpec().decisions())
                    .singleElement()
                    .satisfies(d -> assertThat(d.by()).isEqualTo(LEADING.person()));
        });
        assertThat(undone()).containsExactlyInAnyOrder("checkout", "cart", "payments");
        assertThat(shop.audited.stream().map(Object::toString))
                .filteredOn(e -> e.startsWith("Mutation"))
                .hasSize(3)
                .allMatch(e -> e.contains("group=" + name));
    }

    /** Only where it changes something; and nobody has approved that yet. */
    @Test
    void choice_isAnotherPlanForThoseThatItConcerns() throws Exception {
        engine();
        shop.policy = Policies.needing(2);
        applied("cart", "checkout");
        String name = request(Order.Together, "checkout", "cart", "payments");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        String first = hash(name);
        assertThat(approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);

        RollbackGroups audited = new AuditedGroups(groups, shop.audit);
        NewChoice choice = new NewChoice(SECONDING, first, true);
        assertThat(audited.choose("production", name, choice)).isInstanceOf(Decided.Recorded.class);
        assertThat(audited.choose("production", name, choice)).isInstanceOf(Decided.AlreadyRecorded.class);
        assertThat(groups.decide("production", name, NewDecision.click(Verdict.Approved, LEADING, first)))
                .isInstanceOf(Decided.TooLate.class);
        until(() -> !view(name).plannedAgain());

        assertThat(hash(name)).isNotEqualTo(first);
        assertThat(shop.audited.stream().map(Object::toString))
                .filteredOn(e -> e.startsWith("Choice"))
                .hasSize(2)
                .allMatch(e -> e.contains("group=" + name) && e.contains("UpdateLastApplied"))
                .noneMatch(e -> e.contains("payments"));
        approve(name, SECONDING);
        assertThat(undone()).isEmpty();
        approve(name, LEADING);
        until(() -> undone().size() == 3);
        rollout("done", "checkout", "cart", "payments");
        assertThat(awaitPhase(name, Phase.SUCCEEDED).members())
                .filteredOn(m -> Objects.requireNonNull(m.statusOrInitial().plan())
                        .steps()
                        .get(0)
                        .parameters()
                        .containsKey("lastApplied"))
                .extracting(m -> m.target().name())
                .containsExactly("checkout", "cart");
        assertThat(groups.choose("production", name, new NewChoice(SECONDING, hash(name), false)))
                .isInstanceOf(Decided.TooLate.class);
    }

    @Test
    void choices_areOnlyEverAppended() {
        String name = request(Order.Together, "checkout", "cart");
        RollbackGroup group = view(name).group();
        group.setSpec(group.getSpec()
                .withChoices(List.of(new RollbackSpec.Choice(true, LEADING.person(), Instant.now(), "h"))));
        RollbackGroup chosen = shop.client.resource(group).update();
        chosen.setSpec(chosen.getSpec().withChoices(List.of()));

        assertThatThrownBy(() -> shop.client.resource(chosen).update())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("choices are only ever appended");
    }

    @Test
    void inOrder_afterAFailureNothingMoreBegins() throws Exception {
        engine();
        String name = request(Order.InOrder, "checkout", "cart", "payments");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        approve(name, LEADING);

        until(() -> undone().equals(List.of("checkout")));
        rollout("done", "checkout");
        until(() -> undone().equals(List.of("checkout", "cart")));
        rollout("failed", "cart");

        GroupView view = awaitPhase(name, Phase.FAILED);
        assertThat(view.members().stream().map(r -> r.statusOrInitial().phase()))
                .containsExactly(Phase.SUCCEEDED, Phase.FAILED, Phase.CANCELLED);
        assertThat(view.group().statusOrInitial().message())
                .isEqualTo("cart: exceeded its progress deadline; not begun: payments; done: checkout");
        assertThat(undone()).containsExactly("checkout", "cart");
    }

    @Test
    void together_whatRunsIsSeenThroughWhenOneFails() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        approve(name, LEADING);
        until(() -> undone().size() == 2);

        rollout("failed", "cart");
        until(() -> view(name).group().statusOrInitial().ending() == Phase.FAILED);
        rollout("done", "checkout");

        GroupView view = awaitPhase(name, Phase.FAILED);
        assertThat(view.members().stream().map(r -> r.statusOrInitial().phase()))
                .containsExactly(Phase.SUCCEEDED, Phase.FAILED);
    }

    @Test
    void oneThatIsRefused_keepsAllFromBeginning() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "ghost");

        GroupView view = awaitPhase(name, Phase.FAILED);
        assertThat(view.group().statusOrInitial().message())
                .isEqualTo("ghost: not found. Nothing was begun; ask again without ghost");
        assertThat(view.members().stream().map(r -> r.statusOrInitial().phase()))
                .containsExactly(Phase.CANCELLED, Phase.FAILED);
        assertThat(undone()).isEmpty();
    }

    @Test
    void rejected_noneBegins() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        awaitPhase(name, Phase.AWAITING_APPROVAL);

        assertThat(groups.decide("production", name, NewDecision.click(Verdict.Rejected, LEADING, hash(name))))
                .isInstanceOf(Decided.Recorded.class);

        awaitPhase(name, Phase.REJECTED);
        assertThat(approve(name, SECONDING)).isInstanceOf(Decided.TooLate.class);
        assertThat(undone()).isEmpty();
    }

    @Test
    void stopped_onlyWhatHasBegunIsSeenThrough() throws Exception {
        engine();
        String name = request(Order.InOrder, "checkout", "cart");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        approve(name, LEADING);
        until(() -> undone().equals(List.of("checkout")));

        assertThat(groups.cancel("production", name, SECONDING)).isInstanceOf(Decided.Recorded.class);
        rollout("done", "checkout");

        GroupView view = awaitPhase(name, Phase.CANCELLED);
        assertThat(view.members().stream().map(r -> r.statusOrInitial().phase()))
                .containsExactly(Phase.SUCCEEDED, Phase.CANCELLED);
        assertThat(undone()).containsExactly("checkout");
    }

    @Test
    void stoppedHere_whatRunsStandsStill_andWhatHasNotBegunIsNotBegun() throws Exception {
        engine();
        String name = request(Order.InOrder, "checkout", "cart");
        RollbackGroups audited = new AuditedGroups(groups, shop.audit);
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        assertThat(audited.stop("production", name, LEADING, Midway.Pause)).isInstanceOf(Decided.TooLate.class);
        approve(name, LEADING);
        until(() -> undone().equals(List.of("checkout")));
        until(() -> view(name).members().get(0).stoppable());

        shop.policy = Policies.of(
                Policies.rule(1), Policies.may("members", REQUEST), Policies.may(LEADING.id(), REQUEST, APPROVE));
        assertThat(audited.stop("production", name, SECONDING, Midway.Pause)).isInstanceOf(Decided.Denied.class);
        assertThat(audited.stop("production", name, LEADING, Midway.Pause)).isInstanceOf(Decided.Recorded.class);
        assertThat(audited.stop("production", name, LEADING, Midway.GoOn)).isInstanceOf(Decided.AlreadyRecorded.class);

        GroupView view = awaitPhase(name, Phase.CANCELLED);
        assertThat(view.group().statusOrInitial().message())
                .isEqualTo("stopped where it was: checkout; not begun: cart");
        assertThat(undone()).containsExactly("checkout");
        assertThat(annotation("checkout", FakeTarget.ROLLOUT)).isEqualTo("stopped");
        assertThat(shop.audited.stream().map(Object::toString))
                .filteredOn(e -> e.startsWith("Stop") || e.startsWith("Cancellation") || e.startsWith("Denial"))
                .satisfiesExactly(
                        denial -> assertThat(denial).startsWith("Denial").contains("wish=STOP"),
                        stop -> assertThat(stop).startsWith("Stop").contains("checkout", "Pause"),
                        cancellation -> assertThat(cancellation)
                                .startsWith("Cancellation")
                                .contains("cart"));
        RollbackGroup tampered = view.group();
        tampered.setSpec(tampered.getSpec()
                .withStop(new RollbackSpec.Cancellation(SECONDING.person(), Instant.now(), Midway.GoOn)));
        assertThatThrownBy(() -> shop.client.resource(tampered).update()).hasMessageContaining("a stop is final");
    }

    /** By a process that stood still in between, and no longer leads. */
    @Test
    void changeAfterTheEnd_isSaidOnTheGroupsCard() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        groups.cancel("production", name, LEADING);
        Rollback cart = awaitPhase(name, Phase.CANCELLED).members().get(1);
        groups.updateCard("production", name, c -> new RollbackStatus.CardStatus("C1", "1.0", List.of(), true));
        annotate("cart", Rollback.MARK, cart.getMetadata().getName());

        new LateChanges(shop.client, new Store(shop.client), controller, shop.audit, Clock.systemUTC())
                .look("production", cart.getMetadata().getName());

        until(() -> view(name).group().statusOrInitial().late() == 1);
        RollbackGroupStatus status = view(name).group().statusOrInitial();
        assertThat(status.message())
                .isEqualTo("stopped by lead; cart was changed after that all the same, the change"
                        + " was on its way already: look at it");
        assertThat(status.card().complete()).isFalse();
        assertThat(status.phase()).isEqualTo(Phase.CANCELLED);
    }

    @Test
    void twoApprovalsAtOnce_releaseOnce() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        String hash = hash(name);

        List<Decided> decided = Stream.of(LEADING, SECONDING)
                .parallel()
                .map(by -> groups.decide("production", name, NewDecision.click(Verdict.Approved, by, hash)))
                .toList();

        assertThat(decided).anyMatch(Decided.Recorded.class::isInstance);
        until(() -> undone().size() == 2);
        rollout("done", "checkout", "cart");
        awaitPhase(name, Phase.SUCCEEDED);
        assertThat(undone()).hasSize(2);
    }

    @Test
    void oneMember_isNotDecidedOnByItself() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        Rollback member = awaitPhase(name, Phase.AWAITING_APPROVAL).members().get(0);
        String of = member.getMetadata().getName();

        assertThat(shop.approve(of))
                .isInstanceOfSatisfying(
                        Rollbacks.Decided.TooLate.class,
                        late -> assertThat(late.why()).contains("together with others"));
        assertThat(shop.rollbacks.cancel("production", of, LEADING)).isInstanceOf(Rollbacks.Decided.TooLate.class);
    }

    /** Whoever writes into a member by hand does not get past its group. */
    @Test
    void forgedRelease_doesNotCount() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        Rollback member = awaitPhase(name, Phase.AWAITING_APPROVAL).members().get(0);
        String of = member.getMetadata().getName();
        Decision forged = new Decision(Verdict.Approved, LEADING.person(), Instant.now(), shop.hash(of), "C1", null);

        new Members(shop.client).release(shop.now(of), List.of(forged), Instant.now());

        until(() -> shop.now(of).statusOrInitial().message().contains("has not let it go"));
        assertThat(undone()).isEmpty();
    }

    @Test
    void oneThatIsBeingRolledBack_isNotAskedForAgain() {
        String single = shop.request("first").getMetadata().getName();

        assertThat(create("second", Order.Together, "cart", "checkout"))
                .isInstanceOfSatisfying(
                        Created.AlreadyOpen.class,
                        already -> assertThat(already.open().getMetadata().getName())
                                .isEqualTo(single));
    }

    @Test
    void requestDeliveredTwice_isOne() {
        Created first = create("key", Order.Together, "cart", "checkout");
        Created second = create("key", Order.Together, "cart", "checkout");

        assertThat(first)
                .isInstanceOfSatisfying(
                        Created.Ok.class, ok -> assertThat(ok.repeated()).isFalse());
        assertThat(second)
                .isInstanceOfSatisfying(
                        Created.Ok.class, ok -> assertThat(ok.repeated()).isTrue());
        assertThat(groups.all()).hasSize(1);
    }

    @Test
    void groupThatHasEnded_goesAfterTheLastOfItsRollbacks() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "ghost");
        GroupView view = awaitPhase(name, Phase.FAILED);
        GroupController later = new GroupController(
                shop.client,
                Shop.config(),
                shop.authorizer,
                v -> {},
                Clock.offset(Clock.systemUTC(), Duration.ofDays(2)));

        assertThat(later.tidy(5)).isZero();
        shop.client.resource(view.members().get(0)).delete();
        shop.client.resource(view.members().get(1)).delete();
        assertThat(later.tidy(5)).isEqualTo(1);
        assertThat(groups.all()).isEmpty();
    }

    private void engine() {
        open.add(RollbackOperator.start(
                shop.client,
                Shop.config(),
                List.of(new FakeTarget(shop.client)),
                new GroupedAuthorizer(shop.authorizer, shop.client),
                r -> {},
                controller,
                new Metrics(),
                shop.audit,
                Clock.systemUTC(),
                Shop.SHORT));
    }

    private Created create(String key, Order order, String... names) {
        return groups.create(new NewGroup(
                key,
                Stream.of(names)
                        .map(n -> new NewGroup.Wish(
                                new TargetRef("production", Kind.DEPLOYMENT, n), OptionalLong.empty()))
                        .toList(),
                order,
                Optional.empty(),
                PlanOptions.NONE,
                "crashes",
                ASKING,
                new RollbackSpec.Origin("C1", null),
                null));
    }

    private String request(Order order, String... names) {
        Created created = create("key", order, names);
        assertThat(created).isInstanceOf(Created.Ok.class);
        return ((Created.Ok) created).view().group().getMetadata().getName();
    }

    private GroupView view(String name) {
        return groups.find("production", name).orElseThrow();
    }

    private String hash(String name) {
        return Objects.requireNonNull(view(name).group().statusOrInitial().hash());
    }

    private Decided approve(String name, Actor by) {
        return groups.decide("production", name, NewDecision.click(Verdict.Approved, by, hash(name)));
    }

    private GroupView awaitPhase(String name, Phase phase) {
        until(() -> view(name).group().statusOrInitial().phase() == phase);
        return view(name);
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(condition);
    }

    /** Names of the Deployments that were changed, in the order of the changes. */
    private List<String> undone() {
        return shop.cluster.requests().stream()
                .filter(r -> r.verb().equals("patch") && r.query().contains("fieldManager=undo"))
                .map(RecordedRequest::name)
                .toList();
    }

    private void rollout(String state, String... names) {
        for (String name : names) {
            annotate(name, FakeTarget.ROLLOUT, state);
        }
    }

    private void applied(String... names) {
        for (String name : names) {
            annotate(name, FakeTarget.APPLIED, "yes");
        }
    }

    private @Nullable String annotation(String name, String annotation) {
        return shop.client
                .apps()
                .deployments()
                .inNamespace("production")
                .withName(name)
                .get()
                .getMetadata()
                .getAnnotations()
                .get(annotation);
    }

    private void annotate(String name, String annotation, String value) {
        shop.client
                .apps()
                .deployments()
                .inNamespace("production")
                .withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(annotation, value));
    }

    private void deployment(String name) {
        shop.client.resource("""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: %s
              namespace: production
              annotations: {test/release: bad, test/rollout: 0 of 3}
            spec:
              selector: {matchLabels: {app: %s}}
              template:
                metadata: {labels: {app: %s}}
                spec: {containers: [{name: app, image: shop:1}]}
            """.formatted(name, name, name)).create();
    }
}
