package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ObjectStore;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Clock;
import java.util.List;

/** What the controllers share. */
record Cluster(
        ObjectStore store,
        Clock clock,
        Worker worker,
        EventRecorder events,
        Informer<Deployment> deployments,
        Informer<ReplicaSet> replicaSets,
        Informer<StatefulSet> statefulSets,
        Informer<DaemonSet> daemonSets,
        Informer<Job> jobs,
        Informer<Node> nodes,
        Informer<Pod> pods) {

    static Cluster of(ObjectStore store, Clock clock, Worker worker) {
        return new Cluster(
                store,
                clock,
                worker,
                new EventRecorder(store, clock),
                new Informer<>(store, worker, Resource.DEPLOYMENTS),
                new Informer<>(store, worker, Resource.REPLICA_SETS),
                new Informer<>(store, worker, Resource.STATEFUL_SETS),
                new Informer<>(store, worker, Resource.DAEMON_SETS),
                new Informer<>(store, worker, Resource.JOBS),
                new Informer<>(store, worker, Resource.NODES),
                new Informer<>(store, worker, Resource.PODS));
    }

    /** Dependents first: whoever is called first sees all that it owns. */
    List<Informer<?>> informers() {
        return List.of(nodes, pods, replicaSets, statefulSets, daemonSets, jobs, deployments);
    }

    /** Has an object reconciled. */
    void enqueue(Reconciler reconciler, HasMetadata object) {
        worker.enqueue(
                reconciler,
                object.getMetadata().getNamespace(),
                object.getMetadata().getName());
    }

    /** Has the owner that controls an object reconciled, if it is of the given kind. */
    void enqueueController(Reconciler reconciler, HasMetadata object, String kind) {
        Resource.controllerOf(object)
                .filter(owner -> owner.getKind().equals(kind))
                .ifPresent(
                        owner -> worker.enqueue(reconciler, object.getMetadata().getNamespace(), owner.getName()));
    }
}
