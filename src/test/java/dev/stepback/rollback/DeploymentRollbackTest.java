package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.TARGET;
import static dev.stepback.rollback.Examples.approval;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.policy.Policy;
import dev.stepback.policy.Subject.Standing;
import dev.stepback.redaction.Redactor;
import dev.stepback.sandbox.cluster.RecordedRequest;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.cluster.controller.Controllers;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetType;
import dev.stepback.target.deployment.DeploymentTarget;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine with real Deployments and the controllers that roll them out. */
class DeploymentRollbackTest {
    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final Controllers controllers = Controllers.start(cluster.store(), Clock.systemUTC(), KubeletTiming.fast());
    private final KubernetesClient client = Shop.client(cluster.kubeconfig());
    private final StepbackConfig config = StepbackConfig.defaults();
    private final List<TargetType> targets =
            List.of(new DeploymentTarget(client, new Redactor(config.redaction().secretNames()), Clock.systemUTC()));
    private final Authorizer authorizer =
            Shop.authorizer(client, () -> Policy.DEFAULT, new People().is("U0GUEST", Standing.GUEST));
    private final KubernetesRollbacks rollbacks =
            new KubernetesRollbacks(client, config, authorizer, targets, Clock.systemUTC());
    private RollbackOperator operator;

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
        client.resource("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: checkout, namespace: production}
            spec:
              replicas: 3
              selector: {matchLabels: {app: checkout}}
              template:
                metadata: {labels: {app: checkout}}
                spec: {containers: [{name: checkout, image: 'shop/checkout:1.0'}]}
            """).create();
        awaitImage("shop/checkout:1.0");
        release("shop/checkout:1.1");
        awaitImage("shop/checkout:1.1");
        release("shop/checkout:1.2-crash");
        awaitRevisions(3);
        operator = engine();
    }

    @AfterEach
    void stop() throws Exception {
        operator.close();
        client.close();
        controllers.close();
        cluster.close();
    }

    @Test
    void badRelease_isRolledBackAndStaysKnownBad() {
        Rollback first = rollBack("first", OptionalLong.empty());

        assertThat(image()).isEqualTo("shop/checkout:1.1");
        assertThat(first.statusOrInitial().message()).contains("successfully rolled out");
        assertThat(first.statusOrInitial().rollout()).isNotNull();
        assertThat(rollbacks.knownBad(TARGET)).hasSize(1);

        rollBack("second", OptionalLong.empty());

        assertThat(image()).isEqualTo("shop/checkout:1.0");
        assertThat(patches()).isEqualTo(2);
    }

    @Test
    void twoBadReleasesInARow_areBothPassedOver_evenOnceAGoodOneRuns() {
        try (RolloutWatch watch = new RolloutWatch(targets, Clock.systemUTC());
                var deployments =
                        client.apps().deployments().inNamespace("production").inform(watch)) {
            watch.start(operator::leading);
            awaitWarnings("shop/checkout:1.2-crash");
            release("shop/checkout:1.3-crash");
            awaitRevisions(4);

            await().untilAsserted(() -> assertThat(rollbacks.knownBad(TARGET).values())
                    .singleElement()
                    .satisfies(bad -> assertThat(bad.detail()).contains("BackOff")));
            await().until(() -> client.apps().replicaSets().inNamespace("production").list().getItems().stream()
                    .anyMatch(rs -> rs.getMetadata().getAnnotations().containsKey("stepback.dev/rollout-failed")));
            assertThat(rollBack("first", OptionalLong.empty()).statusOrInitial().plan())
                    .satisfies(plan -> assertThat(plan.to().number()).isEqualTo(2));

            release("shop/checkout:1.4");
            awaitImage("shop/checkout:1.4");
            assertThat(deployments.hasSynced()).isTrue();
            assertThat(rollbacks.knownBad(TARGET).values())
                    .extracting(BadRevision::why)
                    .containsExactlyInAnyOrder(BadRevision.Why.ROLLED_BACK, BadRevision.Why.ROLLOUT_FAILED);
        }
    }

    @Test
    void revisionThatCrashes_failsAtItsDeadlineAndNamesThePods() {
        rollBack("first", OptionalLong.of(2));
        client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"progressDeadlineSeconds\":2}}");
        String name = open("second", OptionalLong.of(3));
        approve(name);

        RollbackStatus status = awaitPhase(name, Phase.FAILED);

        assertThat(status.rollout()).isNotNull();
        assertThat(Objects.requireNonNull(status.rollout()).problems()).isNotEmpty();
    }

    @Test
    void clickToPatch_takesFewCalls() {
        String name = open("first", OptionalLong.empty());
        cluster.clearRequests();

        approve(name);
        awaitPhase(name, Phase.SUCCEEDED);

        List<String> calls = cluster.requests().stream()
                .filter(r ->
                        r.resource().startsWith("rollbacks") || r.resource().startsWith("deployments"))
                .filter(r -> !r.verb().equals("watch"))
                .map(r -> r.verb() + " " + r.resource() + (r.subresource().isEmpty() ? "" : "/" + r.subresource()))
                .toList();
        assertThat(calls.subList(0, calls.indexOf("patch deployments.apps") + 1))
                .filteredOn(c -> !c.equals("get rollbacks.stepback.dev"))
                .containsExactly(
                        "update rollbacks.stepback.dev",
                        "update rollbacks.stepback.dev/status",
                        // The step looks whether it is done already; then the plan is made again.
                        "get deployments.apps",
                        "get deployments.apps",
                        "patch deployments.apps");
    }

    @Test
    void deployWhileTheBotIsDown_voidsTheApprovalAndIsNamed() {
        String name = open("first", OptionalLong.empty());
        operator.close();
        approve(name);
        release("shop/checkout:1.3");
        operator = engine();

        RollbackStatus status = awaitPhase(name, Phase.SUPERSEDED);

        assertThat(status.message()).contains("was changed by").contains("shop/checkout:1.3");
        assertThat(status.patchedAt()).isNull();
        assertThat(image()).isEqualTo("shop/checkout:1.3");
        assertThat(patches()).isZero();
    }

    @Test
    void pausedDeployment_isResumed_andThenRolledBack() {
        patch("{\"spec\":{\"paused\":true}}");
        release("shop/checkout:1.3");

        Rollback resumed = carryOut("first", Operation.RESUME);

        assertThat(resumed.statusOrInitial().message()).contains("successfully rolled out");
        assertThat(deployment().getSpec().getPaused()).isNull();
        assertThat(image()).isEqualTo("shop/checkout:1.3");
        assertThat(deployment().getMetadata().getAnnotations())
                .containsEntry(Rollback.MARK, resumed.getMetadata().getName());
        assertThat(rollbacks.knownBad(TARGET).values()).noneMatch(bad -> bad.why() == BadRevision.Why.ROLLED_BACK);

        assertThat(rollBack("second", OptionalLong.of(2)).statusOrInitial().plan())
                .satisfies(plan -> assertThat(plan.to().number()).isEqualTo(2));
    }

    @Test
    void pauseAndRestart_areNoRollbacks() {
        rollBack("first", OptionalLong.empty());
        var bad = rollbacks.knownBad(TARGET);
        List<String> before = pods();

        Rollback restarted = carryOut("second", Operation.RESTART);

        assertThat(restarted.statusOrInitial().message()).contains("successfully rolled out");
        await().untilAsserted(() -> assertThat(pods()).hasSize(3).doesNotContainAnyElementsOf(before));
        assertThat(image()).isEqualTo("shop/checkout:1.1");
        assertThat(deployment().getSpec().getTemplate().getMetadata().getAnnotations())
                .containsKey("kubectl.kubernetes.io/restartedAt");

        Rollback paused = carryOut("third", Operation.PAUSE);

        assertThat(deployment().getSpec().getPaused()).isTrue();
        assertThat(paused.statusOrInitial().rollout()).isNull();
        assertThat(rollbacks.knownBad(TARGET)).isEqualTo(bad);
    }

    @Test
    void rolloutUnderWay_isStoppedByWhoeverMayApprove_andResumed() {
        String name = underWay();

        assertThat(rollbacks.stop("production", name, LEADING, RollbackSpec.Midway.Pause))
                .isInstanceOf(Rollbacks.Decided.Recorded.class);
        awaitPhase(name, Phase.CANCELLED);

        assertThat(deployment().getSpec().getPaused()).isTrue();
        assertThat(image()).isEqualTo("shop/checkout:1.3-neverready");
        assertThat(now(name).statusOrInitial().message()).isEmpty();
        assertThat(rollbacks.stop("production", name, LEADING, RollbackSpec.Midway.Pause))
                .isInstanceOf(Rollbacks.Decided.AlreadyRecorded.class);

        Rollback resume = now(open(request("resume", Operation.RESUME)));
        assertThat(resume.statusOrInitial().plan()).isNotNull();
        assertThat(Objects.requireNonNull(resume.statusOrInitial().plan()).to().images())
                .containsValue("shop/checkout:1.3-neverready");
    }

    @Test
    void stopWrittenByHand_inTheNameOfSomebodyWhoMayNot_pausesNothing() {
        String name = underWay();

        var wish =
                new RollbackSpec.Cancellation(new Person("U0GUEST", "guest"), Instant.now(), RollbackSpec.Midway.Pause);
        Store store = new Store(client);
        // The engine writes the status at the same time.
        store.lookAndTry(
                "production",
                name,
                rollback -> store.update(
                        Store.with(rollback, rollback.getSpec().withCancellation(wish), rollback.statusOrInitial())));
        awaitPhase(name, Phase.CANCELLED);

        assertThat(deployment().getSpec().getPaused()).isNotEqualTo(true);
        assertThat(now(name).statusOrInitial().message()).contains("could not be paused", "guest");
    }

    @Test
    void whoGoesForward_makesRoomForTheRollbackThatDoesIt() {
        String name = underWay();

        assertThat(rollbacks.stop("production", name, ASKING, RollbackSpec.Midway.GoOn))
                .isInstanceOf(Rollbacks.Decided.Recorded.class);
        awaitPhase(name, Phase.CANCELLED);

        assertThat(deployment().getSpec().getPaused()).isNull();
        rollBack(
                "forward",
                OptionalLong.of(
                        Objects.requireNonNull(now(name).statusOrInitial().plan())
                                .from()
                                .number()));
        assertThat(image()).isEqualTo("shop/checkout:1.1");
    }

    /** Name of a rollback whose rollout does not end. */
    private String underWay() {
        release("shop/checkout:1.3-neverready");
        awaitRevisions(4);
        rollBack("good", OptionalLong.of(2));
        String name = open("bad", OptionalLong.of(4));
        approve(name);
        await().until(() -> now(name).statusOrInitial().rollout() != null);
        return name;
    }

    private Rollback carryOut(String deliveryKey, Operation operation) {
        String name = open(request(deliveryKey, operation));
        approve(name);
        awaitPhase(name, Phase.SUCCEEDED);
        return now(name);
    }

    private static NewRollback request(String deliveryKey, Operation operation) {
        return new NewRollback(
                deliveryKey,
                TARGET,
                operation,
                OptionalLong.empty(),
                Optional.empty(),
                PlanOptions.NONE,
                "",
                ASKING,
                new RollbackSpec.Origin("C1", null),
                null);
    }

    private Deployment deployment() {
        return client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout")
                .get();
    }

    private void patch(String merge) {
        client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout")
                .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
    }

    private List<String> pods() {
        return client.pods().inNamespace("production").list().getItems().stream()
                .map(p -> p.getMetadata().getName())
                .toList();
    }

    private RollbackOperator engine() {
        return RollbackOperator.start(
                client, config, targets, authorizer, r -> {}, new Metrics(), Audit.NONE, Clock.systemUTC(), Shop.SHORT);
    }

    private Rollback rollBack(String deliveryKey, OptionalLong to) {
        String name = open(deliveryKey, to);
        approve(name);
        awaitPhase(name, Phase.SUCCEEDED);
        return now(name);
    }

    private String open(String deliveryKey, OptionalLong to) {
        return open(
                new NewRollback(deliveryKey, TARGET, to, "crashes", ASKING, new RollbackSpec.Origin("C1", null), null));
    }

    private String open(NewRollback request) {
        var created = rollbacks.create(request);
        assertThat(created).isInstanceOf(Rollbacks.Created.Ok.class);
        String name = ((Rollbacks.Created.Ok) created).rollback().getMetadata().getName();
        awaitPhase(name, Phase.AWAITING_APPROVAL);
        return name;
    }

    private void approve(String name) {
        Plan plan = Objects.requireNonNull(now(name).statusOrInitial().plan());
        assertThat(rollbacks.decide("production", name, approval(LEADING, plan.hash())))
                .isInstanceOf(Rollbacks.Decided.Recorded.class);
    }

    private RollbackStatus awaitPhase(String name, Phase phase) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    RollbackStatus status = now(name).statusOrInitial();
                    assertThat(status.phase().terminal() && status.phase() != phase)
                            .as(status.phase() + ": " + status.message())
                            .isFalse();
                    return status.phase() == phase;
                });
        return now(name).statusOrInitial();
    }

    private Rollback now(String name) {
        return rollbacks.find("production", name).orElseThrow();
    }

    private void release(String image) {
        client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"checkout\",\"image\":\"%s\"}]}}}}"
                                .formatted(image));
    }

    private String image() {
        return client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout")
                .get()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
    }

    private void awaitImage(String image) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> client.pods().inNamespace("production").list().getItems().stream()
                                .filter(p -> p.getSpec()
                                        .getContainers()
                                        .get(0)
                                        .getImage()
                                        .equals(image))
                                .filter(p -> p.getStatus() != null
                                        && p.getStatus().getConditions().stream()
                                                .anyMatch(c -> c.getType().equals("Ready")
                                                        && c.getStatus().equals("True")))
                                .count()
                        == 3);
    }

    private void awaitWarnings(String image) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> client.pods().inNamespace("production").list().getItems().stream()
                        .filter(p ->
                                p.getSpec().getContainers().get(0).getImage().equals(image))
                        .anyMatch(p -> client.v1().events().inNamespace("production").list().getItems().stream()
                                .anyMatch(e -> e.getReason().equals("BackOff")
                                        && e.getInvolvedObject()
                                                .getName()
                                                .equals(p.getMetadata().getName()))));
    }

    private void awaitRevisions(int count) {
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        targets.get(0).history(TARGET).orElseThrow().revisions().size() == count);
    }

    private long patches() {
        return cluster.requests().stream()
                .filter(r -> r.verb().equals("patch") && r.resource().equals("deployments.apps"))
                .filter(r -> r.query().contains("fieldManager=stepback") && !r.isDryRun())
                .map(RecordedRequest::path)
                .count();
    }
}
