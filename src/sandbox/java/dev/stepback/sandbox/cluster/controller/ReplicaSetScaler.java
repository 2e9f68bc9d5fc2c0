package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;

/** Writes the size of a ReplicaSet on behalf of its Deployment, and the event that tells of it. */
final class ReplicaSetScaler {
    private static final String COMPONENT = "deployment-controller";

    private final Informer<ReplicaSet> replicaSets;
    private final EventRecorder events;

    ReplicaSetScaler(Informer<ReplicaSet> replicaSets, EventRecorder events) {
        this.replicaSets = replicaSets;
        this.events = events;
    }

    /** @return the ReplicaSet as it is now */
    ReplicaSet scale(Deployment deployment, ReplicaSet set, int size) {
        int before = ReplicaSets.size(set);
        ReplicaSet wanted = new ReplicaSetBuilder(set)
                .editMetadata()
                .addToAnnotations(Revisions.sizes(Rolling.of(deployment)))
                .endMetadata()
                .editSpec()
                .withReplicas(size)
                .endSpec()
                .build();
        if (wanted.equals(set)) {
            return set;
        }
        ReplicaSet scaled = replicaSets.update(wanted);
        if (size != before) {
            record(deployment, set, before, size);
        }
        return scaled;
    }

    void record(Deployment deployment, ReplicaSet set, int before, int size) {
        events.normal(
                COMPONENT,
                deployment,
                "ScalingReplicaSet",
                "Scaled %s replica set %s from %d to %d"
                        .formatted(
                                size > before ? "up" : "down", set.getMetadata().getName(), before, size));
    }
}
