package dev.stepback.rollback.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Members;
import dev.stepback.rollback.NewChoice;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.group.RollbackGroups.Decided;
import dev.stepback.sandbox.cluster.ObservedCluster;
import dev.stepback.stage.Clients;
import dev.stepback.stage.Stage;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A group's reconciler that dies anywhere: its Rollbacks are played by the test. */
class GroupReconcilerTest {
    private static final String[] NAMES = {"cart", "checkout", "payments"};

    private final ObservedCluster cluster = Stage.anyCluster();
    private final KubernetesClient client = Clients.impatient(cluster.kubeconfig());
    private final RollbackGroups groups =
            new KubernetesRollbackGroups(client, StepbackConfig.defaults(), new Lenient(), Clock.systemUTC());

    @BeforeEach
    void install() throws Exception {
        Stage.install(client, "production");
        if (Stage.isReal()) {
            clear();
        }
    }

    @Test
    void deathBetweenAnyTwoWrites_doesNothingTwice() {
        int actions = 0;
        boolean died = true;
        while (died) {
            AtomicInteger left = new AtomicInteger(actions);
            String name = request("death-after-" + actions, RollbackGroupSpec.Order.InOrder);

            died = carryOn(name, left);

            assertDoneOnce(name);
            actions++;
        }
        assertThat(actions).isGreaterThan(16);
    }

    @Test
    void lostAnswers_areNoReasonToDoItAgain() {
        String[][] lost = {
            {"create", "rollbacks.stepback.dev"},
            {"update", "rollbacks.stepback.dev"},
            {"update", "rollbackgroups.stepback.dev"}
        };
        for (String[] answer : lost) {
            String name = request(String.join(" ", answer), RollbackGroupSpec.Order.InOrder);
            cluster.faults().dropAnswers(1, answer[0], answer[1]);

            carryOn(name, new AtomicInteger(Integer.MAX_VALUE));

            assertDoneOnce(name);
        }
    }

    /** What has not begun is cancelled once, what runs is halted once, and then it is over. */
    @Test
    void deathWhileItIsStopped_stopsAllTheSame() {
        int actions = 0;
        boolean died = true;
        while (died) {
            String name = request("stop-" + actions, RollbackGroupSpec.Order.InOrder);
            begin(name);
            groups.stop("production", name, new Actor(Pieces.LEAD, "C1"), Midway.Pause);

            died = carryOn(name, new AtomicInteger(actions));

            GroupView view = view(name);
            assertThat(view.group().statusOrInitial().phase()).isEqualTo(Phase.CANCELLED);
            assertThat(view.group().statusOrInitial().message())
                    .isEqualTo("stopped where it was: cart; not begun: checkout, payments");
            assertThat(view.members())
                    .extracting(m ->
                            Objects.requireNonNull(m.getSpec().cancellation()).midway())
                    .containsExactly(Midway.Pause, null, null);
            actions++;
        }
        assertThat(actions).isGreaterThan(4);
    }

    /** The first one runs, the others have not begun. */
    private void begin(String name) {
        GroupReconciler reconciler = reconciler(() -> true);
        reconciler.carryOn("production", name);
        while (view(name).group().statusOrInitial().phase() != Phase.RUNNING) {
            play(name);
            reconciler.carryOn("production", name);
        }
        Rollback first = view(name).members().get(0);
        first.setStatus(first.statusOrInitial().with(s -> {
            s.phase = Phase.RUNNING;
            s.patchedAt = Clock.systemUTC().instant();
        }));
        client.resource(first).updateStatus();
    }

    private void assertDoneOnce(String name) {
        GroupView view = view(name);
        assertThat(view.group().statusOrInitial().phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(view.members()).hasSize(NAMES.length).allSatisfy(member -> {
            // Created once, planned again once, unless it changes nothing there, and released once.
            boolean chosen = !member.target().name().equals("payments");
            assertThat(member.getMetadata().getGeneration()).isEqualTo(chosen ? 3 : 2);
            assertThat(member.getSpec().wantedOptions().updateLastApplied()).isEqualTo(chosen);
            assertThat(member.getSpec().decisions()).hasSize(1);
        });
        assertThat(client.resources(Rollback.class).inNamespace("production").list().getItems().stream()
                        .filter(r -> name.equals(r.getSpec().group())))
                .hasSize(NAMES.length);
        assertThat(view.members().stream().map(r -> r.getSpec().released())).isSorted();
    }

    /**
     * One reconciler after the other, until all is done.
     *
     * @param left after how many actions the first one dies
     * @return whether it did
     */
    private boolean carryOn(String name, AtomicInteger left) {
        GroupReconciler dying = reconciler(() -> left.getAndDecrement() > 0);
        GroupReconciler next = reconciler(() -> true);
        for (int i = 0; i < 60 && !view(name).group().statusOrInitial().phase().terminal(); i++) {
            try {
                (left.get() >= 0 ? dying : next).carryOn("production", name);
                play(name);
            } catch (KubernetesClientException lost) {
                assertThat(lost).hasRootCauseInstanceOf(IOException.class); // and again, as the operator would
            }
        }
        return left.get() < 0;
    }

    private GroupReconciler reconciler(BooleanSupplier leading) {
        return new GroupReconciler(
                new Groups(client),
                new Members(client),
                new Lenient(),
                new Outdated(List.of(), new Lenient()),
                view -> {},
                new MemberNews(),
                leading,
                Clock.systemUTC());
    }

    /** What people and the engine of the Rollbacks do meanwhile: one step each. */
    private void play(String name) {
        GroupView view = view(name);
        RollbackGroupStatus status = view.group().statusOrInitial();
        RollbackGroupSpec spec = view.group().getSpec();
        Actor lead = new Actor(Pieces.LEAD, "C1");
        if (status.phase() == Phase.AWAITING_APPROVAL && spec.decisions().isEmpty()) {
            String hash = Objects.requireNonNull(status.hash());
            if (spec.choices().isEmpty()) {
                groups.choose("production", name, new NewChoice(lead, hash, true));
            }
            Decided decided = groups.decide("production", name, NewDecision.click(Verdict.Approved, lead, hash));
            // Whatever has been passed on by now: it is approved as chosen, or not at all.
            assertThat(decided instanceof Decided.Recorded)
                    .isEqualTo(Objects.equals(status.choices(), 1) && !view.plannedAgain());
        }
        view.members().forEach(this::play);
    }

    private void play(Rollback member) {
        Phase phase = member.statusOrInitial().phase();
        boolean released = member.getSpec().released() != null;
        String target = member.target().name();
        if (member.getSpec().cancellation() != null && !phase.terminal()) {
            member.setStatus(member.statusOrInitial().with(s -> s.phase = Phase.CANCELLED));
            client.resource(member).updateStatus();
        } else if (phase == Phase.PLANNING || member.choicePending() || released && phase == Phase.AWAITING_APPROVAL) {
            member.setStatus(member.statusOrInitial().with(s -> {
                if (member.choicePending()) {
                    s.plan = Pieces.plan(target + "-applied");
                    s.choices = 1;
                } else if (released) {
                    s.phase = Phase.SUCCEEDED;
                    s.patchedAt = Clock.systemUTC().instant();
                } else {
                    Pieces.planned(s, target);
                    s.plan = target.equals("payments") ? s.plan : Pieces.stale(target);
                }
            }));
            client.resource(member).updateStatus();
        }
    }

    private String request(String key, RollbackGroupSpec.Order order) {
        RollbackGroup group =
                FakeGroups.group(key.toLowerCase(Locale.ROOT).replace(' ', '-'), Pieces.wanted(key, order, NAMES));
        return client.resource(group).create().getMetadata().getName();
    }

    private GroupView view(String name) {
        return groups.find("production", name).orElseThrow();
    }

    /** A real cluster still has what the last test left. */
    private void clear() {
        for (var left : List.of(client.resources(RollbackGroup.class), client.resources(Rollback.class))) {
            left.inNamespace("production").delete();
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            left.inNamespace("production").list().getItems().isEmpty());
        }
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }
}
