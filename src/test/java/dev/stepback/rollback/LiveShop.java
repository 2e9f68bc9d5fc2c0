package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.TARGET;
import static org.awaitility.Awaitility.await;

import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.policy.Policy;
import dev.stepback.policy.Subject.Standing;
import dev.stepback.redaction.Redactor;
import dev.stepback.sandbox.cluster.RecordedRequest;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.cluster.controller.Controllers;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.stage.Stage;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetType;
import dev.stepback.target.deployment.DeploymentTarget;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A Deployment whose third release crashes, the controllers that roll it out, and an engine. */
final class LiveShop implements InProduction, AutoCloseable {
    final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final Controllers controllers = Controllers.start(cluster.store(), Clock.systemUTC(), KubeletTiming.fast());
    final KubernetesClient client = Shop.client(cluster.kubeconfig());
    private final StepbackConfig config = StepbackConfig.defaults();
    final List<TargetType> targets =
            List.of(new DeploymentTarget(client, new Redactor(config.redaction().secretNames()), Clock.systemUTC()));
    private final Authorizer authorizer =
            Shop.authorizer(client, () -> Policy.DEFAULT, new People().is("U0GUEST", Standing.GUEST));
    final KubernetesRollbacks rollbacks =
            new KubernetesRollbacks(client, config, authorizer, targets, Clock.systemUTC());
    RollbackOperator operator;

    LiveShop() {
        Stage.install(client, "production", "default");
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

    @Override
    public KubernetesRollbacks rollbacks() {
        return rollbacks;
    }

    @Override
    public void close() throws Exception {
        operator.close();
        client.close();
        controllers.close();
        cluster.close();
    }

    Rollback carryOut(String deliveryKey, Operation operation) {
        String name = open(request(deliveryKey, operation));
        approve(name);
        awaitPhase(name, Phase.SUCCEEDED);
        return now(name);
    }

    static NewRollback request(String deliveryKey, Operation operation) {
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

    Deployment deployment() {
        return client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout")
                .get();
    }

    void patch(String merge) {
        client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout")
                .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
    }

    List<String> pods() {
        return client.pods().inNamespace("production").list().getItems().stream()
                .map(p -> p.getMetadata().getName())
                .toList();
    }

    RollbackOperator engine() {
        return Engines.start(client, config, targets, authorizer, r -> {}, Audit.NONE, Clock.systemUTC());
    }

    Rollback rollBack(String deliveryKey, OptionalLong to) {
        String name = open(deliveryKey, to);
        approve(name);
        awaitPhase(name, Phase.SUCCEEDED);
        return now(name);
    }

    String open(String deliveryKey, OptionalLong to) {
        return open(
                new NewRollback(deliveryKey, TARGET, to, "crashes", ASKING, new RollbackSpec.Origin("C1", null), null));
    }

    void release(String image) {
        client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"checkout\",\"image\":\"%s\"}]}}}}"
                                .formatted(image));
    }

    String image() {
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

    void awaitImage(String image) {
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

    void awaitWarnings(String image) {
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

    void awaitRevisions(int count) {
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        targets.get(0).history(TARGET).orElseThrow().revisions().size() == count);
    }

    long patches() {
        return cluster.requests().stream()
                .filter(r -> r.verb().equals("patch") && r.resource().equals("deployments.apps"))
                .filter(r -> r.query().contains("fieldManager=stepback") && !r.isDryRun())
                .map(RecordedRequest::path)
                .count();
    }
}
