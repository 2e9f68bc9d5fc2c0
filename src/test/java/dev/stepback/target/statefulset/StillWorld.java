package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.stage.Clients;
import dev.stepback.stage.ManualClock;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.daemonset.DaemonSetTarget;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.Yaml;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Three releases, each with one container: {@code 1} is the oldest. There are no controllers: the world is as each test leaves
 * it.
 */
final class StillWorld implements AutoCloseable {
    static final String LONG_AGO = "2026-11-21T10:00:00Z";
    static final String JUST_NOW = "2026-11-21T11:59:00Z";

    private final ManualClock clusterTime = new ManualClock("2026-11-21T11:55:00Z");
    private final SandboxCluster cluster = SandboxCluster.start(0, clusterTime);
    private final KubernetesClient client = Clients.of(cluster.kubeconfig());
    Kind kind = Kind.STATEFULSET;
    String management = "OrderedReady";
    int start;
    private String uid = "";
    Instant now = Instant.parse("2026-11-21T12:00:00Z");

    void warning(String pod, String reason) {
        String podUid = client.pods()
                .inNamespace("production")
                .withName(pod)
                .require()
                .getMetadata()
                .getUid();
        create("""
            {apiVersion: v1, kind: Event, metadata: {generateName: e-, namespace: production}, type: Warning,
             reason: %s, message: told so, lastTimestamp: "%s", involvedObject: {kind: Pod, name: %s, namespace: production, uid: %s}}
            """.formatted(reason, reason.equals("Unhealthy") ? JUST_NOW : LONG_AGO, pod, podUid));
    }

    void minuteLater() {
        clusterTime.advance(Duration.ofMinutes(1));
    }

    TargetType target() {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        return kind == Kind.STATEFULSET
                ? StatefulSetTarget.of(client, new Redactor(List.of()), clock)
                : DaemonSetTarget.of(client, new Redactor(List.of()), clock);
    }

    TargetRef ref() {
        return new TargetRef("production", kind, "w");
    }

    /** Notes twice: the second time changes nothing. */
    void note() {
        target().noteFailedRollouts(ref());
        long marks = marks();
        target().noteFailedRollouts(ref());
        assertThat(marks()).isEqualTo(marks);
    }

    List<String> known() {
        return target().failedRollouts(ref()).entrySet().stream()
                .map(e -> e.getKey() + " " + detail(e.getValue()))
                .toList();
    }

    private static String detail(BadRevision bad) {
        assertThat(bad.why()).isEqualTo(BadRevision.Why.ROLLOUT_FAILED);
        return bad.detail();
    }

    long marks() {
        return client.apps().controllerRevisions().inNamespace("production").list().getItems().stream()
                .filter(r -> r.getMetadata().getAnnotations() != null
                        && r.getMetadata().getAnnotations().containsKey("stepback.dev/rollout-failed"))
                .count();
    }

    void workload(String strategy, int revision) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("production")
                        .endMetadata()
                        .build())
                .create();
        String replicas = kind == Kind.STATEFULSET
                ? "replicas: 4, serviceName: w, podManagementPolicy: %s, ordinals: {start: %d},"
                        .formatted(management, start)
                : "";
        uid = create("""
            {apiVersion: apps/v1, kind: %s, metadata: {name: w, namespace: production},
             spec: {%s selector: {matchLabels: {app: w}}, updateStrategy: {type: %s}, template: %s}}
            """.formatted(kind.apiName(), replicas, strategy, template("1")));
        revision(1);
        for (int number = 2; number <= revision; number++) {
            release(number);
        }
    }

    void release(int number) {
        template(number);
        revision(number);
    }

    void template(int number) {
        merge("{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"w:%d\"}]}}}}"
                .formatted(number));
    }

    private static String template(String tag) {
        return "{metadata: {labels: {app: w}}, spec: {containers: [{name: main, image: 'w:%s'}]}}".formatted(tag);
    }

    /** Has the live template, with all that the API server has filled in. */
    private void revision(int number) {
        ObjectNode live = live();
        create("""
            {"apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": %d,
             "metadata": {"name": "w-%d", "namespace": "production",
                          "labels": {"app": "w", "controller-revision-hash": "w-%d"}, "ownerReferences": [%s]},
             "data": {"spec": {"template": %s}}}
            """.formatted(number, number, number, owner(), Json.canonical(live.at("/spec/template"))));
    }

    ObjectNode live() {
        return (ObjectNode) Json.parse(client.getKubernetesSerialization().asJson(object().get()));
    }

    private String owner() {
        return "{\"apiVersion\": \"apps/v1\", \"kind\": \"%s\", \"name\": \"w\", \"uid\": \"%s\", \"controller\": true}"
                .formatted(kind.apiName(), uid);
    }

    void pod(String revision, int ordinal, String state, String ready, String since) {
        String name = "w-" + ordinal;
        create("""
            {apiVersion: v1, kind: Pod,
             metadata: {name: %s, namespace: production, labels: {app: w, controller-revision-hash: %s},
                        ownerReferences: [%s]},
             spec: {nodeName: node-%d, containers: [{name: main, image: 'w:1'}]}}
            """.formatted(name, revision, owner(), ordinal));
        client.pods()
                .inNamespace("production")
                .withName(name)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                    {"status": {"phase": "Running",
                      "conditions": [{"type": "Ready", "status": "%s", "lastTransitionTime": "%s"}],
                      "containerStatuses": [{"name": "main", "image": "w", "imageID": "", "ready": %s,
                        "restartCount": 0, "state": %s}]}}
                    """.formatted(
                                ready, since, ready.equals("True"), Json.canonical(Yaml.parse(state))));
    }

    void deletePods() {
        client.pods().inNamespace("production").withGracePeriod(0).delete();
    }

    void status(String status) {
        long generation = object().get().getMetadata().getGeneration();
        object().subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\": %s}"
                                .formatted(Json.canonical(Yaml.parse(
                                        "{replicas: 4, observedGeneration: %d, %s}".formatted(generation, status)))));
    }

    private io.fabric8.kubernetes.client.dsl.Resource<GenericKubernetesResource> object() {
        return client.genericKubernetesResources("apps/v1", kind.apiName())
                .inNamespace("production")
                .withName("w");
    }

    /** Written by somebody else than Stepback. */
    void merge(String patch) {
        object().patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    void patchRevision(String name, String patch) {
        client.apps()
                .controllerRevisions()
                .inNamespace("production")
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    private String create(String manifest) {
        return client.resource(Json.canonical(Yaml.parse(manifest)))
                .create()
                .getMetadata()
                .getUid();
    }

    @Override
    public void close() {
        client.close();
        cluster.close();
    }
}
