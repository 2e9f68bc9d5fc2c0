package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ObjectStore;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes Deployments with their whole history at once, as the controllers would have left them had the rollouts happened:
 * when they start they find nothing to do. Whether the last rollout succeeded follows from its image.
 */
public final class PastRollouts {
    private final ObjectStore store;
    private final PastPods pods;

    public PastRollouts(ObjectStore store) {
        this.store = store;
        this.pods = new PastPods(store);
    }

    /** A Deployment as it was from some time on. */
    public record Past(Deployment deployment, Instant at) {}

    /** @param revisions oldest first, at least one; the last one is what there is now */
    public void restore(List<Past> revisions) {
        Past last = revisions.get(revisions.size() - 1);
        String created = time(revisions.get(0).at());
        Deployment deployment = Resource.DEPLOYMENTS.read(store.restore(
                Resource.DEPLOYMENTS.name(),
                Resource.write(new DeploymentBuilder(last.deployment())
                        .editMetadata()
                        .withCreationTimestamp(created)
                        .withGeneration((long) revisions.size())
                        .addToAnnotations(Revisions.REVISION, Integer.toString(revisions.size()))
                        .endMetadata()
                        .build())));
        boolean failed =
                !Kubelet.isHealthy(last.deployment().getSpec().getTemplate().getSpec());
        List<ReplicaSet> sets = new ArrayList<>();
        for (int i = firstKept(deployment, revisions.size()); i < revisions.size(); i++) {
            int size = size(deployment, revisions.size() - 1 - i, failed);
            sets.add(replicaSet(deployment, revisions.get(i), i + 1, size));
        }
        writeStatus(deployment, sets, last.at());
    }

    private static int firstKept(Deployment deployment, int revisions) {
        return Math.max(0, revisions - 1 - Rolling.historyLimit(deployment));
    }

    /** @param age 0 for the current revision */
    private static int size(Deployment deployment, int age, boolean failed) {
        Rolling rolling = Rolling.of(deployment);
        if (!failed) {
            return age == 0 ? rolling.replicas() : 0;
        }
        return switch (age) {
            case 0 -> rolling.maxPods() - rolling.minAvailable();
            case 1 -> rolling.minAvailable();
            default -> 0;
        };
    }

    private ReplicaSet replicaSet(Deployment deployment, Past past, int revision, int size) {
        Deployment then = new DeploymentBuilder(past.deployment())
                .withMetadata(past.deployment().getMetadata())
                .editMetadata()
                .withUid(deployment.getMetadata().getUid())
                .endMetadata()
                .withApiVersion(deployment.getApiVersion())
                .withKind(deployment.getKind())
                .build();
        ReplicaSet made = ReplicaSets.make(then, revision, size, 0);
        made.getMetadata().setCreationTimestamp(time(past.at()));
        ReplicaSet set = Resource.REPLICA_SETS.read(store.restore(Resource.REPLICA_SETS.name(), Resource.write(made)));
        int ready = 0;
        for (int i = 0; i < size; i++) {
            ready += Readiness.isReady(pods.restore(PodFactory.podOf(set), time(past.at()))) ? 1 : 0;
        }
        Integer pods = size == 0 ? null : (Integer) size;
        Integer serving = ready == 0 ? null : (Integer) ready;
        return Resource.REPLICA_SETS.read(store.updateStatus(
                Resource.REPLICA_SETS.name(),
                Resource.write(new ReplicaSetBuilder(set)
                        .withNewStatus()
                        .withObservedGeneration(set.getMetadata().getGeneration())
                        .withReplicas(size)
                        .withFullyLabeledReplicas(pods)
                        .withReadyReplicas(serving)
                        .withAvailableReplicas(serving)
                        .endStatus()
                        .build())));
    }

    private void writeStatus(Deployment deployment, List<ReplicaSet> sets, Instant at) {
        Deployment started =
                new DeploymentBuilder(deployment).editOrNewStatus().endStatus().build();
        ReplicaSet current = sets.get(sets.size() - 1);
        DeploymentProgress progress = new DeploymentProgress(Clock.fixed(at, ZoneOffset.UTC));
        DeploymentStatus status = progress.status(started, Optional.of(current), sets.subList(0, sets.size() - 1));
        String name = "ReplicaSet \"" + current.getMetadata().getName() + "\"";
        if (Rolling.isPaused(deployment)) {
            progress.progressing(status, "Unknown", Conditions.PAUSED, "Deployment is paused");
        } else if (DeploymentProgress.isComplete(deployment, status)) {
            progress.progressing(status, "True", Conditions.COMPLETE, name + " has successfully progressed.");
        } else {
            progress.progressing(status, "False", Conditions.TIMED_OUT, name + " has timed out progressing.");
        }
        store.updateStatus(
                Resource.DEPLOYMENTS.name(),
                Resource.write(
                        new DeploymentBuilder(deployment).withStatus(status).build()));
    }

    private static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
