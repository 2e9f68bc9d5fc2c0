package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.ObjectStore;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes StatefulSets and DaemonSets with their whole history at once, as the controllers would have left them: when they
 * start they find nothing to do.
 */
public final class PastRevisions {
    private final ObjectStore store;
    private final PastPods pods;
    private final DataVolumes volumes;

    public PastRevisions(ObjectStore store) {
        this.store = store;
        this.pods = new PastPods(store);
        this.volumes = new DataVolumes(store);
    }

    /** A workload as it was from some time on. */
    public record Past<T extends HasMetadata>(T workload, Instant at) {}

    /** @param revisions oldest first, at least one; the last one, which must be a healthy one, has been rolled out */
    public void statefulSet(List<Past<StatefulSet>> revisions) {
        StatefulSet set = revisions.get(0).workload();
        TemplateRevision current = null;
        for (int i = 0; i < revisions.size(); i++) {
            ObjectNode json = write(Resource.STATEFUL_SETS, revisions.get(i), i == 0);
            set = Resource.STATEFUL_SETS.read(json);
            current = revision(
                    StatefulSetRevisions.make(set, json, i + 1L),
                    revisions.get(i).at());
        }
        if (current == null) {
            throw new IllegalArgumentException("no revision");
        }
        int replicas = set.getSpec().getReplicas();
        int start = StatefulPods.start(set);
        for (int ordinal = start; ordinal < start + replicas; ordinal++) {
            for (PersistentVolumeClaim template : set.getSpec().getVolumeClaimTemplates()) {
                claim(set, template, ordinal, time(revisions.get(0).at()));
            }
            Instant at = revisions.get(revisions.size() - 1).at();
            volumes.used(pods.restore(StatefulPods.make(set, current, ordinal), time(at)));
        }
        store.updateStatus(
                Resource.STATEFUL_SETS.name(),
                Resource.write(new StatefulSetBuilder(set)
                        .withNewStatus()
                        .withObservedGeneration(set.getMetadata().getGeneration())
                        .withReplicas(replicas)
                        .withReadyReplicas(replicas)
                        .withAvailableReplicas(replicas)
                        .withCurrentReplicas(replicas)
                        .withUpdatedReplicas(replicas)
                        .withCurrentRevision(current.name())
                        .withUpdateRevision(current.name())
                        .withCollisionCount(0)
                        .endStatus()
                        .build()));
    }

    /**
     * @param revisions oldest first, at least one; where the last one is not healthy its rollout hangs at the last node, the
     *     others being on the one before
     */
    public void daemonSet(List<Past<DaemonSet>> revisions) {
        List<Pod> made = new ArrayList<>();
        DaemonSet set = revisions.get(0).workload();
        String hash = "";
        for (int i = 0; i < revisions.size(); i++) {
            Past<DaemonSet> past = revisions.get(i);
            ObjectNode json = write(Resource.DAEMON_SETS, past, i == 0);
            set = Resource.DAEMON_SETS.read(json);
            hash = revision(DaemonSetController.make(set, json, i + 1L), past.at())
                    .label(TemplateRevision.POD_LABEL);
            boolean last = i == revisions.size() - 1;
            boolean healthy = Kubelet.isHealthy(set.getSpec().getTemplate().getSpec());
            boolean nextHangs = i == revisions.size() - 2
                    && !Kubelet.isHealthy(revisions
                            .get(i + 1)
                            .workload()
                            .getSpec()
                            .getTemplate()
                            .getSpec());
            List<String> nodes = last && healthy
                    ? Nodes.NAMES
                    : last ? Nodes.NAMES.subList(2, 3) : nextHangs ? Nodes.NAMES.subList(0, 2) : List.of();
            for (String node : nodes) {
                made.add(pods.restore(DaemonPods.make(set, hash, node), time(past.at())));
            }
        }
        Readiness readiness =
                new Readiness(Clock.fixed(revisions.get(revisions.size() - 1).at(), ZoneOffset.UTC));
        DaemonSetRollout rollout = new DaemonSetRollout(
                set,
                hash,
                store.list(Resource.NODES.name(), null).stream()
                        .map(Resource.NODES::read)
                        .toList(),
                made,
                readiness);
        store.updateStatus(
                Resource.DAEMON_SETS.name(),
                Resource.write(
                        new DaemonSetBuilder(set).withStatus(rollout.status(0)).build()));
    }

    /** As the API server has it, with its defaults. */
    private <T extends HasMetadata> ObjectNode write(Resource<T> resource, Past<T> past, boolean first) {
        ObjectNode json = Resource.write(past.workload());
        if (first) {
            json.withObject("/metadata").put("creationTimestamp", time(past.at()));
            return store.restore(resource.name(), json);
        }
        return store.update(resource.name(), json);
    }

    private TemplateRevision revision(ObjectNode made, Instant at) {
        made.withObject("/metadata").put("creationTimestamp", time(at));
        return new TemplateRevision(store.restore(TemplateRevision.RESOURCE, made));
    }

    private void claim(StatefulSet set, PersistentVolumeClaim template, int ordinal, String since) {
        PersistentVolumeClaim made = new PersistentVolumeClaimBuilder(StatefulPods.claimOf(set, template, ordinal))
                .editMetadata()
                .withCreationTimestamp(since)
                .endMetadata()
                .withNewStatus()
                .withPhase("Bound")
                .endStatus()
                .build();
        store.restore(Resource.CLAIMS.name(), Resource.write(made));
    }

    private static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
