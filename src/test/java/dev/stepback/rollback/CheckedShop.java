package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEADING;
import static org.awaitility.Awaitility.await;

import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.policy.Permission;
import dev.stepback.policy.Policy;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.cluster.controller.Controllers;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.stage.Stage;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.daemonset.DaemonSetTarget;
import dev.stepback.target.deployment.DeploymentTarget;
import dev.stepback.target.job.DataCheck;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.statefulset.StatefulSetTarget;
import dev.stepback.target.workload.Json;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A cluster with a database that was upgraded, and a check that starts the older version on the data. As in life, {@code
 * mysql:8.0} cannot open what {@code 8.4} has written, but what {@code 8.0.1} has.
 */
final class CheckedShop implements InProduction, AutoCloseable {
    static final TargetRef DB = new TargetRef("production", Kind.STATEFULSET, "db");

    /** Starts the revision to restore on the first pod's volume. */
    static final String STARTS_ON_THE_DATA = """
        {"spec": {"template": {"spec": {
          "containers": [{"name": "mysqld", "image": "$(STEPBACK_TO_IMAGE)", "args": ["--check"],
            "volumeMounts": [{"name": "data", "mountPath": "/var/lib/mysql"}]}],
          "volumes": [{"name": "data",
            "persistentVolumeClaim": {"claimName": "data-$(STEPBACK_NAME)-0", "readOnly": true}}]}}}}
        """;

    /** Ends at once, and well. */
    static final String PASSES = job("shop/check:1");

    /** Never ends. */
    static final String HANGS = job("shop/check:1-unready");

    final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    final KubernetesClient client = Shop.client(cluster.kubeconfig());
    volatile Policy policy = Policy.DEFAULT;

    /** What the next engine takes for the time. */
    volatile Clock clock = Clock.systemUTC();

    volatile List<DataCheck> checks = List.of(check("mysql-data", STARTS_ON_THE_DATA));
    private final Controllers controllers = Controllers.start(cluster.store(), Clock.systemUTC(), KubeletTiming.fast());
    private final StepbackConfig config = StepbackConfig.defaults();
    private final DataChecks configured = (target, labels) -> checks;
    private final Redactor redactor = new Redactor(config.redaction().secretNames());
    private final List<TargetType> targets = List.of(
            new DeploymentTarget(client, redactor, Clock.systemUTC(), configured),
            DaemonSetTarget.of(client, redactor, Clock.systemUTC(), configured),
            StatefulSetTarget.of(client, redactor, Clock.systemUTC(), configured));
    final People people = new People();
    private final Authorizer authorizer = Shop.authorizer(client, () -> policy, people);
    final KubernetesRollbacks rollbacks =
            new KubernetesRollbacks(client, config, authorizer, targets, Clock.systemUTC());
    private Optional<RollbackOperator> operator = Optional.empty();

    @Override
    public KubernetesRollbacks rollbacks() {
        return rollbacks;
    }

    CheckedShop() {
        Stage.install(client, "production", "default");
        engine();
    }

    static DataCheck check(String name, String template) {
        return new DataCheck(name, Duration.ofMinutes(1), Duration.ofHours(1), false, Json.parse(template));
    }

    /** Says this and exits with this code. */
    static String saying(String words, int code) {
        return """
            {"spec": {"template": {
              "metadata": {"annotations": {"sandbox.stepback.dev/log": "%s"}},
              "spec": {"containers": [{"name": "check", "image": "shop/check:1-exit%d"}]}}}}
            """.formatted(words, code);
    }

    static String job(String image) {
        return """
            {"spec": {"template": {"spec": {"containers": [{"name": "check", "image": "%s"}]}}}}
            """.formatted(image);
    }

    /** A database that was upgraded from 8.0 to another version. */
    CheckedShop database(String version) {
        return database(version, 1);
    }

    CheckedShop database(String version, int replicas) {
        client.resource("""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: production, labels: {app: db}}
            spec:
              replicas: %d
              serviceName: db
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db}}
                spec: {containers: [{name: mysql, image: 'mysql:8.0', env: [{name: MODE, value: strict}]}]}
              volumeClaimTemplates:
              - metadata: {name: data}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """.formatted(replicas)).create();
        awaitUpdated();
        deploy(version);
        awaitUpdated();
        return this;
    }

    void deploy(String version) {
        patch("{\"spec\":{\"template\":{\"spec\":{\"containers\":" + "[{\"name\":\"mysql\",\"image\":\"mysql:" + version
                + "\"}]}}}}");
    }

    void patch(String merged) {
        client.apps()
                .statefulSets()
                .inNamespace("production")
                .withName("db")
                .patch(PatchContext.of(PatchType.JSON_MERGE), merged);
    }

    /** One of another kind, with a second revision. */
    TargetRef workload(Kind kind) {
        String manifest = """
            apiVersion: apps/v1
            kind: %s
            metadata: {name: web, namespace: production}
            spec:
              selector: {matchLabels: {app: %s}}
              template:
                metadata: {labels: {app: %s}}
                spec: {containers: [{name: web, image: 'shop/web:%d'}]}
            """;
        String app = kind.lowerCase();
        TargetRef target = new TargetRef("production", kind, "web");
        for (int version = 1; version <= 2; version++) {
            client.resource(manifest.formatted(kind.apiName(), app, app, version))
                    .serverSideApply();
            int wanted = version;
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> targets.stream()
                            .filter(t -> t.kind() == kind)
                            .flatMap(t -> t.history(target).stream())
                            .anyMatch(h -> h.revisions().size() == wanted));
        }
        return target;
    }

    /** As the Job controller does when a Job has succeeded. */
    void complete(Job job) {
        client.resource(new JobBuilder(job)
                        .editOrNewStatus()
                        .withCompletionTime(Instant.now().toString())
                        .addNewCondition()
                        .withType("Complete")
                        .withLastTransitionTime(Instant.now().toString())
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build())
                .patchStatus();
    }

    /** Writes another Job into the plan of a Rollback, as somebody could who may write its status. */
    void forge(String name, String job) {
        Rollback rollback = now(name);
        Plan plan = plan(name);
        List<PlannedStep> steps = new ArrayList<>(plan.steps());
        PlannedStep check = steps.get(0);
        Map<String, String> parameters = new HashMap<>(check.parameters());
        parameters.put("job", job);
        steps.set(0, new PlannedStep(check.type(), check.description(), parameters));
        Plan forged = Plan.of(DB, plan.targetUid(), plan.from(), plan.to(), plan.changes(), plan.findings(), steps);
        new Store(client).updateStatus(rollback, rollback.statusOrInitial().with(s -> s.plan = forged));
    }

    void awaitUpdated() {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            var db = client.apps()
                    .statefulSets()
                    .inNamespace("production")
                    .withName("db")
                    .get();
            var status = db.getStatus();
            return status != null
                    && Objects.equals(
                            status.getObservedGeneration(), db.getMetadata().getGeneration())
                    && Objects.equals(status.getUpdateRevision(), status.getCurrentRevision())
                    && Objects.equals(db.getSpec().getReplicas(), status.getReadyReplicas());
        });
    }

    /** Lead may also go alone with what she asks for. */
    CheckedShop leadMayBreakGlass() {
        policy = Policies.of(
                Policies.rule(1),
                Policies.may("members", Permission.REQUEST, Permission.APPROVE),
                Policies.may(Examples.LEAD.id(), Permission.BREAK_GLASS));
        return this;
    }

    void engine() {
        stopEngine();
        operator = Optional.of(Engines.start(client, config, targets, authorizer, r -> {}, Audit.NONE, clock));
    }

    void stopEngine() {
        operator.ifPresent(RollbackOperator::close);
        operator = Optional.empty();
    }

    /** Asks for it, waits for its plan, and approves that. */
    String approved(String key) {
        String name = planned(key, DB, ASKING);
        approve(name);
        return name;
    }

    /** Lead goes alone with what she has asked for. */
    void breakGlass(String name) {
        decide(
                name,
                new NewDecision(
                        Verdict.BrokeGlass,
                        LEADING,
                        plan(name).hash(),
                        authorizer.toType(now(name), Verdict.BrokeGlass),
                        "the data is lost anyway"));
    }

    String planned(String key, TargetRef target, Actor by) {
        return open(new NewRollback(
                key, target, OptionalLong.empty(), "broken", by, new RollbackSpec.Origin("C1", null), null));
    }

    List<Job> jobs() {
        return client.batch().v1().jobs().inNamespace("production").list().getItems();
    }

    List<Pod> checkPods() {
        return client.pods()
                .inNamespace("production")
                .withLabel("job-name")
                .list()
                .getItems();
    }

    String image() {
        return client.apps()
                .statefulSets()
                .inNamespace("production")
                .withName("db")
                .get()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
    }

    @Override
    public void close() throws Exception {
        stopEngine();
        client.close();
        controllers.close();
        cluster.close();
    }
}
