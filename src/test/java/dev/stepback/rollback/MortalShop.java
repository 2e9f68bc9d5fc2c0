package dev.stepback.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.access.Acting;
import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.policy.Policy;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.stage.Clients;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.mockito.Mockito;

/**
 * A cluster without controllers, in which the test is the world, and engines that die at a write of the test's choice. The
 * death of a process is a client that lets nothing through any more.
 */
final class MortalShop implements AutoCloseable {
    private static final int MORE_THAN_ENOUGH = 40;

    /** The reconciler asks its framework for nothing. */
    @SuppressWarnings("unchecked")
    private static final Context<Rollback> NO_CONTEXT = Mockito.mock(Context.class);

    final KubernetesClient client;
    final Authorizer authorizer;
    final KubernetesRollbacks rollbacks;
    final Engine healthy;
    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final Policy policy;
    private final Function<KubernetesClient, List<TargetType>> targets;
    private final Supplier<Clock> clocks;
    private int deployments;

    /** @param clocks a clock for each engine */
    MortalShop(Policy policy, Function<KubernetesClient, List<TargetType>> targets, Supplier<Clock> clocks)
            throws Exception {
        this.policy = policy;
        this.targets = targets;
        this.clocks = clocks;
        client = Shop.client(cluster.kubeconfig());
        authorizer = Shop.authorizer(client, () -> policy, new People());
        rollbacks = new KubernetesRollbacks(
                client, StepbackConfig.defaults(), authorizer, targets.apply(client), Clock.systemUTC());
        for (String namespace : List.of("production", "default")) {
            client.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(namespace)
                            .endMetadata()
                            .build())
                    .serverSideApply();
        }
        try (var crd = Files.newInputStream(Path.of("k8s-manifests", "crd-rollbacks.stepback.dev-v1.yaml"))) {
            client.load(crd).create();
        }
        healthy = new Engine(Integer.MAX_VALUE, false);
    }

    /** A whole rollback by an engine that dies, if it gets there, and by a healthy one after it. */
    @FunctionalInterface
    interface Life {
        /** @return whether the engine died: false when it had done everything before */
        boolean dies(Engine mortal, int write);
    }

    /** Lives from the one that dies at its first write to the one that does not die any more. */
    void eachWrite(boolean written, Life life) {
        boolean died = true;
        int write = 0;
        while (died) {
            write++;
            assertThat(write).isLessThan(MORE_THAN_ENOUGH);
            try (Engine mortal = new Engine(write, written)) {
                died = life.dies(mortal, write);
            }
        }
        assertThat(write).isGreaterThan(5);
    }

    /** Another Deployment, at the second of two revisions. */
    TargetRef checkout(int replicas) {
        int n = ++deployments;
        client.resource("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: checkout-%1$d, namespace: production, annotations: {deployment.kubernetes.io/revision: '2'}}
            spec:
              replicas: %2$d
              selector: {matchLabels: {app: c%1$d}}
              template: {metadata: {labels: {app: c%1$d}}, spec: {containers: [{name: c, image: 'c:2'}]}}
            """.formatted(n, replicas)).create();
        for (int revision = 1; revision <= 2; revision++) {
            client.resource("""
                apiVersion: apps/v1
                kind: ReplicaSet
                metadata:
                  name: checkout-%1$d-%2$d
                  namespace: production
                  annotations: {deployment.kubernetes.io/revision: '%2$d'}
                  labels: {app: c%1$d}
                  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: checkout-%1$d, uid: %3$s, controller: true}]
                spec:
                  selector: {matchLabels: {app: c%1$d}}
                  template: {metadata: {labels: {app: c%1$d}}, spec: {containers: [{name: c, image: 'c:%2$d'}]}}
                """.formatted(
                                    n, revision, deployment().getMetadata().getUid()))
                    .create();
        }
        return new TargetRef("production", Kind.DEPLOYMENT, "checkout-" + n);
    }

    /** A planned rollback of the target to its first revision; its name. */
    String planned(TargetRef target, PlanOptions options, Actor by) {
        var created = rollbacks.create(new NewRollback(
                "delivery of " + target,
                target,
                Operation.UNDO,
                OptionalLong.of(1),
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

    RollbackStatus now(String name) {
        return rollbacks.find("production", name).orElseThrow().statusOrInitial();
    }

    /** The newest Deployment. */
    Deployment deployment() {
        return resource().get();
    }

    /** Writes the newest Deployment's status, as its controller would that has seen the present template. */
    void status(String fields) {
        long generation = deployment().getMetadata().getGeneration();
        resource()
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"observedGeneration\":%d,%s}}".formatted(generation, fields));
    }

    RollableScalableResource<Deployment> resource() {
        return client.apps().deployments().inNamespace("production").withName("checkout-" + deployments);
    }

    @Override
    public void close() {
        healthy.close();
        client.close();
        cluster.close();
    }

    /** As whom engines that begin from now on act; as themselves unless it says otherwise. */
    Optional<Acting> acting = Optional.empty();

    private Authorizer acting(Authorizer own) {
        return acting.<Authorizer>map(a -> new ActingAuthorizer(own, a)).orElse(own);
    }

    /** An engine that does not die. */
    Engine another() {
        return new Engine(Integer.MAX_VALUE, false);
    }

    /** An engine that dies at one of its writes. */
    final class Engine implements AutoCloseable, Interceptor {
        private final int deadly;
        private final boolean written;
        private final KubernetesClient own;
        private final RollbackReconciler reconciler;
        private final TargetWatches watches;
        private int writes;
        private volatile boolean dead;

        /** @param written whether the write at which it dies is done: only its answer is lost */
        private Engine(int deadly, boolean written) {
            this.deadly = deadly;
            this.written = written;
            own = Clients.through(this, cluster.kubeconfig());
            watches = new TargetWatches(own);
            reconciler = new RollbackReconciler(
                    new Store(own),
                    targets.apply(own),
                    acting(Shop.authorizer(own, () -> policy, new People())),
                    watches,
                    new Outcomes(r -> {}, new Metrics(), Audit.NONE),
                    new LateChanges(own, new Store(own), Audit.NONE, Clock.systemUTC()),
                    () -> true,
                    clocks.get());
        }

        @Override
        public synchronized void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            boolean write = !request.method().equals("GET");
            writes += write ? 1 : 0;
            if (write && writes == deadly && !written) {
                dead = true;
            }
            if (dead) {
                throw new IllegalStateException("dead");
            }
        }

        @Override
        public synchronized void after(
                HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
            if (!request.method().equals("GET") && writes == deadly) {
                dead = true;
                throw new IllegalStateException("dead");
            }
        }

        /** @return false when it died over it */
        boolean look(String name) {
            try {
                reconciler.reconcile(rollbacks.find("production", name).orElseThrow(), NO_CONTEXT);
            } catch (RuntimeException e) {
                if (!dead) {
                    throw e;
                }
            }
            return !dead;
        }

        @Override
        public void close() {
            watches.stop();
            own.close();
        }
    }
}
