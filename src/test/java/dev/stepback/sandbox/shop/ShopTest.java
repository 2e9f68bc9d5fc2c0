package dev.stepback.sandbox.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.InMemoryStore;
import dev.stepback.sandbox.cluster.controller.Controllers;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShopTest {
    private static final List<String> WATCHED = List.of(
            "deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "controllerrevisions.apps");

    private final InMemoryStore store = new InMemoryStore(Clock.systemUTC());

    @BeforeEach
    void seed() {
        Shop.seed(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void checkout_hasFiveRevisionsWithChangeCauses() {
        List<ObjectNode> history = store.list("replicasets.apps", "production").stream()
                .filter(set -> set.at("/metadata/labels/app").asText().equals("checkout"))
                .toList();

        assertThat(history)
                .hasSize(5)
                .allSatisfy(set -> assertThat(annotation(set, "kubernetes.io/change-cause"))
                        .isNotEmpty())
                .extracting(set -> annotation(set, "deployment.kubernetes.io/revision"))
                .containsExactlyInAnyOrder("1", "2", "3", "4", "5");
        assertThat(history)
                .extracting(set -> set.at("/metadata/creationTimestamp").asText())
                .doesNotHaveDuplicates();
    }

    @Test
    void everyInterestingState_isThere() {
        assertThat(deployment("pricing").at("/spec/paused").asBoolean()).isTrue();
        assertThat(deployment("newsletter").at("/spec/revisionHistoryLimit").asInt())
                .isZero();
        assertThat(replicaSets("newsletter")).hasSize(1);
        assertThat(replicaSets("gift-cards")).hasSize(1);
        assertThat(progressing("shipping")).isEqualTo("ProgressDeadlineExceeded");
        assertThat(store.get("deployments.apps", "staging", "payments")).isPresent();
    }

    @Test
    void secrets_areOlderThanTheReleases_butForTheOneThatWasRotated() {
        assertThat(store.list("secrets", "production").stream()
                        .map(secret -> secret.at("/metadata/name").asText())
                        .filter(name -> replicaSets(name).stream()
                                .anyMatch(set -> set.at("/metadata/creationTimestamp")
                                                .asText()
                                                .compareTo(written(name))
                                        < 0)))
                .containsExactly("cart");
    }

    private String written(String secret) {
        return store.get("secrets", "production", secret)
                .orElseThrow()
                .at("/metadata/managedFields/0/time")
                .asText();
    }

    @Test
    void database_hasFourRevisionsAndItsVolumes() {
        assertThat(revisions("StatefulSet", "db")).containsExactly(1L, 2L, 3L, 4L);
        assertThat(names("persistentvolumeclaims")).contains("data-db-0", "data-db-1", "data-db-2");
    }

    @Test
    void agentOfTheNodes_hangsAtItsLastRelease() {
        assertThat(revisions("DaemonSet", "node-exporter")).containsExactly(1L, 2L, 3L);
        ObjectNode agent =
                store.get("daemonsets.apps", "production", "node-exporter").orElseThrow();
        assertThat(agent.at("/status/desiredNumberScheduled").asInt()).isEqualTo(3);
        assertThat(agent.at("/status/updatedNumberScheduled").asInt()).isEqualTo(1);
        assertThat(agent.at("/status/numberReady").asInt()).isEqualTo(2);
    }

    @Test
    void brokenDatabase_hangsAtItsLastPod() throws Exception {
        try (Controllers controllers = Controllers.start(store, Clock.systemUTC(), KubeletTiming.fast())) {
            String image = Shop.breakDatabase(store);

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> store.get("pods", "production", "db-2")
                            .filter(pod ->
                                    pod.at("/spec/containers/0/image").asText().equals(image))
                            .filter(pod -> pod.at("/status/phase").asText().equals("Running"))
                            .isPresent());
            assertThat(revisions("StatefulSet", "db")).containsExactly(1L, 2L, 3L, 4L, 5L);
        }
    }

    private List<Long> revisions(String kind, String owner) {
        return store.list("controllerrevisions.apps", "production").stream()
                .filter(revision ->
                        revision.at("/metadata/ownerReferences/0/kind").asText().equals(kind)
                                && revision.at("/metadata/ownerReferences/0/name")
                                        .asText()
                                        .equals(owner))
                .map(revision -> revision.path("revision").asLong())
                .sorted()
                .toList();
    }

    @Test
    void controllers_findNothingToDo() throws Exception {
        List<ObjectNode> before = watched();
        List<String> pods = names("pods");

        try (Controllers controllers = Controllers.start(store, Clock.systemUTC(), KubeletTiming.fast())) {
            // A change that is last in every queue: when it is done, all else was looked at.
            Shop.shipBadRelease(store);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> replicaSets("checkout").size() == 6);
        }

        assertThat(watched().stream().filter(object -> !isCheckout(object)))
                .containsExactlyInAnyOrderElementsOf(
                        before.stream().filter(object -> !isCheckout(object)).toList());
        assertThat(names("pods"))
                .filteredOn(name -> !name.startsWith("checkout"))
                .isEqualTo(pods.stream()
                        .filter(name -> !name.startsWith("checkout"))
                        .toList());
    }

    @Test
    void badReleases_crashAndHaveDifferentImages() throws Exception {
        try (Controllers controllers = Controllers.start(store, Clock.systemUTC(), KubeletTiming.fast())) {
            String first = Shop.shipBadRelease(store);
            await().atMost(Duration.ofSeconds(20)).until(() -> crashing(first));
            String second = Shop.shipBadRelease(store);
            await().atMost(Duration.ofSeconds(20)).until(() -> crashing(second));

            assertThat(first).isNotEqualTo(second);
            assertThat(annotation(deployment("checkout"), "kubernetes.io/change-cause"))
                    .isNotEmpty();
        }
    }

    private boolean crashing(String image) {
        return store.list("pods", "production").stream()
                .map(pod -> pod.at("/status/containerStatuses/0"))
                .anyMatch(status -> status.path("image").asText().equals(image)
                        && status.at("/state/waiting/reason").asText().equals("CrashLoopBackOff"));
    }

    private List<ObjectNode> watched() {
        return WATCHED.stream().flatMap(kind -> store.list(kind, null).stream()).toList();
    }

    private List<String> names(String kind) {
        return store.list(kind, null).stream()
                .map(object -> object.at("/metadata/name").asText())
                .sorted()
                .toList();
    }

    private static boolean isCheckout(ObjectNode object) {
        return object.at("/metadata/labels/app").asText().equals("checkout");
    }

    private Stream<ObjectNode> all(String name) {
        return store.list("replicasets.apps", "production").stream()
                .filter(set -> set.at("/metadata/labels/app").asText().equals(name));
    }

    private List<ObjectNode> replicaSets(String name) {
        return all(name).toList();
    }

    private ObjectNode deployment(String name) {
        return store.get("deployments.apps", "production", name).orElseThrow();
    }

    private String progressing(String name) {
        for (var condition : deployment(name).at("/status/conditions")) {
            if (condition.path("type").asText().equals("Progressing")) {
                return condition.path("reason").asText();
            }
        }
        return "";
    }

    private static String annotation(ObjectNode object, String name) {
        return object.path("metadata").path("annotations").path(name).asText();
    }
}
