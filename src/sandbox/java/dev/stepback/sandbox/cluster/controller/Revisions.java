package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The annotations in which a Deployment's history is kept. */
public final class Revisions {
    public static final String REVISION = "deployment.kubernetes.io/revision";
    public static final String HISTORY = "deployment.kubernetes.io/revision-history";
    public static final String CHANGE_CAUSE = "kubernetes.io/change-cause";

    static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
    static final String MAX = "deployment.kubernetes.io/max-replicas";

    private static final Set<String> NOT_COPIED = Set.of(
            "kubectl.kubernetes.io/last-applied-configuration",
            REVISION,
            HISTORY,
            DESIRED,
            MAX,
            "deprecated.deployment.rollback.to");

    private Revisions() {}

    static long of(HasMetadata object) {
        return number(annotation(object, REVISION));
    }

    static long highest(Collection<ReplicaSet> replicaSets) {
        return replicaSets.stream().mapToLong(Revisions::of).max().orElse(0);
    }

    static String annotation(HasMetadata object, String name) {
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        return annotations == null ? "" : annotations.getOrDefault(name, "");
    }

    /** The Deployment's annotations that its ReplicaSet shall have too. */
    static Map<String, String> toCopy(Deployment deployment) {
        Map<String, String> copied = new LinkedHashMap<>();
        Map<String, String> annotations = deployment.getMetadata().getAnnotations();
        if (annotations != null) {
            copied.putAll(annotations);
        }
        copied.keySet().removeAll(NOT_COPIED);
        return copied;
    }

    /**
     * What the annotations of the current ReplicaSet shall be: those of the Deployment over its own, and the revision, which
     * only ever rises. A number that it had before moves to the history.
     */
    static Map<String, String> ofCurrent(Deployment deployment, ReplicaSet current, long revision) {
        Map<String, String> annotations = new LinkedHashMap<>();
        if (current.getMetadata().getAnnotations() != null) {
            annotations.putAll(current.getMetadata().getAnnotations());
        }
        annotations.putAll(toCopy(deployment));
        String before = annotations.get(REVISION);
        if (number(Objects.requireNonNullElse(before, "")) < revision) {
            annotations.put(REVISION, Long.toString(revision));
            if (before != null) {
                annotations.merge(HISTORY, before, (history, last) -> history.isEmpty() ? last : history + "," + last);
            }
        }
        return annotations;
    }

    /** The size that the Deployment had when the ReplicaSet was scaled last, by which a later scaling is noticed. */
    static Map<String, String> sizes(Rolling rolling) {
        return Map.of(DESIRED, Integer.toString(rolling.replicas()), MAX, Integer.toString(rolling.maxPods()));
    }

    /** 0 for what is no number. */
    static long number(String text) {
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
