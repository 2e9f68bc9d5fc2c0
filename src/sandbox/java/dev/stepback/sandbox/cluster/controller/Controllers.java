package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ObjectStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** All controllers of a sandbox cluster, from start to close. */
public final class Controllers implements AutoCloseable {
    private final Worker worker;
    private final List<AutoCloseable> watching;

    private Controllers(Worker worker, List<AutoCloseable> watching) {
        this.worker = worker;
        this.watching = watching;
    }

    /**
     * Starts them. What is in the store already is taken up as after a restart of a real control plane.
     *
     * @param clock for timestamps and deadlines; delays pass in real time
     */
    public static Controllers start(ObjectStore store, Clock clock, KubeletTiming timing) {
        Worker worker = new Worker();
        Cluster cluster = Cluster.of(store, clock, worker);
        GarbageCollector garbageCollector = new GarbageCollector(store, worker);
        new DeploymentController(cluster);
        new ReplicaSetController(cluster);
        new StatefulSetController(cluster);
        new DaemonSetController(cluster);
        new JobController(cluster, timing);
        new Kubelet(cluster, timing);
        Nodes.register(store);
        cluster.informers().forEach(Informer::start);
        garbageCollector.start();
        List<AutoCloseable> watching = new ArrayList<>(List.of(garbageCollector));
        watching.addAll(cluster.informers());
        return new Controllers(worker, watching);
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable watch : watching) {
            watch.close();
        }
        worker.close();
    }
}
