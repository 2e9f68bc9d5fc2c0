package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.policy.Permission;
import dev.stepback.policy.Policy;
import dev.stepback.redaction.Redactor;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.cluster.controller.Controllers;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.stage.Stage;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.statefulset.StatefulSetTarget;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine with a StatefulSet that its own rollout broke: {@code db-2} never becomes ready. */
class StatefulSetRollbackTest implements InProduction {
    private static final TargetRef DB = new TargetRef("production", Kind.STATEFULSET, "db");

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final Controllers controllers = Controllers.start(cluster.store(), Clock.systemUTC(), KubeletTiming.fast());
    private final KubernetesClient client = Shop.client(cluster.kubeconfig());
    private final StepbackConfig config = StepbackConfig.defaults();
    private final List<TargetType> targets = List.of(StatefulSetTarget.of(
            client,
            new Redactor(config.redaction().secretNames()),
            Clock.systemUTC(),
            DataChecks.NONE,
            Duration.ofSeconds(1)));
    private volatile Policy policy = Policy.DEFAULT;
    private final Authorizer authorizer = Shop.authorizer(client, () -> policy, new People());
    private final KubernetesRollbacks rollbacks =
            new KubernetesRollbacks(client, config, authorizer, targets, Clock.systemUTC());
    private RollbackOperator operator;

    @BeforeEach
    void start() throws Exception {
        Stage.install(client, "production", "default");
        client.resource("""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: production}
            spec:
              replicas: 3
              serviceName: db
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db}}
                spec:
                  containers:
                  - name: mysql
                    image: mysql:8.0
                    volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
              volumeClaimTemplates:
              - metadata: {name: data}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """).create();
        awaitPods(pods -> pods.stream().filter(p -> runs(p, "mysql:8.0")).count() == 3);
        client.apps()
                .statefulSets()
                .inNamespace("production")
                .withName("db")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":"
                                + "[{\"name\":\"mysql\",\"image\":\"mysql:8.4-unready\","
                                + "\"volumeMounts\":[{\"name\":\"data\",\"mountPath\":\"/var/lib/mysql\"}]}]}}}}");
        awaitPods(pods -> image(pods.get(pods.size() - 1)).equals("mysql:8.4-unready"));
        operator = engine();
    }

    @Override
    public KubernetesRollbacks rollbacks() {
        return rollbacks;
    }

    @AfterEach
    void stop() throws Exception {
        operator.close();
        client.close();
        controllers.close();
        cluster.close();
    }

    @Test
    void stuckPod_isNamedBeforeTheApproval_andDeletedAfterThePatch() {
        List<String> others = uids().subList(0, 2);
        String name = open();

        Plan plan = plan(name);
        assertThat(plan.findings())
                .anySatisfy(f -> assertThat(f.message())
                        .isEqualTo("Pod db-2 is stuck on the broken revision; it will be deleted."))
                .anySatisfy(f -> assertThat(f.message())
                        .startsWith("mysql 8.4-unready → 8.0 is a downgrade over existing data"));
        approve(name);
        awaitPhase(name, Phase.SUCCEEDED);

        assertThat(pods()).hasSize(3).allMatch(pod -> runs(pod, "mysql:8.0"));
        assertThat(uids()).containsAll(others);
        assertThat(deletions()).isEqualTo(1);
    }

    @Test
    void answersThatAreLost_makeNothingHappenTwice() {
        String name = open();
        cluster.faults().dropAnswers(1, "delete", "pods");
        cluster.faults().dropAnswers(1, "patch", "statefulsets.apps");

        approve(name);
        awaitPhase(name, Phase.SUCCEEDED);

        assertThat(pods()).hasSize(3).allMatch(pod -> runs(pod, "mysql:8.0"));
        assertThat(targets.get(0).history(DB).orElseThrow().current()).hasValue(3);
    }

    @Test
    void bot_thatDiesBetweenPatchAndDeletion_goesOnWithTheDeletion() {
        String name = open();
        cluster.faults().fail(1_000_000, 503, "delete", "pods");
        approve(name);
        await().atMost(Duration.ofSeconds(30)).until(() -> deletions() > 0);

        operator.close();
        cluster.faults().clear();
        operator = engine();

        awaitPhase(name, Phase.SUCCEEDED);
        assertThat(pods()).hasSize(3).allMatch(pod -> runs(pod, "mysql:8.0"));
    }

    @Test
    void twoBadReleasesInARow_areBothPassedOver() throws Exception {
        // A pod may take a minute to start.
        List<TargetType> later = List.of(StatefulSetTarget.of(
                client, new Redactor(List.of()), Clock.offset(Clock.systemUTC(), Duration.ofMinutes(2))));
        try (RolloutWatch watch = new RolloutWatch(later, Clock.systemUTC());
                var sets =
                        client.apps().statefulSets().inNamespace("production").inform(watch)) {
            watch.start(operator::leading);
            await().until(() -> client.apps().controllerRevisions().inNamespace("production").list().getItems().stream()
                    .anyMatch(r -> r.getMetadata().getAnnotations() != null
                            && r.getMetadata().getAnnotations().containsKey("stepback.dev/rollout-failed")));
            release("mysql:8.4-missing");
            client.pods().inNamespace("production").withName("db-2").delete();
            await().untilAsserted(() -> assertThat(rollbacks.knownBad(DB).values())
                    .extracting(BadRevision::why)
                    .containsExactly(BadRevision.Why.ROLLOUT_FAILED));

            Plan plan = plan(open());

            assertThat(plan.from().number()).isEqualTo(3);
            assertThat(plan.to().number()).isEqualTo(1);
            assertThat(sets.hasSynced()).isTrue();
        }
    }

    private void release(String image) {
        client.apps()
                .statefulSets()
                .inNamespace("production")
                .withName("db")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"mysql\",\"image\":\"%s\"}]}}}}"
                                .formatted(image));
    }

    @Test
    void byPartition_goesOnWhereADeadBotStoodStill_andEachPodIsReplacedOnce() {
        String name = open(true);
        List<String> others = uids().subList(0, 2);
        approve(name);
        await().atMost(Duration.ofSeconds(30)).until(() -> partition() == 2);
        operator.close();
        int stands = partition();
        operator = engine();

        awaitPhase(name, Phase.SUCCEEDED);

        assertThat(stands).isBetween(1, 2);
        assertThat(pods()).hasSize(3).allMatch(pod -> runs(pod, "mysql:8.0"));
        assertThat(uids()).containsAll(others);
        assertThat(deletions()).isEqualTo(1);
        assertThat(partition()).isZero();
        assertThat(targets.get(0).history(DB).orElseThrow().current()).hasValue(3);
    }

    /** It comes to the same, and so whoever may only cancel it may stop it. */
    @Test
    void byPartition_stoppedByWhoMayNotApprove_standsStill_andTheNextOneGoesOn() {
        // Who wrote the template last is known to the second.
        long released = Instant.now().getEpochSecond();
        await().until(() -> Instant.now().getEpochSecond() > released);
        String name = open(true);
        approve(name);
        await().atMost(Duration.ofSeconds(30)).until(() -> partition() == 2);
        policy = Policies.of(
                Policies.rule(1),
                Policies.may("members", Permission.REQUEST),
                Policies.may(Examples.LEAD.id(), Permission.APPROVE));
        assertThat(rollbacks.stop("production", name, ASKING, RollbackSpec.Midway.Pause))
                .isInstanceOf(Rollbacks.Decided.Recorded.class);
        awaitPhase(name, Phase.CANCELLED);
        assertThat(Objects.requireNonNull(now(name).getSpec().cancellation()).midway())
                .isNull();
        int stands = partition();
        assertThat(stands).isBetween(1, 2);

        String next = open("second", OptionalLong.empty(), true);
        assertThat(targets.get(0).history(DB).orElseThrow().current())
                .hasValue(plan(next).to().number());
        assertThat(partition()).isEqualTo(stands);
        approve(next);
        awaitPhase(next, Phase.SUCCEEDED);

        assertThat(pods()).hasSize(3).allMatch(pod -> runs(pod, "mysql:8.0"));
        assertThat(partition()).isZero();
    }

    private int partition() {
        return Objects.requireNonNull(client.apps()
                .statefulSets()
                .inNamespace("production")
                .withName("db")
                .require()
                .getSpec()
                .getUpdateStrategy()
                .getRollingUpdate()
                .getPartition());
    }

    private RollbackOperator engine() {
        return Engines.start(client, config, targets, authorizer, r -> {}, Audit.NONE, Clock.systemUTC());
    }

    private String open() {
        return open(false);
    }

    private String open(boolean byPartition) {
        return open("first", OptionalLong.empty(), byPartition);
    }

    private String open(String delivery, OptionalLong revision, boolean byPartition) {
        return open(new NewRollback(
                delivery,
                DB,
                Operation.UNDO,
                revision,
                Optional.empty(),
                new PlanOptions(false, byPartition, false),
                "broken",
                ASKING,
                new RollbackSpec.Origin("C1", null),
                null));
    }

    private List<Pod> pods() {
        return client.pods().inNamespace("production").list().getItems().stream()
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .toList();
    }

    private List<String> uids() {
        return pods().stream().map(pod -> pod.getMetadata().getUid()).toList();
    }

    private void awaitPods(Predicate<List<Pod>> condition) {
        await().atMost(Duration.ofSeconds(30)).until(() -> condition.test(pods()));
    }

    private static String image(Pod pod) {
        return pod.getSpec().getContainers().get(0).getImage();
    }

    private static boolean runs(Pod pod, String image) {
        return image(pod).equals(image)
                && pod.getStatus() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c ->
                                c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    /** Of the bot: the kubelet and the controllers are not recorded. */
    private long deletions() {
        return cluster.requests().stream()
                .filter(r -> r.verb().equals("delete") && r.resource().equals("pods"))
                .count();
    }
}
