package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps one pod of each DaemonSet on every node that takes it, and rolls new templates out node by node. */
final class DaemonSetController implements Reconciler {
    private final Cluster cluster;
    private final PodOwnership ownership;
    private final ControllerHistory history;
    private final DaemonPods pods;
    private final Readiness readiness;

    DaemonSetController(Cluster cluster) {
        this.cluster = cluster;
        this.ownership = new PodOwnership(cluster.pods());
        this.history = new ControllerHistory(cluster.store());
        this.pods = new DaemonPods(cluster);
        this.readiness = new Readiness(cluster.clock());
        cluster.daemonSets().onChange(set -> cluster.enqueue(this, set));
        cluster.pods().onChange(pod -> cluster.enqueueController(this, pod, "DaemonSet"));
        cluster.nodes().onChange(node -> cluster.daemonSets().all().forEach(set -> cluster.enqueue(this, set)));
    }

    @Override
    public void reconcile(String namespace, String name) {
        // As it is stored: the revision must have the very JSON that was written.
        ObjectNode json = cluster.store()
                .get(Resource.DAEMON_SETS.name(), namespace, name)
                .orElse(null);
        if (json == null) {
            return;
        }
        DaemonSet set = Resource.DAEMON_SETS.read(json);
        Map<String, String> selector = set.getSpec().getSelector().getMatchLabels();
        ownership.claim(set, selector, pod -> true);
        if (Resource.isDeleting(set)) {
            return;
        }
        history.adopt(set, selector);
        Current current = current(set, json, history.of(set, selector));
        String hash = current.revision.label(TemplateRevision.POD_LABEL);
        DaemonSetRollout rollout = rollout(set, hash);
        if (rollout.act(pods)) {
            rollout = rollout(set, hash);
        } else {
            cleanUp(set, current.revision, selector);
        }
        DaemonSetStatus status = rollout.status(current.collisions);
        if (!status.equals(set.getStatus())) {
            cluster.daemonSets()
                    .updateStatus(new DaemonSetBuilder(set).withStatus(status).build());
        }
        if (!rollout.again().isZero()) {
            cluster.worker().enqueueAfter(this, namespace, name, rollout.again());
        }
    }

    private DaemonSetRollout rollout(DaemonSet set, String hash) {
        List<Pod> known = cluster.pods().controlledBy(set);
        return new DaemonSetRollout(set, hash, cluster.nodes().all(), known, readiness);
    }

    private Current current(DaemonSet set, ObjectNode json, List<TemplateRevision> known) {
        ObjectNode data = TemplateRevision.patchOf(json);
        List<TemplateRevision> equal =
                known.stream().filter(revision -> revision.hasData(data)).toList();
        List<TemplateRevision> old =
                known.stream().filter(revision -> !revision.hasData(data)).toList();
        long next = ControllerHistory.nextNumber(old);
        DaemonSetStatus status = set.getStatus();
        int collisions = status == null || status.getCollisionCount() == null ? 0 : status.getCollisionCount();
        if (!equal.isEmpty()) {
            TemplateRevision newest = equal.get(equal.size() - 1);
            return new Current(newest.number() < next ? history.renumber(newest, next) : newest, collisions);
        }
        while (true) {
            String hash = PodTemplates.hash(set.getSpec().getTemplate(), collisions);
            Map<String, String> labels =
                    set.getSpec().getTemplate().getMetadata().getLabels();
            try {
                return new Current(
                        history.create(set, labels, TemplateRevision.POD_LABEL, hash, data, next), collisions);
            } catch (ControllerHistory.NameTaken e) {
                collisions++;
            }
        }
    }

    /** The revision of a set's present template, as it would be written. */
    static ObjectNode make(DaemonSet set, ObjectNode json, long number) {
        String hash = PodTemplates.hash(set.getSpec().getTemplate(), 0);
        Map<String, String> labels = set.getSpec().getTemplate().getMetadata().getLabels();
        return ControllerHistory.make(
                set, labels, TemplateRevision.POD_LABEL, hash, TemplateRevision.patchOf(json), number);
    }

    /** Unlike a StatefulSet's, revisions that pods still have count among those that are kept. */
    private void cleanUp(DaemonSet set, TemplateRevision current, Map<String, String> selector) {
        List<TemplateRevision> old = history.of(set, selector).stream()
                .filter(revision -> !revision.name().equals(current.name()))
                .toList();
        Integer limit = set.getSpec().getRevisionHistoryLimit();
        int excess = old.size() - (limit == null ? 10 : limit);
        Set<String> live = new HashSet<>();
        cluster.pods().controlledBy(set).forEach(pod -> live.add(StatefulPods.revisionOf(pod)));
        old.stream()
                .filter(revision -> !live.contains(revision.label(TemplateRevision.POD_LABEL)))
                .limit(Math.max(0, excess))
                .forEach(history::delete);
    }

    private record Current(TemplateRevision revision, int collisions) {}
}
