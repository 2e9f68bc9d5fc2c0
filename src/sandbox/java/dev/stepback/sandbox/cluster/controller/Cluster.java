package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ObjectStore;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Clock;

/** What the controllers share. */
record Cluster(
        Clock clock,
        Worker worker,
        EventRecorder events,
        Informer<Deployment> deployments,
        Informer<ReplicaSet> replicaSets,
        Informer<Pod> pods) {

    static Cluster of(ObjectStore store, Clock clock, Worker worker) {
        return new Cluster(
                clock,
                worker,
                new EventRecorder(store, clock),
                new Informer<>(store, worker, Resource.DEPLOYMENTS),
                new Informer<>(store, worker, Resource.REPLICA_SETS),
                new Informer<>(store, worker, Resource.PODS));
    }

    /** Has the owner that controls an object reconciled, if it is of the given kind. */
    void enqueueController(Reconciler reconciler, HasMetadata object, String kind) {
        Resource.controllerOf(object)
                .filter(owner -> owner.getKind().equals(kind))
                .ifPresent(
                        owner -> worker.enqueue(reconciler, object.getMetadata().getNamespace(), owner.getName()));
    }
}
