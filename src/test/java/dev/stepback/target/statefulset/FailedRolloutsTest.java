package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.daemonset.DaemonSetTarget;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.Yaml;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Three releases, each with one container: {@code 1} is the oldest. There are no controllers: the world is as each test leaves
 * it.
 */
class FailedRolloutsTest {
    private static final String LONG_AGO = "2026-11-21T10:00:00Z";
    private static final String JUST_NOW = "2026-11-21T11:59:00Z";
    private static final String CRASH = "{waiting: {reason: CrashLoopBackOff}}";
    private static final String PULL = "{waiting: {reason: ErrImagePull, message: not found}}";
    private static final String RUNS = "{running: {}}";

    private final SandboxCluster cluster =
            SandboxCluster.start(0, Clock.fixed(Instant.parse("2026-11-21T11:55:00Z"), ZoneOffset.UTC));
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(cluster.kubeconfig()))
            .build();
    private Kind kind = Kind.STATEFULSET;
    private String uid = "";
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void revisionInTrouble_isKnownBadOnceItIsReplacedBeforeItsEnd() {
        workload("RollingUpdate", 2);
        status("updateRevision: w-2, currentRevision: w-1");
        pod("w-2", 2, PULL, "False", JUST_NOW);

        assertThat(known()).isEmpty(); // it may still come right
        note();
        release(3);
        status("updateRevision: w-3, currentRevision: w-1");
        deletePods();

        assertThat(known()).containsExactly("w-2 ErrImagePull: not found");
    }

    @Test
    void revisionThatCameRight_isNoLongerNoted() {
        workload("RollingUpdate", 2);
        status("updateRevision: w-2, currentRevision: w-1");
        pod("w-2", 2, CRASH, "False", JUST_NOW);
        note();
        assertThat(marks()).isEqualTo(1);

        status("updateRevision: w-2, currentRevision: w-2");
        note();
        release(3);
        status("updateRevision: w-3, currentRevision: w-2");

        assertThat(marks()).isZero();
        assertThat(known()).isEmpty();
    }

    /** It came right and was replaced before anybody looked. */
    @Test
    void revisionWhoseRolloutEndedLast_isGood_whateverIsNoted() {
        workload("RollingUpdate", 2);
        status("updateRevision: w-2, currentRevision: w-1");
        pod("w-2", 2, CRASH, "False", JUST_NOW);
        note();
        release(3);
        status("updateRevision: w-3, currentRevision: w-2");

        assertThat(known()).isEmpty();
        note();
        assertThat(marks()).isZero();
    }

    /** As a DaemonSet whose rollout takes hours. */
    @Test
    void troubleThatIsOverInTheMiddleOfTheRollout_isForgotten() {
        workload("RollingUpdate", 2);
        status("updateRevision: w-2, currentRevision: w-1");
        pod("w-2", 2, CRASH, "False", JUST_NOW);
        note();
        assertThat(marks()).isEqualTo(1);
        deletePods();
        pod("w-2", 2, RUNS, "True", "2026-11-21T11:59:30Z");
        note();
        assertThat(marks()).isEqualTo(1); // it may crash again

        now = Instant.parse("2026-11-21T12:01:00Z");
        note();

        assertThat(marks()).isZero();
    }

    @Test
    void podThatFailsItsProbeWhileItStarts_saysNothing() {
        workload("RollingUpdate", 2);
        status("updateRevision: w-2, currentRevision: w-1");
        pod("w-2", 2, RUNS, "False", "2026-11-21T11:59:30Z");
        warning("w-2", "Unhealthy");

        note();

        assertThat(marks()).isZero();
    }

    @Test
    void revisionThatIsUsedAgain_getsAnotherChance() {
        workload("RollingUpdate", 2);
        status("updateRevision: w-2, currentRevision: w-1");
        pod("w-2", 2, CRASH, "False", JUST_NOW);
        note();
        deletePods();
        release(3);
        status("updateRevision: w-3, currentRevision: w-1");
        assertThat(known()).hasSize(1);

        patchRevision("w-2", "{\"revision\": 4}");

        assertThat(known()).isEmpty();
    }

    @Test
    void podsThatBreakAfterTheEnd_sayNothing() {
        workload("RollingUpdate", 2);
        status("updateRevision: w-2, currentRevision: w-2");
        pod("w-2", 0, CRASH, "False", LONG_AGO);
        pod("w-2", 1, CRASH, "False", LONG_AGO);

        note();

        assertThat(marks()).isZero();
        assertThat(known()).isEmpty();
    }

    @Test
    void podsOfTheRevisionThatServes_sayNothing_whileAnotherIsRolledOut() {
        workload("RollingUpdate", 3);
        status("updateRevision: w-3, currentRevision: w-2");
        pod("w-2", 0, CRASH, "False", LONG_AGO);
        pod("w-3", 2, RUNS, "True", JUST_NOW);

        note();

        assertThat(marks()).isZero();
        assertThat(known()).isEmpty();
    }

    /** What kubectl's undo leaves behind: the restored revision is not to blame. */
    @Test
    void podThatIsStuckOnAnotherRevision_isNotTheFaultOfTheRestoredOne() {
        workload("RollingUpdate", 2);
        patchRevision("w-1", "{\"revision\": 3}");
        template(1);
        status("updateRevision: w-1, currentRevision: w-1");
        pod("w-2", 2, CRASH, "False", LONG_AGO);

        assertThat(known()).containsExactly("w-2 CrashLoopBackOff");
    }

    @Test
    void podThatIsNotReadyForTooLong_failsTheCurrentRevision() {
        workload("RollingUpdate", 2);
        status("updateRevision: w-2, currentRevision: w-1");
        pod("w-2", 2, RUNS, "False", JUST_NOW);
        assertThat(known()).isEmpty();

        now = Instant.parse("2026-11-21T12:09:00Z");

        assertThat(known()).containsExactly("w-2 its pods did not become ready");
        note();
        assertThat(marks()).isEqualTo(1);
    }

    @Test
    void podWhoseProbeFails_countsOnceItsRevisionIsReplaced_alsoWhenThePodHasGone() {
        workload("RollingUpdate", 2);
        status("updateRevision: w-2, currentRevision: w-1");
        pod("w-2", 2, RUNS, "False", JUST_NOW);
        warning("w-2", "FailedScheduling");
        note();
        assertThat(marks()).isZero(); // there was no room for it
        warning("w-2", "Unhealthy");
        note();
        release(3);
        status("updateRevision: w-3, currentRevision: w-1");
        deletePods();

        assertThat(known()).containsExactly("w-2 Unhealthy: told so");
    }

    @Test
    void warningAboutThePodThatHadTheNameBefore_saysNothing() {
        workload("RollingUpdate", 2);
        status("updateRevision: w-2, currentRevision: w-1");
        pod("w-1", 2, RUNS, "False", JUST_NOW);
        warning("w-2", "Unhealthy");
        deletePods();
        pod("w-2", 2, RUNS, "False", JUST_NOW);

        note();

        assertThat(marks()).isZero();
    }

    private void warning(String pod, String reason) {
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

    @Test
    void podOfANodeThatIsNotHeardOf_saysNothing() {
        workload("RollingUpdate", 2);
        status("updateRevision: w-2, currentRevision: w-1");
        pod("w-2", 2, RUNS, "Unknown", LONG_AGO);

        note();

        assertThat(marks()).isZero();
    }

    @Test
    void daemonSet_failsWhileOlderPodsRun_andNotAfterwards() {
        kind = Kind.DAEMONSET;
        workload("RollingUpdate", 2);
        status("desiredNumberScheduled: 2");
        pod("w-1", 0, RUNS, "True", LONG_AGO);
        pod("w-2", 1, CRASH, "False", JUST_NOW);
        note();
        assertThat(marks()).isEqualTo(1);

        deletePods();
        pod("w-2", 0, RUNS, "True", JUST_NOW);
        pod("w-2", 1, CRASH, "False", JUST_NOW);
        note();

        assertThat(marks()).isZero();
    }

    @Test
    void partition_countsOnlyThePodsThatAreReplaced() {
        workload("RollingUpdate, rollingUpdate: {partition: 2}", 2);
        status("updateRevision: w-2, currentRevision: w-1");
        pod("w-1", 1, RUNS, "True", LONG_AGO);
        pod("w-2", 2, CRASH, "False", JUST_NOW);
        note();
        assertThat(marks()).isZero(); // the only pod that gets it has it

        pod("w-1", 3, RUNS, "True", LONG_AGO);
        note();

        assertThat(marks()).isEqualTo(1);
    }

    private TargetType target() {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        return kind == Kind.STATEFULSET
                ? StatefulSetTarget.of(client, new Redactor(List.of()), clock)
                : DaemonSetTarget.of(client, new Redactor(List.of()), clock);
    }

    private TargetRef ref() {
        return new TargetRef("production", kind, "w");
    }

    private void note() {
        target().noteFailedRollouts(ref());
        long marks = marks();
        target().noteFailedRollouts(ref());
        assertThat(marks()).isEqualTo(marks);
    }

    private List<String> known() {
        return target().failedRollouts(ref()).entrySet().stream()
                .map(e -> e.getKey() + " " + detail(e.getValue()))
                .toList();
    }

    private static String detail(BadRevision bad) {
        assertThat(bad.why()).isEqualTo(BadRevision.Why.ROLLOUT_FAILED);
        return bad.detail();
    }

    private long marks() {
        return client.apps().controllerRevisions().inNamespace("production").list().getItems().stream()
                .filter(r -> r.getMetadata().getAnnotations() != null
                        && r.getMetadata().getAnnotations().containsKey("stepback.dev/rollout-failed"))
                .count();
    }

    private void workload(String strategy, int revision) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("production")
                        .endMetadata()
                        .build())
                .create();
        String replicas = kind == Kind.STATEFULSET ? "replicas: 4, serviceName: w," : "";
        uid = create("""
            {apiVersion: apps/v1, kind: %s, metadata: {name: w, namespace: production},
             spec: {%s selector: {matchLabels: {app: w}}, updateStrategy: {type: %s}, template: %s}}
            """.formatted(kind.apiName(), replicas, strategy, template("1")));
        revision(1);
        for (int number = 2; number <= revision; number++) {
            release(number);
        }
    }

    private void release(int number) {
        template(number);
        revision(number);
    }

    private void template(int number) {
        merge("{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"w:%d\"}]}}}}"
                .formatted(number));
    }

    private static String template(String tag) {
        return "{metadata: {labels: {app: w}}, spec: {containers: [{name: main, image: 'w:%s'}]}}".formatted(tag);
    }

    /** Has the live template, with all that the API server has filled in. */
    private void revision(int number) {
        ObjectNode live =
                (ObjectNode) Json.parse(client.getKubernetesSerialization().asJson(object().get()));
        create("""
            {"apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": %d,
             "metadata": {"name": "w-%d", "namespace": "production",
                          "labels": {"app": "w", "controller-revision-hash": "w-%d"}, "ownerReferences": [%s]},
             "data": {"spec": {"template": %s}}}
            """.formatted(number, number, number, owner(), Json.canonical(live.at("/spec/template"))));
    }

    private String owner() {
        return "{\"apiVersion\": \"apps/v1\", \"kind\": \"%s\", \"name\": \"w\", \"uid\": \"%s\", \"controller\": true}"
                .formatted(kind.apiName(), uid);
    }

    private void pod(String revision, int ordinal, String state, String ready, String since) {
        String name = "w-" + ordinal;
        create("""
            {apiVersion: v1, kind: Pod,
             metadata: {name: %s, namespace: production, labels: {app: w, controller-revision-hash: %s},
                        ownerReferences: [%s]},
             spec: {containers: [{name: main, image: 'w:1'}]}}
            """.formatted(name, revision, owner()));
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

    private void deletePods() {
        client.pods().inNamespace("production").withGracePeriod(0).delete();
    }

    private void status(String status) {
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

    private void merge(String patch) {
        object().patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    private void patchRevision(String name, String patch) {
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
}
