package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;

/** Makes pods from the templates of ReplicaSets. */
public final class PodFactory {
    private PodFactory() {}

    /** A pod that has no name yet, only the beginning of one. */
    public static Pod podOf(ReplicaSet set) {
        ObjectMeta template = set.getSpec().getTemplate().getMetadata();
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(set.getMetadata().getNamespace())
                .withGenerateName(set.getMetadata().getName() + "-")
                .withLabels(template.getLabels())
                .withAnnotations(template.getAnnotations())
                .withOwnerReferences(Resource.controlledBy(set))
                .endMetadata()
                .withSpec(set.getSpec().getTemplate().getSpec())
                .build();
    }
}
