package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.redaction.Redactor;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.stage.Clients;
import dev.stepback.target.Attribution;
import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.target.controllerrevision.RevisionedWorkloads;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Without controllers: the world is as each test leaves it. */
class DeleteStuckPodsStepTest {
    private static final TargetRef DB = new TargetRef("production", Kind.STATEFULSET, "db");
    private static final String TEMPLATE = "{\"metadata\": {\"labels\": {\"app\": \"db\"}},"
            + " \"spec\": {\"containers\": [{\"name\": \"mysql\", \"image\": \"mysql:8.0\"}]}}";

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final KubernetesClient client = Clients.of(cluster.kubeconfig());
    private final ApiServer api = new ApiServer(client, Optional.empty());
    private final Step step = new DeleteStuckPodsStep(
            new RevisionedWorkloads(api, Kind.STATEFULSET), new Redactor(List.of()), Clock.systemUTC());
    private String uid = "";

    @BeforeEach
    void aStatefulSetWhoseTemplateIsRight() {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("production")
                        .endMetadata()
                        .build())
                .create();
        uid = create("""
            {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db", "namespace": "production"},
             "spec": {"replicas": 5, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
                      "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}, "template": %s}}
            """.formatted(TEMPLATE));
        create("""
            {"apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": 3,
             "metadata": {"name": "db-good", "namespace": "production", "labels": {"app": "db"}, "ownerReferences": [%s]},
             "data": {"spec": {"template": %s}}}
            """.formatted(
                        owner(),
                        Json.canonical(Json.parse(api.get(ApiServer.path(DB))
                                .orElseThrow()
                                .at("/spec/template")
                                .toString()))));
        observed("db-good");
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void podsThatAreOutdatedNotReadyAndAtOrAboveThePartition_areDeleted_noOthers() {
        pod(0, "db-bad", false); // below the partition
        pod(1, "db-bad", false);
        pod(2, "db-good", false); // runs the restored revision
        pod(3, "db-bad", true); // ready
        pod(4, "db-older", false);

        assertThat(start(Guard.NONE)).isEqualTo(new Step.Start.Started());

        assertThat(pods()).containsExactly("db-0", "db-2", "db-3");
    }

    @Test
    void secondStart_deletesNothingMore() {
        pod(4, "db-bad", false);
        start(Guard.NONE);
        pod(4, "db-good", false);

        assertThat(start(Guard.NONE)).isEqualTo(new Step.Start.Started());

        assertThat(pods()).containsExactly("db-4");
    }

    @Test
    void podThatBecomesReadyInBetween_isLeftAlone() {
        pod(4, "db-bad", false);

        Step.Start start = start(() -> {
            ready(4, true);
            return Optional.empty();
        });

        assertThat(start).isEqualTo(new Step.Start.Started());
        assertThat(pods()).containsExactly("db-4");
    }

    @Test
    void podThatBecomesStuckLater_isDeletedByTheSameStep() {
        for (int ordinal = 0; ordinal < 4; ordinal++) {
            pod(ordinal, "db-bad", true);
        }
        pod(4, "db-bad", false);
        start(Guard.NONE);
        pod(4, "db-good", false);
        assertThat(observe()).isEqualTo(Step.Observation.State.RUNNING);

        ready(3, false);
        assertThat(observe()).isEqualTo(Step.Observation.State.AGAIN);
        assertThat(start(Guard.NONE)).isEqualTo(new Step.Start.Started());

        assertThat(pods()).containsExactly("db-0", "db-1", "db-2", "db-4");
        assertThat(observe()).isEqualTo(Step.Observation.State.RUNNING);
    }

    @Test
    void podBelowTheApprovedPartition_isNotThePlans() {
        pod(0, "db-bad", false);
        assertThat(observe()).isEqualTo(Step.Observation.State.RUNNING);
    }

    @Test
    void targetThatIsGoneOrChanged_leavesNothingToDelete() {
        pod(4, "db-bad", false);
        StepContext approved = context(Guard.NONE);
        patch("""
            {"spec": {"template": {"spec": {"containers": [{"name": "mysql", "image": "mysql:8.1"}]}}}}
            """);
        assertThat(step.observe(approved).state()).isEqualTo(Step.Observation.State.DONE);
        db().delete();
        assertThat(step.observe(approved).state()).isEqualTo(Step.Observation.State.DONE);
    }

    @Test
    void objection_deletesNothing() {
        pod(4, "db-bad", false);
        Step.Start no = new Step.Start.NotYet("lead may not");

        assertThat(start(() -> Optional.of(no))).isEqualTo(no);

        assertThat(pods()).containsExactly("db-4");
    }

    @Test
    void controllerThatHasNotSeenTheTemplate_isWaitedFor() {
        pod(4, "db-bad", false);
        observed("db-bad");

        assertThat(start(Guard.NONE)).isInstanceOf(Step.Start.NotYet.class);

        assertThat(pods()).containsExactly("db-4");
    }

    /** Its controller would make the pod anew from its current revision, which is not the restored one. */
    @Test
    void strategyThatNamesNoPartition_getsTheDefault_andThePodGoesOnceThatIsSeen() {
        pod(4, "db-bad", false);
        patch("""
            {"spec": {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": null}}}
            """);
        observed("db-good", "db-older");

        assertThat(start(Guard.NONE)).isInstanceOf(Step.Start.NotYet.class);
        assertThat(pods()).containsExactly("db-4");
        assertThat(db().require()
                        .getSpec()
                        .getUpdateStrategy()
                        .getRollingUpdate()
                        .getPartition())
                .isZero();

        observed("db-good", "db-older");
        assertThat(start(Guard.NONE)).isEqualTo(new Step.Start.Started());
        assertThat(pods()).isEmpty();
    }

    @Test
    void strategyThatNamesNoPartition_staysAsItIs_whileThePodWouldComeBackRight() {
        pod(4, "db-bad", true);
        patch("""
            {"spec": {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": null}}}
            """);
        observed("db-good", "db-older");
        assertThat(start(Guard.NONE)).isEqualTo(new Step.Start.Started());

        ready(4, false);
        observed("db-good", "db-good");
        assertThat(start(Guard.NONE)).isEqualTo(new Step.Start.Started());

        assertThat(pods()).isEmpty();
        assertThat(db().require().getSpec().getUpdateStrategy().getRollingUpdate())
                .isNull();
    }

    @Test
    void templateThatWasChanged_voids() {
        pod(4, "db-bad", false);
        StepContext approved = context(Guard.NONE);
        patch("""
            {"spec": {"template": {"spec": {"containers": [{"name": "mysql", "image": "mysql:8.1"}]}}}}
            """);

        assertThat(step.start(approved))
                .isInstanceOfSatisfying(
                        Step.Start.Void.class, v -> assertThat(v.why()).contains("mysql:8.1"));
        assertThat(pods()).containsExactly("db-4");
    }

    @Test
    void otherStrategies_needNoDeletion() {
        pod(4, "db-bad", false);
        StepContext approved = context(Guard.NONE);
        patch("""
            {"spec": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": null}}}
            """);
        observed("db-good");

        assertThat(step.start(approved)).isEqualTo(new Step.Start.Started());
        assertThat(pods()).containsExactly("db-4");
    }

    private Step.Observation.State observe() {
        return step.observe(context(Guard.NONE)).state();
    }

    private Step.Start start(Guard guard) {
        return step.start(context(guard));
    }

    private StepContext context(Guard guard) {
        String template =
                PodTemplate.of(api.get(ApiServer.path(DB)).orElseThrow()).fingerprint();
        return new StepContext(
                DB,
                uid,
                new PlannedStep(step.type(), "", Map.of("template", template, "partition", "1")),
                new Attribution("rb-1", "Ana", List.of("Lea"), "", false),
                guard);
    }

    private String create(String json) {
        return client.resource(client.getKubernetesSerialization().unmarshal(json, GenericKubernetesResource.class))
                .create()
                .getMetadata()
                .getUid();
    }

    private String owner() {
        return """
            {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "uid": "%s", "controller": true}\
            """.formatted(uid);
    }

    /** The controller has seen the newest spec, and this is the revision that it makes pods of. */
    private void observed(String revision) {
        observed(revision, "");
    }

    /** @param current what its pods had before, or the same once all have the newest */
    private void observed(String revision, String current) {
        long generation = db().require().getMetadata().getGeneration();
        db().subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\": {\"replicas\": 5, \"observedGeneration\": %d, \"updateRevision\": \"%s\", \"currentRevision\": \"%s\"}}"
                                .formatted(generation, revision, current));
    }

    private void patch(String merged) {
        db().patch(PatchContext.of(PatchType.JSON_MERGE), merged);
    }

    private RollableScalableResource<StatefulSet> db() {
        return client.apps().statefulSets().inNamespace("production").withName("db");
    }

    private void pod(int ordinal, String revision, boolean ready) {
        create("""
            {"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": "db-%d", "namespace": "production", "ownerReferences": [%s],
                          "labels": {"app": "db", "controller-revision-hash": "%s"}},
             "spec": {"terminationGracePeriodSeconds": 0, "containers": [{"name": "mysql", "image": "mysql:8.4"}]}}
            """.formatted(ordinal, owner(), revision));
        ready(ordinal, ready);
    }

    private void ready(int ordinal, boolean ready) {
        client.pods()
                .inNamespace("production")
                .withName("db-" + ordinal)
                .editStatus(pod -> new PodBuilder(pod)
                        .withNewStatus()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus(ready ? "True" : "False")
                        .endCondition()
                        .endStatus()
                        .build());
    }

    private List<String> pods() {
        return client.pods().inNamespace("production").list().getItems().stream()
                .map(pod -> pod.getMetadata().getName())
                .sorted()
                .toList();
    }
}
