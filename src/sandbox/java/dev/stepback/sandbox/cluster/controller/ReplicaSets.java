package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** A Deployment's ReplicaSets: which one is current, how they are made, and what they add up to. */
public final class ReplicaSets {
    /** Names decide where timestamps, which have seconds only, do not. */
    static final Comparator<ReplicaSet> OLDEST_FIRST = Comparator.comparing(
                    (ReplicaSet set) -> set.getMetadata().getCreationTimestamp())
            .thenComparing(set -> set.getMetadata().getName());

    private ReplicaSets() {}

    /** The oldest one that has the Deployment's template. */
    static Optional<ReplicaSet> current(Deployment deployment, Collection<ReplicaSet> all) {
        return all.stream()
                .sorted(OLDEST_FIRST)
                .filter(set -> PodTemplates.sameButForHash(
                        set.getSpec().getTemplate(), deployment.getSpec().getTemplate()))
                .findFirst();
    }

    /**
     * The ReplicaSet of a Deployment's present template, as the Deployment controller would create it.
     *
     * @param collisions how many names were found taken by other templates
     */
    public static ReplicaSet make(Deployment deployment, long revision, int replicas, int collisions) {
        String hash = PodTemplates.hash(deployment.getSpec().getTemplate(), collisions);
        Rolling rolling = Rolling.of(deployment);
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace(deployment.getMetadata().getNamespace())
                .withName(deployment.getMetadata().getName() + "-" + hash)
                .withLabels(deployment.getSpec().getTemplate().getMetadata().getLabels())
                .addToLabels(PodTemplates.HASH_LABEL, hash)
                .withAnnotations(Revisions.toCopy(deployment))
                .addToAnnotations(Revisions.REVISION, Long.toString(revision))
                .addToAnnotations(Revisions.sizes(rolling))
                .withOwnerReferences(Resource.controlledBy(deployment))
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withMinReadySeconds(deployment.getSpec().getMinReadySeconds())
                .withSelector(new LabelSelectorBuilder(deployment.getSpec().getSelector())
                        .addToMatchLabels(PodTemplates.HASH_LABEL, hash)
                        .build())
                .withTemplate(PodTemplates.withHash(deployment.getSpec().getTemplate(), hash))
                .endSpec()
                .build();
    }

    static List<ReplicaSet> active(Collection<ReplicaSet> sets) {
        return sets.stream().filter(set -> size(set) > 0).toList();
    }

    /** How many pods it shall have. */
    static int size(ReplicaSet set) {
        Integer replicas = set.getSpec().getReplicas();
        return replicas == null ? 1 : replicas;
    }

    static int totalSize(Collection<ReplicaSet> sets) {
        return sets.stream().mapToInt(ReplicaSets::size).sum();
    }

    static int pods(ReplicaSet set) {
        return count(set, ReplicaSetStatus::getReplicas);
    }

    static int ready(ReplicaSet set) {
        return count(set, ReplicaSetStatus::getReadyReplicas);
    }

    /** Available pods that stay: of those above its size the status tells only until they are deleted. */
    static int staying(ReplicaSet set) {
        return Math.min(size(set), available(set));
    }

    static int available(ReplicaSet set) {
        return count(set, ReplicaSetStatus::getAvailableReplicas);
    }

    static int total(Collection<ReplicaSet> sets, ToIntFunction<ReplicaSet> number) {
        return sets.stream().mapToInt(number).sum();
    }

    private static int count(ReplicaSet set, Function<ReplicaSetStatus, Integer> number) {
        ReplicaSetStatus status = set.getStatus();
        Integer value = status == null ? null : number.apply(status);
        return value == null ? 0 : value;
    }

    static boolean matches(Map<String, String> wanted, Map<String, String> labels) {
        return labels != null && !wanted.isEmpty() && labels.entrySet().containsAll(wanted.entrySet());
    }
}
