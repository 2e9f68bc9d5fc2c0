package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.approval;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.policy.Permission;
import dev.stepback.policy.Policy;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.deployment.DeploymentTarget;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A rollback with a data check whose bot dies right before or right after any one of its writes, and is followed by another
 * one: there is one Job, and the rollback ends as if nobody had died. The death of a process is a client that lets nothing
 * through any more.
 */
class CheckCrashTest {
    private static final int MORE_THAN_ENOUGH = 30;
    private static final Policy POLICY = Policies.of(
            Policies.rule(1),
            Policies.may("members", Permission.REQUEST, Permission.APPROVE),
            Policies.may(Examples.LEAD.id(), Permission.BREAK_GLASS));

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final KubernetesClient client = Shop.client(cluster.kubeconfig());
    private final Authorizer authorizer = Shop.authorizer(client, () -> POLICY, new People());
    private final KubernetesRollbacks rollbacks =
            new KubernetesRollbacks(client, StepbackConfig.defaults(), authorizer, targets(client), Clock.systemUTC());
    private final Process healthy = new Process(Integer.MAX_VALUE, false);
    private int runs;

    /** How the check ends, and what becomes of the rollback. */
    enum Story {
        PASSES(Phase.SUCCEEDED),
        FAILS(Phase.FAILED),
        IS_OVERRIDDEN(Phase.SUCCEEDED);

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
    @CsvSource({"PASSES, false", "PASSES, true", "FAILS, true", "IS_OVERRIDDEN, true"})
    void botThatDiesAtAnyWrite_makesOneJob_andGoesOnFromIt(Story story, boolean written) {
        boolean died = true;
        int write = 0;
        while (died) {
            write++;
            assertThat(write).isLessThan(MORE_THAN_ENOUGH);
            died = run(story, write, written);
        }
        assertThat(write).isGreaterThan(5);
    }

    /** @return whether the process died: false when it had done everything before it got there */
    private boolean run(Story story, int write, boolean written) {
        String name = begin(story);
        boolean died;
        try (Process process = new Process(write, written)) {
            died = goOn(process, name, story);
        }
        if (died) {
            assertThat(goOn(healthy, name, story)).isFalse();
        }
        String what = "%s, died at write %d: %s".formatted(story, write, now(name));
        assertThat(now(name).phase()).as(what).isEqualTo(story.end);
        assertThat(jobs(name)).as(what).hasSize(1);
        assertThat(image()).as(what).isEqualTo(story == Story.FAILS ? "c:2" : "c:1");
        assertThat(now(name).patchedAt() == null).as(what).isEqualTo(story == Story.FAILS);
        return died;
    }

    /** @return whether the process died on the way */
    private boolean goOn(Process process, String name, Story story) {
        for (int i = 0; i < 30; i++) {
            if (!process.look(name)) {
                return true;
            }
            RollbackStatus status = now(name);
            if (status.phase().terminal()) {
                return false;
            }
            jobs(name).stream()
                    .filter(job -> job.getStatus() == null
                            || job.getStatus().getConditions().isEmpty())
                    .forEach(job -> end(job, story == Story.PASSES ? "Complete" : "Failed"));
            if (status.patchedAt() != null) {
                rolledOut();
            }
        }
        throw new AssertionError("no end in sight: " + now(name));
    }

    private void end(Job job, String how) {
        client.resource(new JobBuilder(job)
                        .editOrNewStatus()
                        .addNewCondition()
                        .withType(how)
                        .withStatus("True")
                        .withReason("BackoffLimitExceeded")
                        .withMessage("said the test")
                        .endCondition()
                        .endStatus()
                        .build())
                .updateStatus();
    }

    private void rolledOut() {
        var deployment = client.apps().deployments().inNamespace("production").withName("checkout-" + runs);
        long generation = deployment.get().getMetadata().getGeneration();
        deployment
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"observedGeneration\":%d,\"replicas\":1,\"updatedReplicas\":1,\"availableReplicas\":1}}"
                                .formatted(generation));
    }

    private List<Job> jobs(String name) {
        return client.batch().v1().jobs().inNamespace("production").list().getItems().stream()
                .filter(job -> name.equals(job.getMetadata().getAnnotations().get("stepback.dev/rollback")))
                .toList();
    }

    private String image() {
        return client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout-" + runs)
                .get()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
    }

    private RollbackStatus now(String name) {
        return rollbacks.find("production", name).orElseThrow().statusOrInitial();
    }

    private static List<TargetType> targets(KubernetesClient client) {
        return List.of(new DeploymentTarget(
                client,
                new Redactor(List.of()),
                Clock.systemUTC(),
                (target, labels) -> List.of(CheckedShop.check("orders", CheckedShop.PASSES))));
    }

    /** Another Deployment with a rollback that was let go and that nobody has begun. */
    private String begin(Story story) {
        runs++;
        client.resource("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: checkout-%1$d, namespace: production, annotations: {deployment.kubernetes.io/revision: '2'}}
            spec:
              replicas: 1
              selector: {matchLabels: {app: c%1$d}}
              template: {metadata: {labels: {app: c%1$d}}, spec: {containers: [{name: c, image: 'c:2'}]}}
            """.formatted(runs)).create();
        String uid = client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout-" + runs)
                .get()
                .getMetadata()
                .getUid();
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
                """.formatted(runs, revision, uid)).create();
        }
        var created = rollbacks.create(new NewRollback(
                "delivery-" + runs,
                new TargetRef("production", Kind.DEPLOYMENT, "checkout-" + runs),
                OptionalLong.of(1),
                "crashes",
                LEADING,
                new RollbackSpec.Origin("C1", null),
                null));
        Rollback rollback = ((Rollbacks.Created.Ok) created).rollback();
        String name = rollback.getMetadata().getName();
        healthy.look(name);
        String hash = Objects.requireNonNull(now(name).plan()).hash();
        NewDecision decision = story == Story.IS_OVERRIDDEN
                ? new NewDecision(
                        Verdict.BrokeGlass,
                        LEADING,
                        hash,
                        authorizer.toType(rollback, Verdict.BrokeGlass),
                        "nobody is awake")
                : approval(Examples.SECONDING, hash);
        assertThat(rollbacks.decide("production", name, decision)).isInstanceOf(Rollbacks.Decided.Recorded.class);
        return name;
    }

    /** An engine that dies at one of its writes. */
    private final class Process implements AutoCloseable, Interceptor {
        private final int deadly;
        private final boolean written;
        private final KubernetesClient own;
        private final RollbackReconciler reconciler;
        private final TargetWatches watches;
        private int writes;
        private volatile boolean dead;

        /** @param written whether the write at which it dies is done: only its answer is lost */
        Process(int deadly, boolean written) {
            this.deadly = deadly;
            this.written = written;
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
                    Shop.authorizer(own, () -> POLICY, new People()),
                    watches,
                    new Outcomes(r -> {}, new Metrics(), Audit.NONE),
                    new LateChanges(own, new Store(own), Audit.NONE, Clock.systemUTC()),
                    () -> true,
                    Clock.systemUTC());
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
        @SuppressWarnings("NullAway") // the framework's context is not looked at
        boolean look(String name) {
            try {
                reconciler.reconcile(rollbacks.find("production", name).orElseThrow(), null);
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
