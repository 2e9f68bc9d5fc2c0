package dev.stepback.rollback;

import static dev.stepback.policy.Permission.APPROVE;
import static dev.stepback.policy.Permission.REQUEST;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.SECONDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.group.AuditedGroups;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import dev.stepback.rollback.group.RollbackGroupStatus;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.rollback.group.RollbackGroups.Decided;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Several targets, of which somebody wants something else on the way: with the engine. */
class GroupChangesTest extends GroupShop {
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

    /** The approval was for all of it, and half of it would be another thing. */
    @Test
    void deployToOneOfThemBeforeTheApproval_voidsAllOfIt_andNothingBegins() throws Exception {
        engine();
        String name = request(Order.Together, "checkout", "cart");
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        annotate("cart", FakeTarget.RELEASE, "better");
        approve(name, LEADING);

        GroupView view = awaitPhase(name, Phase.SUPERSEDED);
        assertThat(view.group().statusOrInitial().message())
                .isEqualTo("cart: somebody deployed; the approval was for all of them");
        assertThat(view.members())
                .extracting(r -> r.statusOrInitial().phase())
                .containsExactly(Phase.CANCELLED, Phase.CANCELLED);
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
}
