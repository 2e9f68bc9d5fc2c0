package dev.stepback.target.workload.preflight;

import dev.stepback.redaction.Redactor;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.stage.Clients;
import dev.stepback.stage.ManualClock;
import dev.stepback.target.Finding;
import dev.stepback.target.Finding.Verdict;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.TargetRef;
import dev.stepback.target.deployment.DeploymentTarget;
import dev.stepback.target.workload.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster without controllers, whose time goes on when the test says so, with one Deployment {@code web} of two
 * revisions: what is checked is made through the API, and the plan goes back to revision 1.
 */
final class Ground implements BeforeEachCallback, AfterAllCallback {
    private final ManualClock clock = new ManualClock("2026-11-20T10:00:00Z");
    final SandboxCluster cluster = SandboxCluster.start(0, clock);
    final KubernetesClient client = Clients.of(cluster.kubeconfig());
    private String namespace = "none";
    private int namespaces;

    void later(Duration time) {
        clock.advance(time);
    }

    Instant now() {
        return clock.instant();
    }

    TargetRef ref() {
        return new TargetRef(namespace, Kind.DEPLOYMENT, "web");
    }

    /** A namespace of its own for each test. */
    @Override
    public void beforeEach(ExtensionContext context) {
        newNamespace();
    }

    void newNamespace() {
        namespace = "ns-" + ++namespaces;
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    HasMetadata item(String yaml) {
        return client.resource(Yaml.parse(yaml).toString()).item();
    }

    /** Makes or changes objects, in the namespace of the test where they belong to one. */
    void apply(String... yaml) {
        for (String one : yaml) {
            HasMetadata wanted = item(one);
            client.resource(wanted).inNamespace(namespace).createOr(known -> known.update());
        }
    }

    void status(String yaml) {
        HasMetadata wanted = item(yaml);
        client.resource(wanted).inNamespace(namespace).updateStatus();
    }

    void delete(String yaml) {
        HasMetadata gone = item(yaml);
        client.resource(gone).inNamespace(namespace).delete();
    }

    /** Two revisions with these pod specs; the second runs. */
    void released(String restored, String current) {
        released(restored, current, "");
    }

    /** @param more what else there is in the Deployment's spec, in YAML */
    void released(String restored, String current, String more) {
        released("{app: web}", restored, "{app: web}", current, more);
    }

    void released(String oldLabels, String restored, String newLabels, String current, String more) {
        apply("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, annotations: {deployment.kubernetes.io/revision: '2'}}
            spec: {replicas: 4, selector: {matchLabels: {app: web}}, template: {metadata: {labels: %s}, spec: %s}%s}
            """.formatted(newLabels, current, more.isEmpty() ? "" : ", " + more));
        Deployment web = client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName("web")
                .require();
        String uid = web.getMetadata().getUid();
        replicaSet(1, uid, oldLabels, restored);
        replicaSet(2, uid, newLabels, current);
    }

    private void replicaSet(int revision, String uid, String labels, String spec) {
        String hashed = labels.replace("}", ", pod-template-hash: h" + revision + "}");
        apply("""
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata:
              name: web-h%d
              labels: %s
              annotations: {deployment.kubernetes.io/revision: '%d'}
              ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: %s, controller: true}]
            spec: {replicas: 0, selector: {matchLabels: {app: web, pod-template-hash: h%d}}, template: {metadata: {labels: %s}, spec: %s}}
            """.formatted(revision, hashed, revision, uid, revision, hashed, spec));
    }

    Plan plan() {
        DeploymentTarget target = new DeploymentTarget(client, new Redactor(List.of()), clock);
        PlanResult result = target.plan(ref(), PlanRequest.again(1, PlanOptions.NONE));
        return ((PlanResult.Planned) result).plan();
    }

    /** What one check says: verdicts and messages, in lines. */
    String says(String check) {
        return plan().findings().stream()
                .filter(f -> f.check().equals(check))
                .map(f -> f.verdict() + " " + f.message())
                .collect(Collectors.joining("\n"));
    }

    List<Finding> complaints() {
        return plan().findings().stream()
                .filter(f -> f.verdict() != Verdict.PASS)
                .toList();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        client.close();
        cluster.close();
    }
}
