package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.util.List;

/** Keeps the pods of each StatefulSet, in their order, and rolls new templates out to them. */
final class StatefulSetController implements Reconciler {
    private final Cluster cluster;
    private final PodOwnership ownership;
    private final StatefulSetRevisions revisions;
    private final StatefulPods pods;
    private final Readiness readiness;

    StatefulSetController(Cluster cluster) {
        this.cluster = cluster;
        this.ownership = new PodOwnership(cluster.pods());
        this.revisions = new StatefulSetRevisions(new ControllerHistory(cluster.store()));
        this.pods = new StatefulPods(cluster);
        this.readiness = new Readiness(cluster.clock());
        cluster.statefulSets().onChange(set -> cluster.enqueue(this, set));
        cluster.pods().onChange(pod -> cluster.enqueueController(this, pod, "StatefulSet"));
    }

    @Override
    public void reconcile(String namespace, String name) {
        // As it is stored: the revision must have the very JSON that was written.
        ObjectNode json = cluster.store()
                .get(Resource.STATEFUL_SETS.name(), namespace, name)
                .orElse(null);
        if (json == null) {
            return;
        }
        StatefulSet set = Resource.STATEFUL_SETS.read(json);
        ownership.claim(set, set.getSpec().getSelector().getMatchLabels(), pod -> StatefulPods.ordinal(set, pod) >= 0);
        List<Pod> before = cluster.pods().controlledBy(set);
        StatefulSetRevisions.Pair pair = revisions.find(set, json);
        StatefulSetRollout rollout = new StatefulSetRollout(pods, readiness, set, pair, before);
        StatefulSetStatus status = rollout.step();
        if (!status.equals(set.getStatus())) {
            cluster.statefulSets()
                    .updateStatus(new StatefulSetBuilder(set).withStatus(status).build());
        }
        if (!rollout.again().isZero()) {
            cluster.worker().enqueueAfter(this, namespace, name, rollout.again());
        }
        revisions.truncate(set, pair, before);
    }
}
