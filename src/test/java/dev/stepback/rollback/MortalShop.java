package dev.stepback.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.access.Acting;
import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.policy.Policy;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.cluster.controller.Nodes;
import dev.stepback.stage.Clients;
import dev.stepback.stage.Stage;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.workload.Yaml;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.mockito.Mockito;

/**
 * A cluster, and engines that die at a write of the test's choice. The death of a process is a client that lets nothing
 * through any more. The sandbox's cluster has no controllers here: the test is the world. A real one has its own.
 */
final class MortalShop implements AutoCloseable {
    private static final int MORE_THAN_ENOUGH = 40;

    /** The reconciler asks its framework for nothing. */
    @SuppressWarnings("unchecked")
    private static final Context<Rollback> NO_CONTEXT = Mockito.mock(Context.class);

    final KubernetesClient client;
    final Authorizer authorizer;
    final KubernetesRollbacks rollbacks;

    /** Does not die. */
    Engine healthy;

    /** As whom engines that begin from now on act; as themselves unless it says otherwise. */
    Optional<Acting> acting = Optional.empty();

    private final Optional<SandboxCluster> sandbox =
            Stage.isReal() ? Optional.empty() : Optional.of(SandboxCluster.start(0, Clock.systemUTC()));
    private final String prefix = "stepback-it-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<String> namespaces = new ArrayList<>();
    private final Death death = new Death();
    private final KubernetesClient mortal;
    private final Policy policy;
    private final Function<KubernetesClient, List<TargetType>> targets;
    private final Supplier<Clock> clocks;

    /** @param clocks a clock for each engine */
    MortalShop(Policy policy, Function<KubernetesClient, List<TargetType>> targets, Supplier<Clock> clocks)
            throws Exception {
        this.policy = policy;
        this.targets = targets;
        this.clocks = clocks;
        String kubeconfig = sandbox.isPresent()
                ? sandbox.get().kubeconfig()
                : Files.readString(Stage.realCluster().orElseThrow());
        // Without nodes there would be no room for what is to be fast.
        sandbox.ifPresent(cluster -> Nodes.register(cluster.store()));
        client = Clients.impatient(kubeconfig);
        mortal = Clients.through(death, kubeconfig);
        authorizer = Shop.authorizer(client, () -> policy, new People());
        rollbacks = new KubernetesRollbacks(
                client, StepbackConfig.defaults(), authorizer, targets.apply(client), Clock.systemUTC());
        Stage.install(client, "default");
        newNamespace();
        healthy = new Engine(client);
    }

    /** Where all that follows happens; nothing is in it. */
    void newNamespace() {
        namespaces.add(prefix + "-" + namespaces.size());
        Stage.namespaces(client, namespace());
    }

    String namespace() {
        return namespaces.get(namespaces.size() - 1);
    }

    void apply(String yaml) {
        client.resource(Yaml.parse(yaml).toString())
                .inNamespace(namespace())
                .forceConflicts()
                .serverSideApply();
    }

    /** Serves this namespace only: others may be at work on a real cluster, too. */
    StepbackConfig config() {
        return StepbackConfig.defaults()
                .with(c -> c.kubernetes = new StepbackConfig.Kubernetes(null, List.of(namespace()), null));
    }

    /** What goes on beside the engine, after each of its looks at a rollback that has not ended yet. */
    @FunctionalInterface
    interface World {
        void goesOn(String rollback, RollbackStatus status);
    }

    /** What is to be found when a rollback has ended. */
    @FunctionalInterface
    interface End {
        /** @param what says at which write the engine died */
        void holds(RollbackStatus status, String rollback, String what);
    }

    /** A whole rollback by an engine that dies, if it gets there, and by a healthy one after it. */
    void eachWrite(boolean written, Supplier<String> begin, World world, End end) {
        eachWrite(written, begin, (mortal, rollback, write) -> {
            boolean died = !carriesOut(mortal, rollback, world);
            assertThat(!died || carriesOut(healthy, rollback, world)).isTrue();
            end.holds(now(rollback), rollback, "died at write " + write);
            return died;
        });
    }

    /** All that is done by an engine that dies, if it gets there, and by a healthy one after it. */
    @FunctionalInterface
    interface Life {
        /** @return whether the engine died: false when it had done everything before */
        boolean dies(Engine mortal, String rollback, int write);
    }

    /**
     * From one beginning over and over again, with an engine that dies at its first write, at its second, and so on.
     *
     * @param written whether the write at which it dies is done: only its answer is lost
     * @param begin makes a rollback that an engine can take up; its name
     */
    void eachWrite(boolean written, Supplier<String> begin, Life life) {
        String rollback = begin.get();
        Runnable again = sandbox.map(SandboxCluster::remember).orElse(this::tidy);
        boolean died = true;
        int write = 0;
        while (died) {
            write++;
            assertThat(write).isLessThan(MORE_THAN_ENOUGH);
            healthy.close();
            healthy = new Engine(client);
            death.is(write, written);
            try (Engine dying = new Engine(mortal)) {
                died = life.dies(dying, rollback, write);
            }
            again.run();
            rollback = sandbox.isPresent() ? rollback : begin.get();
        }
        assertThat(write).isGreaterThan(5);
    }

    /** @return false when it died over it */
    boolean carriesOut(Engine engine, String rollback, World world) {
        for (int look = 0; look < MORE_THAN_ENOUGH; look++) {
            if (!engine.look(rollback)) {
                return false;
            }
            RollbackStatus status = now(rollback);
            if (status.phase().terminal()) {
                return true;
            }
            world.goesOn(rollback, status);
        }
        throw new AssertionError("no end in sight: " + now(rollback));
    }

    /** On a real cluster every rollback has a workload of its own; those that are done with are not kept running. */
    private void tidy() {
        client.batch().v1().jobs().inNamespace(namespace()).delete();
        client.apps().deployments().inNamespace(namespace()).delete();
        client.apps().statefulSets().inNamespace(namespace()).delete();
    }

    /** A planned rollback of the target to its first revision; its name. */
    String planned(TargetRef target, PlanOptions options, Actor by) {
        return planned(target, 1, options, by);
    }

    /** A planned rollback of the target to a revision; its name. */
    String planned(TargetRef target, long revision, PlanOptions options, Actor by) {
        var created = rollbacks.create(new NewRollback(
                "delivery of " + target + " to " + revision,
                target,
                Operation.UNDO,
                OptionalLong.of(revision),
                Optional.empty(),
                options,
                "crashes",
                by,
                new RollbackSpec.Origin("C1", null),
                null));
        assertThat(created).isInstanceOf(Rollbacks.Created.Ok.class);
        String name = ((Rollbacks.Created.Ok) created).rollback().getMetadata().getName();
        healthy.look(name);
        RollbackStatus status = now(name);
        assertThat(status.phase()).as(status.message()).isEqualTo(Phase.AWAITING_APPROVAL);
        return name;
    }

    /** One that was let go, and that nobody has begun; its name. */
    String approved(TargetRef target, PlanOptions options) {
        return approved(target, 1, options);
    }

    String approved(TargetRef target, long revision, PlanOptions options) {
        String name = planned(target, revision, options, Examples.ASKING);
        decided(name, Examples.approval(Examples.LEADING, hash(name)));
        return name;
    }

    String hash(String name) {
        return Objects.requireNonNull(now(name).plan()).hash();
    }

    void decided(String name, NewDecision decision) {
        assertThat(rollbacks.decide(namespace(), name, decision)).isInstanceOf(Rollbacks.Decided.Recorded.class);
    }

    Rollback find(String name) {
        return rollbacks.find(namespace(), name).orElseThrow();
    }

    RollbackStatus now(String name) {
        return find(name).statusOrInitial();
    }

    @Override
    public void close() {
        healthy.close();
        if (sandbox.isEmpty()) {
            namespaces.forEach(name -> client.namespaces().withName(name).delete());
        }
        mortal.close();
        client.close();
        sandbox.ifPresent(SandboxCluster::close);
    }

    private Authorizer acting(Authorizer own) {
        return acting.<Authorizer>map(a -> new ActingAuthorizer(own, a)).orElse(own);
    }

    /** One more engine that does not die. */
    Engine another() {
        return new Engine(client);
    }

    /** An engine; on the mortal client it dies at one of its writes. */
    final class Engine implements AutoCloseable {
        private final RollbackReconciler reconciler;
        private final TargetWatches watches;
        private final boolean dies;

        private Engine(KubernetesClient own) {
            dies = own == mortal;
            watches = new TargetWatches(own);
            reconciler = new RollbackReconciler(
                    new Store(own),
                    targets.apply(own),
                    acting(Shop.authorizer(own, () -> policy, new People())),
                    watches,
                    new Outcomes(r -> {}, new Metrics(), Audit.NONE),
                    new LateChanges(own, new Store(own), r -> {}, Audit.NONE, Clock.systemUTC()),
                    () -> true,
                    clocks.get());
        }

        private boolean dead() {
            return dies && death.happened();
        }

        /** @return false when it died over it */
        boolean look(String name) {
            try {
                reconciler.reconcile(find(name), NO_CONTEXT);
            } catch (RuntimeException e) {
                if (!dead()) {
                    throw e;
                }
            }
            return !dead();
        }

        @Override
        public void close() {
            watches.stop();
        }
    }
}
