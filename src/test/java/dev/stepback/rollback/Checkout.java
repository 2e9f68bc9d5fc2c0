package dev.stepback.rollback;

import static org.awaitility.Awaitility.await;

import dev.stepback.stage.Stage;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A Deployment of a {@link MortalShop} at the second of two revisions. Where no controller works, it is as if there were
 * one: what it would have made is made, and its status is written when the test says so.
 */
final class Checkout {
    private static final int REPLICAS = 3;
    private static final String TOO_LATE = "ProgressDeadlineExceeded";
    private static int made;

    private final MortalShop shop;
    private final Fate fate;
    private final String name = "checkout-" + ++made;

    /** What becomes of pods of the first revision. */
    enum Fate {
        GET_READY("1"),
        /** Not before the test has looked at what is before. */
        GET_READY_LATER("1"),
        /** Before long the controller says that it has waited long enough. */
        CRASH("1-crash"),
        /** And nobody says that it takes too long. */
        HANG("1-unready");

        final String tag;

        Fate(String tag) {
            this.tag = tag;
        }
    }

    Checkout(MortalShop shop, Fate fate) {
        this.shop = shop;
        this.fate = fate;
        release(fate.tag);
        if (!Stage.isReal()) {
            replicaSet(1, fate.tag);
            release("2");
            replicaSet(2, "2");
            return;
        }
        awaitStatus(status -> status.getUpdatedReplicas() != null);
        release("2");
        awaitStatus(Checkout::complete);
    }

    private void release(String tag) {
        boolean real = Stage.isReal();
        shop.apply("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %1$s%2$s}
            spec:
              replicas: %3$d
              %4$s
              selector: {matchLabels: {app: %1$s}}
              template: %5$s
            """.formatted(
                        name,
                        real ? "" : ", annotations: {deployment.kubernetes.io/revision: '2'}",
                        REPLICAS,
                        real ? pace() : "",
                        template(tag)));
    }

    /** A real controller has to be waited for. */
    private String pace() {
        return switch (fate) {
            case CRASH -> "progressDeadlineSeconds: 1";
            case GET_READY_LATER -> "minReadySeconds: 4";
            case GET_READY, HANG -> "";
        };
    }

    private String template(String tag) {
        return "{metadata: {labels: {app: %s}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: '%s'}]}}"
                .formatted(name, image(tag));
    }

    private void replicaSet(int revision, String tag) {
        shop.apply("""
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata:
              name: %1$s-%2$d
              annotations: {deployment.kubernetes.io/revision: '%2$d'}
              labels: {app: %1$s}
              ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: %1$s, uid: %3$s, controller: true}]
            spec: {selector: {matchLabels: {app: %1$s}}, template: %4$s}
            """.formatted(name, revision, live().getMetadata().getUid(), template(tag)));
    }

    private static String image(String tag) {
        return "shop.example/checkout:" + tag;
    }

    TargetRef ref() {
        return new TargetRef(shop.namespace(), Kind.DEPLOYMENT, name);
    }

    RollableScalableResource<Deployment> resource() {
        return shop.client.apps().deployments().inNamespace(shop.namespace()).withName(name);
    }

    Deployment live() {
        return resource().require();
    }

    /** Another release, in the middle of whatever is going on. */
    void replaced() {
        resource()
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"%s\"}]}}}}"
                                .formatted(image("9")));
    }

    /** Whether the first revision is its template now; the second one otherwise. */
    boolean restored() {
        String image =
                live().getSpec().getTemplate().getSpec().getContainers().get(0).getImage();
        return image.equals(image(fate.tag));
    }

    /** Lets the rollout that was begun come to its end, if it comes to one. */
    void rollOut() {
        switch (fate) {
            case GET_READY, GET_READY_LATER ->
                ends("\"replicas\":%1$d,\"updatedReplicas\":%1$d,\"availableReplicas\":%1$d".formatted(REPLICAS));
            case CRASH ->
                ends(
                        "\"replicas\":%d,\"conditions\":[{\"type\":\"Progressing\",\"status\":\"False\",\"reason\":\"%s\",\"lastUpdateTime\":\"%s\"}]"
                                .formatted(REPLICAS, TOO_LATE, Instant.now().plusSeconds(60)));
            case HANG -> {}
        }
    }

    private void ends(String status) {
        if (Stage.isReal()) {
            awaitStatus(fate == Fate.CRASH ? Checkout::failed : Checkout::complete);
            return;
        }
        resource()
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"observedGeneration\":%d,%s}}"
                                .formatted(live().getMetadata().getGeneration(), status));
    }

    private interface Wanted {
        boolean holds(DeploymentStatus status);
    }

    private static boolean complete(DeploymentStatus status) {
        return Objects.equals(status.getUpdatedReplicas(), REPLICAS)
                && Objects.equals(status.getReplicas(), REPLICAS)
                && Objects.equals(status.getAvailableReplicas(), REPLICAS);
    }

    private static boolean failed(DeploymentStatus status) {
        return status.getConditions().stream().anyMatch(c -> TOO_LATE.equals(c.getReason()));
    }

    private void awaitStatus(Wanted wanted) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    Deployment now = live();
                    DeploymentStatus status = now.getStatus();
                    return status != null
                            && Objects.equals(
                                    status.getObservedGeneration(),
                                    now.getMetadata().getGeneration())
                            && wanted.holds(status);
                });
    }
}
