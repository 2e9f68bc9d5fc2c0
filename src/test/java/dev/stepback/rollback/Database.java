package dev.stepback.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.stage.Stage;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.Json;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * A StatefulSet of a {@link MortalShop} at the second of two revisions. Where no controller works, the test lets one look at
 * it whenever it likes.
 */
final class Database {
    static final int REPLICAS = 2;
    private static int made;

    private final MortalShop shop;
    private final boolean ready;
    private final String name = "db-" + ++made;

    /** @param ready whether pods of the first revision get ready */
    Database(MortalShop shop, boolean ready) {
        this.shop = shop;
        this.ready = ready;
        release(1, 0);
        if (Stage.isReal()) {
            await().atMost(Duration.ofSeconds(60)).until(() -> status().getUpdateRevision() != null);
            release(2, REPLICAS);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Objects.equals(status().getReadyReplicas(), REPLICAS)
                            && Objects.equals(status().getCurrentRevision(), status().getUpdateRevision()));
            return;
        }
        revision(1);
        release(2, REPLICAS);
        revision(2);
        lookAt(live(), 2, List.of());
    }

    private String image(int revision) {
        return "shop.example/db:" + revision + (revision == 1 && !ready ? "-unready" : "");
    }

    private void release(int revision, int replicas) {
        shop.apply("""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: %1$s}
            spec:
              replicas: %2$d
              serviceName: %1$s
              podManagementPolicy: Parallel
              updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}}
              selector: {matchLabels: {app: %1$s}}
              template:
                metadata: {labels: {app: %1$s}}
                spec: {terminationGracePeriodSeconds: 0, containers: [{name: db, image: '%3$s'}]}
            """.formatted(name, replicas, image(revision)));
    }

    /** Has the live template, with all that the API server has filled in. */
    private void revision(int number) {
        ObjectNode live =
                (ObjectNode) Json.parse(shop.client.getKubernetesSerialization().asJson(live()));
        ((ObjectNode) live.at("/spec/template")).put("$patch", "replace");
        shop.apply("""
            {"apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": %1$d,
             "metadata": {"name": "%2$s", "labels": {"app": "%3$s", "controller-revision-hash": "%2$s"},
                          "ownerReferences": [%4$s]},
             "data": {"spec": {"template": %5$s}}}
            """.formatted(number, hash(number), name, owner(), Json.canonical(live.at("/spec/template"))));
    }

    private String hash(int revision) {
        return name + "-r" + revision;
    }

    private String owner() {
        return "{\"apiVersion\": \"apps/v1\", \"kind\": \"StatefulSet\", \"name\": \"%s\", \"uid\": \"%s\", \"controller\": true}"
                .formatted(name, live().getMetadata().getUid());
    }

    TargetRef ref() {
        return new TargetRef(shop.namespace(), Kind.STATEFULSET, name);
    }

    Resource<StatefulSet> resource() {
        return shop.client.apps().statefulSets().inNamespace(shop.namespace()).withName(name);
    }

    StatefulSet live() {
        return resource().require();
    }

    private StatefulSetStatus status() {
        return live().getStatus();
    }

    int partition() {
        return partition(live());
    }

    private static int partition(StatefulSet set) {
        return set.getSpec().getUpdateStrategy().getRollingUpdate().getPartition();
    }

    /** Which revisions its pods run, by ordinal. */
    List<Integer> revisions() {
        return pods().stream()
                .map(pod -> revisionOf(pod.getSpec().getContainers().get(0).getImage()))
                .toList();
    }

    private List<Pod> pods() {
        return shop.client.pods().inNamespace(shop.namespace()).withLabel("app", name).list().getItems().stream()
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .toList();
    }

    private int revisionOf(String image) {
        return image.equals(image(1)) ? 1 : 2;
    }

    Resource<Pod> pod(int ordinal) {
        return shop.client.pods().inNamespace(shop.namespace()).withName(name + "-" + ordinal);
    }

    /** Lets its controller do what it does now; a real one is waited for. */
    void turn() {
        if (Stage.isReal()) {
            await().atMost(Duration.ofSeconds(60)).until(this::settled);
            return;
        }
        StatefulSet now = live();
        String image =
                now.getSpec().getTemplate().getSpec().getContainers().get(0).getImage();
        List<Integer> running = revisions();
        int wanted = revisionOf(image);
        assertThat(running.subList(Math.min(partition(now), REPLICAS), REPLICAS))
                .as("pods that may be replaced at once")
                .filteredOn(revision -> revision != wanted)
                .hasSizeLessThanOrEqualTo(1);
        lookAt(now, wanted, running);
    }

    private boolean settled() {
        StatefulSet now = live();
        String hash = now.getStatus().getUpdateRevision();
        List<Pod> pods = pods();
        return Objects.equals(
                        now.getStatus().getObservedGeneration(),
                        now.getMetadata().getGeneration())
                && pods.size() == REPLICAS
                && pods.stream()
                        .skip(partition(now))
                        .allMatch(pod -> hash.equals(revisionHash(pod)) && (!ready || Readiness.isPodReady(pod)));
    }

    private static String revisionHash(Pod pod) {
        return pod.getMetadata().getLabels().getOrDefault("controller-revision-hash", "");
    }

    private void lookAt(StatefulSet now, int wanted, List<Integer> running) {
        List<Integer> after = new ArrayList<>(Collections.nCopies(REPLICAS, wanted));
        for (int ordinal = 0; ordinal < REPLICAS; ordinal++) {
            int before = ordinal < running.size() ? running.get(ordinal) : 0;
            if (ordinal < partition(now)) {
                after.set(ordinal, before);
            } else if (before != wanted) {
                pod(ordinal).withGracePeriod(0).delete();
                make(ordinal, wanted);
            }
        }
        long updated = after.stream().filter(revision -> revision == wanted).count();
        merge(resource(), """
            {"status": {"observedGeneration": %d, "replicas": %d, "readyReplicas": %d, "updatedReplicas": %d,
                        "currentRevision": "%s", "updateRevision": "%s"}}
            """.formatted(
                        now.getMetadata().getGeneration(),
                        REPLICAS,
                        ready ? REPLICAS : REPLICAS - 1,
                        updated,
                        hash(updated == REPLICAS ? wanted : 2),
                        hash(wanted)));
    }

    private void make(int ordinal, int revision) {
        shop.apply("""
            {apiVersion: v1, kind: Pod,
             metadata: {name: %s-%d, labels: {app: %s, controller-revision-hash: %s}, ownerReferences: [%s]},
             spec: {containers: [{name: db, image: '%s'}]}}
            """.formatted(name, ordinal, name, hash(revision), owner(), image(revision)));
        merge(pod(ordinal), """
            {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "%s", "lastTransitionTime": "%s"}]}}
            """.formatted(revision == 2 || ready ? "True" : "False", Instant.now()));
    }

    private static <T extends HasMetadata> void merge(Resource<T> resource, String status) {
        resource.subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), status);
    }
}
