package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ApiException;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Keeps as many pods as each ReplicaSet shall have. */
final class ReplicaSetController implements Reconciler {
    private static final String COMPONENT = "replicaset-controller";

    private final Cluster cluster;
    private final Informer<ReplicaSet> replicaSets;
    private final Informer<Pod> pods;
    private final PodOwnership ownership;
    private final Readiness readiness;

    ReplicaSetController(Cluster cluster) {
        this.cluster = cluster;
        this.replicaSets = cluster.replicaSets();
        this.pods = cluster.pods();
        this.ownership = new PodOwnership(pods);
        this.readiness = new Readiness(cluster.clock());
        replicaSets.onChange(set -> cluster.worker()
                .enqueue(
                        this,
                        set.getMetadata().getNamespace(),
                        set.getMetadata().getName()));
        pods.onChange(pod -> cluster.enqueueController(this, pod, "ReplicaSet"));
    }

    @Override
    public void reconcile(String namespace, String name) {
        ReplicaSet set = replicaSets.get(namespace, name).orElse(null);
        if (set == null) {
            return;
        }
        ownership.claim(set, set.getSpec().getSelector().getMatchLabels(), pod -> true);
        if (!Resource.isDeleting(set)) {
            scale(set);
        }
        writeStatus(set);
    }

    private void scale(ReplicaSet set) {
        List<Pod> active = active(set);
        int missing = ReplicaSets.size(set) - active.size();
        for (int i = 0; i < missing; i++) {
            create(set);
        }
        if (missing < 0) {
            active.stream().sorted(PodRanking.FIRST_TO_GO).limit(-missing).forEach(pod -> delete(set, pod));
        }
    }

    private void create(ReplicaSet set) {
        Pod pod = PodFactory.podOf(set);
        try {
            Pod created = pods.create(pod);
            cluster.events()
                    .normal(
                            COMPONENT,
                            set,
                            "SuccessfulCreate",
                            "Created pod: " + created.getMetadata().getName());
        } catch (ApiException e) {
            cluster.events().warning(COMPONENT, set, "FailedCreate", "Error creating: " + e.getMessage());
            throw e;
        }
    }

    private void delete(ReplicaSet set, Pod pod) {
        pods.delete(pod);
        cluster.events()
                .normal(
                        COMPONENT,
                        set,
                        "SuccessfulDelete",
                        "Deleted pod: " + pod.getMetadata().getName());
    }

    private void writeStatus(ReplicaSet set) {
        List<Pod> active = active(set);
        int minReady =
                set.getSpec().getMinReadySeconds() == null ? 0 : set.getSpec().getMinReadySeconds();
        int ready = 0;
        int available = 0;
        for (Pod pod : active) {
            if (Readiness.isReady(pod)) {
                ready++;
                Duration missing = readiness.untilAvailable(pod, minReady);
                if (missing.isZero()) {
                    available++;
                } else {
                    cluster.worker()
                            .enqueueAfter(
                                    this,
                                    set.getMetadata().getNamespace(),
                                    set.getMetadata().getName(),
                                    missing);
                }
            }
        }
        ReplicaSetStatus status = new ReplicaSetStatusBuilder()
                .withObservedGeneration(set.getMetadata().getGeneration())
                .withReplicas(active.size())
                .withFullyLabeledReplicas(active.isEmpty() ? null : active.size())
                .withReadyReplicas(ready == 0 ? null : ready)
                .withAvailableReplicas(available == 0 ? null : available)
                .build();
        if (!status.equals(set.getStatus())) {
            replicaSets.updateStatus(
                    new ReplicaSetBuilder(set).withStatus(status).build());
        }
    }

    private List<Pod> active(ReplicaSet set) {
        List<Pod> active = new ArrayList<>(pods.controlledBy(set));
        active.removeIf(pod -> !PodOwnership.isActive(pod));
        return active;
    }
}
