package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ApiException;
import dev.stepback.sandbox.cluster.InMemoryStore;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A store with the controllers on it, and short ways to say what a test does to Deployments. */
final class TestCluster implements AutoCloseable {
    static final String NAMESPACE = "default";

    final InMemoryStore store = new InMemoryStore(Clock.systemUTC());
    private final Controllers controllers = Controllers.start(store, Clock.systemUTC(), KubeletTiming.fast());

    /** A Deployment of three, with the name {@code web}. */
    static DeploymentBuilder web(String image) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withReplicas(3)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("web")
                .withImage(image)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec();
    }

    Deployment create(Deployment deployment) {
        return Resource.DEPLOYMENTS.read(store.create(Resource.DEPLOYMENTS.name(), Resource.write(deployment)));
    }

    Deployment createAndAwait(Deployment deployment) {
        create(deployment);
        awaitRolledOut();
        return web();
    }

    /** Edits until nobody else was in between. */
    void edit(Consumer<Deployment> change) {
        while (true) {
            Deployment deployment = web();
            change.accept(deployment);
            try {
                store.update(Resource.DEPLOYMENTS.name(), Resource.write(deployment));
                return;
            } catch (ApiException e) {
                if (e.code() != 409) {
                    throw e;
                }
            }
        }
    }

    void setImage(String image) {
        edit(deployment -> deployment
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .setImage(image));
    }

    void release(String image) {
        setImage(image);
        awaitRolledOut();
    }

    Deployment web() {
        return Resource.DEPLOYMENTS.read(
                store.get(Resource.DEPLOYMENTS.name(), NAMESPACE, "web").orElseThrow());
    }

    List<ReplicaSet> replicaSets() {
        return list(Resource.REPLICA_SETS).stream()
                .sorted(Comparator.comparing(set -> Revisions.of(set)))
                .toList();
    }

    ReplicaSet replicaSet(String image) {
        return replicaSets().stream()
                .filter(set -> set.getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getImage()
                        .equals(image))
                .findFirst()
                .orElseThrow();
    }

    List<Long> revisions() {
        return replicaSets().stream().map(set -> Revisions.of(set)).toList();
    }

    List<Pod> pods() {
        return list(Resource.PODS);
    }

    List<Event> events(String reason) {
        return list(Resource.EVENTS).stream()
                .filter(event -> event.getReason().equals(reason))
                .toList();
    }

    <T extends HasMetadata> List<T> list(Resource<T> resource) {
        return store.list(resource.name(), NAMESPACE).stream()
                .map(resource::read)
                .toList();
    }

    Optional<DeploymentCondition> condition(String type) {
        return Optional.ofNullable(web().getStatus()).flatMap(status -> Conditions.find(status, type));
    }

    String progressing() {
        return condition("Progressing").map(DeploymentCondition::getReason).orElse("");
    }

    boolean isRolledOut() {
        Deployment web = web();
        return web.getStatus() != null
                && DeploymentProgress.isComplete(web, web.getStatus())
                && progressing().equals("NewReplicaSetAvailable");
    }

    void awaitRolledOut() {
        await(this::isRolledOut);
    }

    static void await(BooleanSupplier condition) {
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .until(condition::getAsBoolean);
    }

    @Override
    public void close() throws Exception {
        controllers.close();
        store.close();
    }
}
