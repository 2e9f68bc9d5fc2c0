package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.TARGET;
import static dev.stepback.rollback.Examples.approval;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.audit.Audit;
import dev.stepback.audit.AuditEvent;
import dev.stepback.config.StepbackConfig;
import dev.stepback.leadership.Leadership;
import dev.stepback.policy.Policy;
import dev.stepback.policy.PolicySource;
import dev.stepback.rollback.authorization.PolicyAuthorizer;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.rollback.lock.KubernetesLocks;
import dev.stepback.rollback.lock.LockMap;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.sandbox.cluster.ObservedCluster;
import dev.stepback.sandbox.cluster.RecordedRequest;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.stage.Clients;
import dev.stepback.stage.Stage;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
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
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** A cluster with one Deployment whose rollouts go as the test says, and the engines that a test starts on it. */
public final class Shop implements AutoCloseable {
    public static final Leadership.Times SHORT =
            new Leadership.Times(Duration.ofMillis(2000), Duration.ofMillis(1200), Duration.ofMillis(200));

    /** All that tests make. */
    private static final List<String> DEPLOYMENTS = List.of("checkout", "cart", "payments");

    /** The sandbox's, or the one that the command line names. */
    public final ObservedCluster cluster = Stage.anyCluster();

    public final KubernetesClient client = client(cluster.kubeconfig());
    public final People people = new People();
    public volatile Runnable beforeGuard = () -> {};
    public volatile Policy policy = Policy.DEFAULT;
    public final Authorizer authorizer = authorizer(client, () -> policy, people);
    public final Locks locks = new KubernetesLocks(new LockMap(client, "default"), authorizer, Clock.systemUTC());
    public final KubernetesRollbacks rollbacks = rollbacks(Clock.systemUTC());
    /** What was recorded by the engines, and by {@link #rollbacks} when a test wraps them. */
    public final List<AuditEvent> audited = new CopyOnWriteArrayList<>();

    public final Audit audit = audited::add;
    private final List<AutoCloseable> open = new ArrayList<>();

    /** @throws ClassCastException when the cluster is a real one */
    public SandboxCluster sandbox() {
        return (SandboxCluster) cluster;
    }

    /** A real cluster still has what the last test left. */
    private void clear() {
        var groups = client.resources(RollbackGroup.class).inNamespace("production");
        var rollbacks = client.resources(Rollback.class).inNamespace("production");
        groups.delete();
        rollbacks.delete();
        DEPLOYMENTS.forEach(name -> deployment(name).delete());
        client.leases().inNamespace("default").withName(Leadership.LEASE).delete();
        client.configMaps().inNamespace("default").withName(LockMap.NAME).delete();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> groups.list().getItems().isEmpty()
                        && rollbacks.list().getItems().isEmpty()
                        && DEPLOYMENTS.stream()
                                .allMatch(name -> deployment(name).get() == null));
    }

    public Shop() {
        Stage.install(client, "production", "default");
        if (Stage.isReal()) {
            clear();
        }
        client.resource("""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: checkout
              namespace: production
              annotations: {test/release: bad, test/rollout: 0 of 3}
            spec:
              selector: {matchLabels: {app: checkout}}
              template:
                metadata: {labels: {app: checkout}}
                spec: {containers: [{name: checkout, image: checkout:1}]}
            """).create();
    }

    public static KubernetesClient client(String kubeconfig) {
        return Clients.impatient(kubeconfig);
    }

    /** Authorizes by whatever policy is in force at the time. */
    public static Authorizer authorizer(KubernetesClient client, PolicySource policies, People people) {
        FakeTarget target = new FakeTarget(client);
        LockMap locks = new LockMap(client, "default");
        return new PolicyAuthorizer(
                policies, people, locks::state, "prod-eu", List.of(), target::labels, Clock.systemUTC());
    }

    /** Others may be at work on a real cluster, too. */
    public static StepbackConfig config() {
        return StepbackConfig.defaults()
                .with(c -> c.kubernetes = new StepbackConfig.Kubernetes(null, List.of("production"), null));
    }

    public KubernetesRollbacks rollbacks(Clock clock) {
        StepbackConfig config = StepbackConfig.defaults();
        return new KubernetesRollbacks(client, config, authorizer, List.of(new FakeTarget(client)), clock);
    }

    private RollbackOperator operator(KubernetesClient client, Authorizer authorizer, RollbackListener listener) {
        return Engines.start(
                client,
                config(),
                List.of(new FakeTarget(client, () -> beforeGuard.run())),
                authorizer,
                listener,
                audit,
                Clock.systemUTC());
    }

    /** An engine that runs until the test ends. */
    public RollbackOperator engine() {
        return engine(r -> {});
    }

    public RollbackOperator engine(RollbackListener listener) {
        return engine(authorizer, listener);
    }

    public RollbackOperator engine(Authorizer other) {
        return engine(other, r -> {});
    }

    private RollbackOperator engine(Authorizer other, RollbackListener listener) {
        KubernetesClient own = client(cluster.kubeconfig());
        RollbackOperator operator = operator(own, other, listener);
        open.add(own::close);
        open.add(operator);
        return operator;
    }

    public Rollback request(String deliveryKey) {
        var created = rollbacks.create(newRollback(deliveryKey));
        assertThat(created).isInstanceOf(Rollbacks.Created.Ok.class);
        return ((Rollbacks.Created.Ok) created).rollback();
    }

    /** A rollback that borrows something of the strategy. */
    public Rollback requestFast(String deliveryKey) {
        var created = rollbacks.create(new NewRollback(
                deliveryKey,
                TARGET,
                Operation.UNDO,
                OptionalLong.empty(),
                Optional.empty(),
                new PlanOptions(true, false, false),
                "crashes",
                ASKING,
                new RollbackSpec.Origin("C1", null),
                null));
        assertThat(created).isInstanceOf(Rollbacks.Created.Ok.class);
        return ((Rollbacks.Created.Ok) created).rollback();
    }

    /** What of {@link FakeTarget#STRATEGY} is in force. */
    public String strategy() {
        return String.valueOf(deployment().getMetadata().getAnnotations().get(FakeTarget.STRATEGY));
    }

    public static NewRollback newRollback(String deliveryKey) {
        return new NewRollback(
                deliveryKey,
                TARGET,
                OptionalLong.empty(),
                "crashes",
                ASKING,
                new RollbackSpec.Origin("C1", null),
                null);
    }

    public Rollbacks.Decided approve(String name, Actor by) {
        return rollbacks.decide("production", name, approval(by, hash(name)));
    }

    public Rollbacks.Decided approve(String name) {
        return rollbacks.decide("production", name, approval(LEADING, hash(name)));
    }

    /** The hash of the plan that waits for an approval. */
    public String hash(String name) {
        Plan plan = now(name).statusOrInitial().plan();
        assertThat(plan).isNotNull();
        return Objects.requireNonNull(plan).hash();
    }

    /** Opens a rollback and approves it as soon as it is planned. */
    public String requestAndApprove(String deliveryKey) {
        String name = request(deliveryKey).getMetadata().getName();
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        assertThat(approve(name)).isInstanceOf(Rollbacks.Decided.Recorded.class);
        return name;
    }

    /** Name of a request that waits for its approval; an engine runs. */
    public String planned() {
        String name = request("delivery").getMetadata().getName();
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        return name;
    }

    /** The same, and no engine runs afterwards. */
    public String plannedWithoutEngine() {
        try (RollbackOperator engine = engine()) {
            return planned();
        }
    }

    public void awaitMessage(String name, String words) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> now(name).statusOrInitial().message().contains(words));
    }

    /** As somebody would with kubectl. */
    public void writeApproval(String name, Person by) {
        writeApproval(name, by, Instant.now());
    }

    public void writeApproval(String name, Person by, Instant at) {
        String hash = hash(name);
        client.resources(Rollback.class)
                .inNamespace("production")
                .withName(name)
                .edit(r -> {
                    List<RollbackSpec.Decision> decisions =
                            new ArrayList<>(r.getSpec().decisions());
                    decisions.add(new RollbackSpec.Decision(RollbackSpec.Decision.Verdict.Approved, by, at, hash));
                    r.setSpec(r.getSpec().withDecisions(decisions));
                    return r;
                });
    }

    public Rollback now(String name) {
        return rollbacks.find("production", name).orElseThrow();
    }

    public RollbackStatus awaitPhase(String name, Phase phase) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> now(name).statusOrInitial().phase() == phase);
        return now(name).statusOrInitial();
    }

    /** Waits until the rollout is looked at, and then lets it end. */
    public void finishRollout(String name) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> now(name).statusOrInitial().message().startsWith("waiting"));
        rollout("done");
    }

    public void rollout(String state) {
        annotate(FakeTarget.ROLLOUT, state);
    }

    public void annotate(String name, String value) {
        client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(name, value));
    }

    public Deployment deployment() {
        return deployment("checkout").get();
    }

    private RollableScalableResource<Deployment> deployment(String name) {
        return client.apps().deployments().inNamespace("production").withName(name);
    }

    /** Uids of the Events that there are; a real cluster remembers those of the last test for an hour. */
    public Set<String> events() {
        return client.v1().events().inAnyNamespace().list().getItems().stream()
                .map(e -> e.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    /** How many patches the engines have sent to the Deployment; what the test itself changes is not counted. */
    public long undos() {
        return cluster.requests().stream().filter(Shop::isUndo).count();
    }

    private static boolean isUndo(RecordedRequest request) {
        return request.verb().equals("patch")
                && request.resource().equals("deployments.apps")
                && request.query().contains("fieldManager=undo");
    }

    @Override
    public void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        client.close();
        cluster.close();
    }
}
