package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ApiException;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds or makes the ReplicaSet of a Deployment's present template, and numbers the revisions. */
final class CurrentReplicaSet {
    private static final int CONFLICT = 409;

    private final Informer<Deployment> deployments;
    private final Informer<ReplicaSet> replicaSets;
    private final ReplicaSetScaler scaler;
    private final DeploymentProgress progress;

    CurrentReplicaSet(
            Informer<Deployment> deployments,
            Informer<ReplicaSet> replicaSets,
            ReplicaSetScaler scaler,
            DeploymentProgress progress) {
        this.deployments = deployments;
        this.replicaSets = replicaSets;
        this.scaler = scaler;
        this.progress = progress;
    }

    /** Brings the annotations of the current ReplicaSet and of the Deployment up to date, if there is one. */
    Optional<ReplicaSet> find(Deployment deployment, List<ReplicaSet> all) {
        return ReplicaSets.current(deployment, all).map(found -> adopt(deployment, found, nextRevision(found, all)));
    }

    ReplicaSet findOrCreate(Deployment deployment, List<ReplicaSet> all) {
        return find(deployment, all).orElseGet(() -> create(deployment, all));
    }

    private static long nextRevision(ReplicaSet current, List<ReplicaSet> all) {
        return 1 + Revisions.highest(all.stream().filter(set -> set != current).toList());
    }

    private ReplicaSet adopt(Deployment deployment, ReplicaSet found, long revision) {
        Map<String, String> annotations = Revisions.ofCurrent(deployment, found, revision);
        Integer minReady = deployment.getSpec().getMinReadySeconds();
        ReplicaSet current = found;
        if (!annotations.equals(found.getMetadata().getAnnotations())
                || orZero(minReady) != orZero(found.getSpec().getMinReadySeconds())) {
            current = replicaSets.update(new ReplicaSetBuilder(found)
                    .editMetadata()
                    .withAnnotations(annotations)
                    .endMetadata()
                    .editSpec()
                    .withMinReadySeconds(minReady)
                    .endSpec()
                    .build());
        }
        String name = current.getMetadata().getName();
        announce(deployment, Revisions.of(current), status -> {
            if (Conditions.find(status, Conditions.PROGRESSING).isEmpty()) {
                progress.progressing(status, "True", Conditions.FOUND, "Found new replica set \"" + name + "\"");
            }
        });
        return current;
    }

    private ReplicaSet create(Deployment deployment, List<ReplicaSet> all) {
        Rolling rolling = Rolling.of(deployment);
        int collisions = orZero(deployment.getStatus().getCollisionCount());
        ReplicaSet made = ReplicaSets.make(deployment, 1 + Revisions.highest(all), 0, collisions);
        int size = rolling.recreate() ? rolling.replicas() : RollingUpdate.newSize(rolling, made, all);
        made.getSpec().setReplicas(size);
        ReplicaSet created;
        try {
            created = replicaSets.create(made);
        } catch (ApiException e) {
            if (e.code() == CONFLICT) {
                countCollision(deployment, collisions + 1);
            }
            throw e;
        }
        if (size > 0) {
            scaler.record(deployment, created, 0, size);
        }
        String name = created.getMetadata().getName();
        announce(
                deployment,
                Revisions.of(created),
                status -> progress.progressing(
                        status, "True", Conditions.CREATED, "Created new replica set \"" + name + "\""));
        return created;
    }

    /** The name belongs to another template: the next attempt takes another one. */
    private void countCollision(Deployment deployment, int collisions) {
        DeploymentBuilder edited = new DeploymentBuilder(deployment)
                .editOrNewStatus()
                .withCollisionCount(collisions)
                .endStatus();
        deployments.updateStatus(edited.build());
    }

    private void announce(Deployment deployment, long revision, Consumer<DeploymentStatus> condition) {
        Deployment written = deployment;
        if (Revisions.of(deployment) != revision) {
            written = deployments.updateMetadata(new DeploymentBuilder(deployment)
                    .editMetadata()
                    .addToAnnotations(Revisions.REVISION, Long.toString(revision))
                    .endMetadata()
                    .build());
        }
        if (Rolling.deadlineSeconds(deployment).isPresent()) {
            Deployment edited =
                    new DeploymentBuilder(written).editOrNewStatus().endStatus().build();
            condition.accept(edited.getStatus());
            if (!Objects.equals(edited.getStatus(), written.getStatus())) {
                deployments.updateStatus(edited);
            }
        }
    }

    private static int orZero(@Nullable Integer value) {
        return value == null ? 0 : value;
    }
}
