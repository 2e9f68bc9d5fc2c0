package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Kind;
import dev.stepback.target.workload.Json;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The pods that there are before the rollout, of those that it is about.
 *
 * @param restored run the revision to restore already: a rollout that got stuck has left them alone
 * @param restoredReady of these
 * @param others run another one
 * @param broken of the others, those that are not ready: they are the first that stop
 * @param leaving are on their way out already, and take what they take until they are gone
 */
record Present(int restored, int restoredReady, int others, int broken, int leaving) {
    static final Present UNKNOWN = new Present(0, 0, 0, 0, 0);

    /** Where the pods cannot be looked at, what is said goes by the strategy alone. */
    static Present orUnknown(Preflight.Subject subject, Turnover turnover, Supplier<List<ObjectNode>> pods) {
        try {
            return of(subject, turnover, pods.get());
        } catch (KubernetesClientException e) {
            return UNKNOWN;
        }
    }

    static Present of(Preflight.Subject subject, Turnover turnover, List<ObjectNode> pods) {
        Kind kind = subject.workload().ref().kind();
        ObjectNode object = subject.workload().object();
        String label = kind == Kind.DEPLOYMENT ? "pod-template-hash" : "controller-revision-hash";
        Map<String, String> labels = Json.labels(subject.revision());
        String hash = kind == Kind.STATEFULSET ? Json.name(subject.revision()) : labels.getOrDefault(label, "");
        if (hash.isEmpty()) {
            return UNKNOWN;
        }
        int first = object.at("/spec/ordinals/start").asInt(0)
                + object.at("/spec/replicas").asInt(1)
                - turnover.pods();
        List<ObjectNode> living = pods.stream()
                .filter(pod -> !pod.path("status").path("phase").asText().matches("Succeeded|Failed"))
                .toList();
        Map<Boolean, List<ObjectNode>> byRevision = living.stream()
                .filter(pod -> !leaves(pod))
                .filter(pod -> kind != Kind.STATEFULSET || ordinal(pod) >= first)
                .collect(Collectors.partitioningBy(
                        pod -> hash.equals(Json.labels(pod).get(label))));
        List<ObjectNode> restored = byRevision.getOrDefault(true, List.of());
        List<ObjectNode> others = byRevision.getOrDefault(false, List.of());
        int leaving = (int) living.stream().filter(Present::leaves).count();
        return new Present(restored.size(), ready(restored), others.size(), others.size() - ready(others), leaving);
    }

    private static boolean leaves(ObjectNode pod) {
        return pod.path("metadata").has("deletionTimestamp");
    }

    private static int ready(List<ObjectNode> pods) {
        return (int) pods.stream().filter(Present::ready).count();
    }

    private static boolean ready(ObjectNode pod) {
        return Json.condition(pod.path("status"), "Ready")
                .filter(c -> c.path("status").asText().equals("True"))
                .isPresent();
    }

    private static int ordinal(ObjectNode pod) {
        String name = Json.name(pod);
        try {
            return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** What is left to do. */
    Turnover left(Turnover turnover) {
        return turnover.without(Math.min(restored, turnover.pods()));
    }

    /** How many pods give up what they take; where none are seen, as many as the rollout replaces. */
    int givingUp(Turnover turnover) {
        return restored + others == 0 ? turnover.pods() : others + leaving;
    }

    /** How many pods the rollout may take away at a time. */
    int missing(Turnover turnover) {
        return Math.min(turnover.unavailable(), left(turnover).pods());
    }

    /**
     * Whether a broken pod stops before a new one is ready (the Deployment controller's cleanup of unhealthy pods, within
     * what may be unavailable).
     */
    boolean makesRoom(Turnover turnover) {
        int least = turnover.pods() - turnover.unavailable();
        return broken > 0 && restored + others - least - (restored - restoredReady) > 0;
    }
}
