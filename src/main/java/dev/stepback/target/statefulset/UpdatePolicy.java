package dev.stepback.target.statefulset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.target.controllerrevision.RevisionPod;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import java.util.Comparator;
import java.util.List;

/**
 * What a StatefulSet's spec says about replacing its pods.
 *
 * <p>The API's documentation calls the partition an ordinal; the controller counts it from the first pod (Kubernetes' {@code
 * stateful_set_utils.go}, {@code newVersionedStatefulSetPod}; kubernetes/kubernetes#128529): of three pods from 5 up,
 * partition 1 leaves the first as it is, and partition 5 all of them.
 *
 * @param replicas how many pods are wanted
 * @param start ordinal of the first pod
 * @param partition how many pods, counted from the first, keep the revision that they have; the ordinal below which they do
 *     when the first one is 0
 * @param unavailable how many pods may be away at once; empty for one, or where the cluster does not know the field
 * @param rolling whether its controller replaces pods by itself
 * @param ordered whether it waits for each pod before it touches the next
 */
record UpdatePolicy(int replicas, int start, int partition, String unavailable, boolean rolling, boolean ordered) {

    static UpdatePolicy of(RevisionedWorkload workload) {
        JsonNode spec = workload.object().path("spec");
        return new UpdatePolicy(
                spec.path("replicas").asInt(1),
                spec.path("ordinals").path("start").asInt(0),
                spec.path("updateStrategy")
                        .path("rollingUpdate")
                        .path("partition")
                        .asInt(0),
                spec.path("updateStrategy")
                        .path("rollingUpdate")
                        .path("maxUnavailable")
                        .asText(""),
                !workload.onDelete(),
                spec.path("podManagementPolicy").asText("OrderedReady").equals("OrderedReady"));
    }

    /** In which order a rollout replaces the pods, and how many at a time; for people. */
    String order(String name) {
        int last = first();
        if (!rolling || replicas == 0) {
            return "";
        }
        if (updated() == 0) {
            return ": with partition %d it is none".formatted(partition);
        }
        if (updated() == 1) {
            return ": it is %s-%d only".formatted(name, last);
        }
        String many = unavailable.isEmpty() || unavailable.equals("1")
                ? "one at a time"
                : "up to %s at a time (maxUnavailable)".formatted(unavailable);
        String parallel = blocks() ? "" : ", and broken ones hold nothing up (Parallel)";
        String ready = ordered ? ", each waits until the others are ready" : parallel;
        return ": %s from %s-%d down to %s-%d%s".formatted(many, name, top() - 1, name, last, ready);
    }

    /** The lowest ordinal whose pod a rollout replaces. */
    int first() {
        return start + partition;
    }

    /** The ordinal above the last pod's. */
    int top() {
        return start + replicas;
    }

    UpdatePolicy withPartition(int other) {
        return new UpdatePolicy(replicas, start, other, unavailable, rolling, ordered);
    }

    /** How many pods a rollout replaces. */
    int updated() {
        return Math.max(0, replicas - partition);
    }

    /**
     * Whether pods that are not ready can keep the controller from replacing any. With {@code Parallel} they can where the
     * cluster knows maxUnavailable (kubernetes/kubernetes#137409): the broken ones use it up.
     */
    boolean blocks() {
        return rolling && (ordered || !unavailable.isEmpty());
    }

    /**
     * The pods that block the rollout of a revision for ever (kubernetes/kubernetes#67250), highest ordinal first: the
     * controller waits for them to become ready before it replaces any, and so never gets to replacing them.
     *
     * @param hash what pods of that revision carry as their label; empty when that is not known yet
     */
    List<RevisionPod> stuck(RevisionedWorkload workload, String hash) {
        if (!blocks() || hash.isEmpty() || !ordered && away(workload) < mayBeAway()) {
            return List.of();
        }
        return workload.pods().stream()
                .filter(pod -> pod.ordinal() >= first() && pod.ordinal() < top())
                .filter(pod -> !pod.runs(hash) && !pod.ready() && !pod.terminating())
                .sorted(Comparator.comparingInt(RevisionPod::ordinal).reversed())
                .toList();
    }

    private long away(RevisionedWorkload workload) {
        long there = workload.pods().stream()
                .filter(pod -> pod.ordinal() >= start && pod.ordinal() < top())
                .filter(pod -> pod.ready() && !pod.terminating())
                .count();
        return replicas - there;
    }

    /** A percentage is rounded down, to one at least (Kubernetes' {@code getStatefulSetMaxUnavailable}). */
    private int mayBeAway() {
        boolean percent = unavailable.endsWith("%");
        try {
            int number = Integer.parseInt(percent ? unavailable.substring(0, unavailable.length() - 1) : unavailable);
            return Math.max(1, percent ? (int) ((long) replicas * number / 100) : number);
        } catch (NumberFormatException e) {
            return 1;
        }
    }
}
