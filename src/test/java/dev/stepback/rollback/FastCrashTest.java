package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.approval;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.policy.Policy;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.deployment.DeploymentTarget;
import dev.stepback.target.workload.Borrowed;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A fast rollback whose bot dies at any one of its writes, the one before it done, and is followed by another one: the
 * strategy is always as it was in the end. Here the death of a process is a client that lets nothing through any more.
 */
class FastCrashTest {
    private static final int MORE_THAN_ENOUGH = 40;

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final KubernetesClient client = Shop.client(cluster.kubeconfig());
    private final KubernetesRollbacks rollbacks = new KubernetesRollbacks(
            client,
            StepbackConfig.defaults(),
            Shop.authorizer(client, () -> Policy.DEFAULT, new People()),
            targets(client),
            Clock.systemUTC());
    private int runs;
    private boolean hurrying;
    private final Process healthy = new Process(Integer.MAX_VALUE);

    /** How the rollout goes. */
    enum Story {
        WORKS(Phase.SUCCEEDED),
        FAILS(Phase.FAILED),
        IS_STOPPED(Phase.CANCELLED),
        IS_REPLACED(Phase.FAILED),
        TAKES_TOO_LONG(Phase.FAILED);

        final Phase end;

        Story(Phase end) {
            this.end = end;
        }
    }

    @BeforeEach
    void start() throws Exception {
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
    }

    @AfterEach
    void stop() {
        healthy.close();
        client.close();
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource(Story.class)
    void botThatDiesAtAnyWrite_leavesTheStrategyAsItWas(Story story) {
        hurrying = story == Story.TAKES_TOO_LONG;
        boolean died = true;
        int write = 0;
        while (died) {
            write++;
            assertThat(write).isLessThan(MORE_THAN_ENOUGH);
            died = run(story, write);
        }
        assertThat(write).isGreaterThan(5);
    }

    @Test
    void deploymentThatIsDeletedInBetween_fails() {
        String name = begin();
        try (Process process = new Process(MORE_THAN_ENOUGH)) {
            process.look(name);
            assertThat(surge()).isEqualTo("100%");
            client.resource(deployment()).delete();
            process.look(name);
            process.look(name);
        }
        RollbackStatus status = now(name).statusOrInitial();
        assertThat(status.phase()).isEqualTo(Phase.FAILED);
        assertThat(status.message()).contains("was deleted");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rollbackThatIsDeletedInBetween_isTidiedUpAfter(boolean leading) {
        String name = begin();
        healthy.look(name);
        assertThat(surge()).isEqualTo("100%");
        try (Housekeeping housekeeping = new Housekeeping(
                client, StepbackConfig.defaults(), targets(client), () -> leading, Audit.NONE, Clock.systemUTC())) {
            assertThat(housekeeping.giveBack()).isZero();
            client.resources(Rollback.class)
                    .inNamespace("production")
                    .withName(name)
                    .delete();
            assertThat(housekeeping.giveBack()).isEqualTo(leading ? 1 : 0);
            assertThat(housekeeping.giveBack()).isZero();
        }
        assertThat(surge()).isEqualTo(leading ? "25%" : "100%");
        assertThat(deployment().getMetadata().getAnnotations().containsKey(Borrowed.NOTE))
                .isEqualTo(!leading);
    }

    /** @return whether the process died: false when it had done everything before it got there */
    private boolean run(Story story, int write) {
        String name = begin();
        boolean died;
        try (Process process = new Process(write)) {
            died = goOn(process, name, story);
        }
        if (died) {
            assertThat(goOn(healthy, name, story)).isFalse();
        }
        String what = "%s, died at write %d".formatted(story, write);
        RollbackStatus status = now(name).statusOrInitial();
        assertThat(status.phase()).as(what + ": " + status.message()).isEqualTo(story.end);
        assertThat(surge()).as(what).isEqualTo("25%");
        assertThat(deployment().getMetadata().getAnnotations()).as(what).doesNotContainKey(Borrowed.NOTE);
        assertThat(status.message()).as(what).endsWith("maxSurge is 25%, as it was before.");
        return died;
    }

    /** @return whether the process died on the way */
    private boolean goOn(Process process, String name, Story story) {
        for (int i = 0; i < 30; i++) {
            if (!process.look(name)) {
                return true;
            }
            RollbackStatus status = now(name).statusOrInitial();
            if (status.phase().terminal()) {
                assertThat(process.look(name)).isTrue();
                return false;
            }
            if (status.patchedAt() != null && status.ending() == null) {
                happen(name, story);
            }
        }
        throw new AssertionError("no end in sight: " + now(name).statusOrInitial());
    }

    private void happen(String name, Story story) {
        switch (story) {
            case WORKS -> status("\"replicas\":3,\"updatedReplicas\":3,\"availableReplicas\":3");
            case FAILS ->
                status("\"replicas\":3,\"conditions\":[{\"type\":\"Progressing\",\"status\":\"False\",\"reason\":"
                        + "\"ProgressDeadlineExceeded\",\"lastUpdateTime\":\""
                        + Instant.now().plusSeconds(60) + "\"}]");
            case IS_STOPPED -> rollbacks.stop("production", name, LEADING, Midway.Pause);
            case IS_REPLACED ->
                patch("{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"c:9\"}]}}}}");
            case TAKES_TOO_LONG -> {}
        }
    }

    private void status(String fields) {
        long generation = deployment().getMetadata().getGeneration();
        resource()
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"observedGeneration\":%d,%s}}".formatted(generation, fields));
    }

    private void patch(String json) {
        resource().patch(PatchContext.of(PatchType.JSON_MERGE), json);
    }

    private io.fabric8.kubernetes.client.dsl.RollableScalableResource<Deployment> resource() {
        return client.apps().deployments().inNamespace("production").withName("checkout-" + runs);
    }

    private Deployment deployment() {
        return resource().get();
    }

    private String surge() {
        return String.valueOf(deployment()
                .getSpec()
                .getStrategy()
                .getRollingUpdate()
                .getMaxSurge()
                .getValue());
    }

    private Rollback now(String name) {
        return rollbacks.find("production", name).orElseThrow();
    }

    private static List<TargetType> targets(KubernetesClient client) {
        return List.of(new DeploymentTarget(client, new Redactor(List.of()), Clock.systemUTC()));
    }

    /** Another Deployment with an approved fast rollback that nobody has begun. */
    private String begin() {
        runs++;
        client.resource("""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: checkout-%1$d
              namespace: production
              annotations: {deployment.kubernetes.io/revision: '2'}
            spec:
              replicas: 3
              selector: {matchLabels: {app: c%1$d}}
              template: {metadata: {labels: {app: c%1$d}}, spec: {containers: [{name: c, image: 'c:2'}]}}
            """.formatted(runs)).create();
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
                                    runs, revision, deployment().getMetadata().getUid()))
                    .create();
        }
        var created = rollbacks.create(new NewRollback(
                "delivery-" + runs,
                new TargetRef("production", Kind.DEPLOYMENT, "checkout-" + runs),
                Operation.UNDO,
                OptionalLong.of(1),
                Optional.empty(),
                new PlanOptions(true, false, false),
                "crashes",
                ASKING,
                new RollbackSpec.Origin("C1", null),
                null));
        assertThat(created).isInstanceOf(Rollbacks.Created.Ok.class);
        String name = ((Rollbacks.Created.Ok) created).rollback().getMetadata().getName();
        healthy.look(name);
        RollbackStatus status = now(name).statusOrInitial();
        assertThat(status.phase()).as(status.message()).isEqualTo(Phase.AWAITING_APPROVAL);
        String hash = Objects.requireNonNull(status.plan()).hash();
        assertThat(rollbacks.decide("production", name, approval(LEADING, hash)))
                .isInstanceOf(Rollbacks.Decided.Recorded.class);
        return name;
    }

    /** An engine that dies at one of its writes. */
    private final class Process implements AutoCloseable, Interceptor {
        private final int deadly;
        private final KubernetesClient own;
        private final RollbackReconciler reconciler;
        private final TargetWatches watches;
        private int writes;
        private volatile boolean dead;

        Process(int deadly) {
            this.deadly = deadly;
            Config config = Config.fromKubeconfig(cluster.kubeconfig());
            config.setRequestRetryBackoffLimit(0);
            own = new KubernetesClientBuilder()
                    .withConfig(config)
                    .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("death", this))
                    .build();
            watches = new TargetWatches(own);
            reconciler = new RollbackReconciler(
                    new Store(own),
                    targets(own),
                    Shop.authorizer(own, () -> Policy.DEFAULT, new People()),
                    watches,
                    new Outcomes(r -> {}, new Metrics(), Audit.NONE),
                    new LateChanges(own, new Store(own), Audit.NONE, Clock.systemUTC()),
                    () -> true,
                    clock());
        }

        /** Time passes by itself where the deadline is what is waited for. */
        private Clock clock() {
            return new Hurrying();
        }

        @Override
        public synchronized void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            boolean write = !request.method().equals("GET");
            writes += write ? 1 : 0;
            if (write && writes == deadly) {
                dead = true;
            }
            if (dead) {
                throw new IllegalStateException("dead");
            }
        }

        /** @return false when it died over it */
        @SuppressWarnings("NullAway") // nothing is asked of the framework
        boolean look(String name) {
            try {
                reconciler.reconcile(now(name), null);
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

    /** Each look is much later than the one before, once there is a deadline. */
    private final class Hurrying extends Clock {
        private Instant now = Instant.now();

        @Override
        public java.time.ZoneId getZone() {
            return java.time.ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            now = hurrying ? now.plusSeconds(60) : Instant.now();
            return now;
        }
    }
}
