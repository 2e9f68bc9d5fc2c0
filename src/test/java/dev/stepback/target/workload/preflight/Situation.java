package dev.stepback.target.workload.preflight;

import dev.stepback.redaction.Redactor;
import dev.stepback.stage.ParityCluster;
import dev.stepback.stage.Stage;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.deployment.DeploymentTarget;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.statefulset.StatefulSetTarget;
import dev.stepback.target.workload.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;

/**
 * A namespace whose objects the test makes, with one workload {@code web} that the cluster's own controllers roll out: the
 * plan goes back to its first revision. {@code NAMESPACE} in YAML is the namespace's name.
 */
final class Situation {
    private final KubernetesClient client;
    private final String namespace;
    private final Kind kind;

    Situation(ParityCluster cluster, String name, Kind kind) {
        this.client = cluster.client();
        this.kind = kind;
        namespace = cluster.another(name);
    }

    TargetRef ref() {
        return new TargetRef(namespace, kind, "web");
    }

    /** Makes or changes objects; a status is written, too, where no controller does. */
    void apply(String... yaml) {
        for (String one : yaml) {
            HasMetadata wanted = item(one);
            client.resource(wanted).inNamespace(namespace).forceConflicts().serverSideApply();
            if (one.contains("status:") && !hasController(wanted)) {
                client.resource(wanted).inNamespace(namespace).updateStatus();
            }
        }
    }

    /** None is at work in the sandbox. A real cluster counts quotas; that it scales and counts budgets is not asked of it. */
    private static boolean hasController(HasMetadata object) {
        return Stage.isReal() && object.getKind().equals("ResourceQuota");
    }

    void delete(String kind, String name) {
        String version = kind.equals("PriorityClass") ? "scheduling.k8s.io/v1" : "v1";
        client.resource(item("{apiVersion: %s, kind: %s, metadata: {name: %s}}".formatted(version, kind, name)))
                .inNamespace(namespace)
                .delete();
    }

    private HasMetadata item(String yaml) {
        return client.resource(Yaml.parse(yaml.replace("NAMESPACE", namespace)).toString())
                .item();
    }

    /** Rolls out what was applied: until its controller has made this revision, and, if wanted, until its pods are ready. */
    void released(String yaml, int revision, boolean ready) {
        apply(yaml);
        await(() -> target(client).history(ref()).orElseThrow().revisions().size() == revision);
        if (ready) {
            await(() -> says("rollout").equals("PASS No other rollout is in progress."));
        }
    }

    /** What one check says: verdicts and messages, in lines. */
    String says(String check) {
        return says(check, target(client), PlanOptions.NONE, Map.of());
    }

    String says(String check, TargetType target, PlanOptions options, Map<String, BadRevision> knownBad) {
        var request = new PlanRequest(Operation.UNDO, OptionalLong.of(1), knownBad, options);
        PlanResult result = target.plan(ref(), request);
        if (!(result instanceof PlanResult.Planned planned)) {
            throw new AssertionError(result);
        }
        List<Finding> findings = planned.plan().findings();
        return findings.stream()
                .filter(f -> f.check().equals(check))
                .map(f -> f.verdict() + " " + f.message())
                .collect(Collectors.joining("\n"));
    }

    /** Without data checks. */
    TargetType target(KubernetesClient client) {
        return target(client, DataChecks.NONE);
    }

    TargetType target(KubernetesClient client, DataChecks checks) {
        Redactor redactor = new Redactor(List.of());
        return kind == Kind.DEPLOYMENT
                ? new DeploymentTarget(client, redactor, Clock.systemUTC(), checks)
                : StatefulSetTarget.of(client, redactor, Clock.systemUTC(), checks);
    }

    static void await(Callable<Boolean> condition) {
        patiently().until(condition);
    }

    static void eventually(ThrowingRunnable assertion) {
        patiently().untilAsserted(assertion);
    }

    private static ConditionFactory patiently() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(Stage.isReal() ? 60 : 20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50));
    }
}
