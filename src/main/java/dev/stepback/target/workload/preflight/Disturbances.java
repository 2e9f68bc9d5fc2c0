package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.LabelSelector;
import java.util.List;
import java.util.function.Supplier;

/** What else changes the number of pods while a rollout lasts, or counts on it. */
final class Disturbances {
    private final ApiServer api;
    private final Supplier<List<ObjectNode>> pods;

    /** @param pods the workload's, of whatever revision */
    Disturbances(ApiServer api, Supplier<List<ObjectNode>> pods) {
        this.api = api;
        this.pods = pods;
    }

    private int missing(Preflight.Subject subject, Turnover turnover) {
        return Present.orUnknown(subject, turnover, pods).missing(turnover);
    }

    /** One that is at its maximum cannot make up for the pods that are being replaced. */
    List<Finding> autoscaler(Preflight.Subject subject) {
        TargetRef ref = subject.workload().ref();
        Turnover turnover = Turnover.of(subject);
        return api.list("/apis/autoscaling/v2/namespaces/" + ref.namespace() + "/horizontalpodautoscalers").stream()
                .filter(hpa -> {
                    JsonNode target = hpa.path("spec").path("scaleTargetRef");
                    return target.path("kind").asText().equals(ref.kind().apiName())
                            && target.path("name").asText().equals(ref.name());
                })
                .map(hpa -> autoscaler(hpa, missing(subject, turnover)))
                .toList();
    }

    private static Finding autoscaler(ObjectNode hpa, int missing) {
        int least = hpa.path("spec").path("minReplicas").asInt(1);
        int most = hpa.path("spec").path("maxReplicas").asInt(1);
        boolean atMost = hpa.path("status").path("currentReplicas").asInt(0) >= most && most > least;
        return atMost && missing > 0
                ? Finding.warn(
                        "autoscaler",
                        "HorizontalPodAutoscaler %s is at its maximum of %d, and the rollout takes up to %d of them away: expect less room for load until it is over."
                                .formatted(Json.name(hpa), most, missing))
                : Finding.pass(
                        "autoscaler",
                        "HorizontalPodAutoscaler %s may change the replicas (%d to %d) during the rollout; that does not disturb it."
                                .formatted(Json.name(hpa), least, most));
    }

    /** A budget is about evictions. A rollout asks it nothing, and so may go below what it promises. */
    List<Finding> disruptionBudget(Preflight.Subject subject) {
        TargetRef ref = subject.workload().ref();
        JsonNode labels = subject.restored().json().path("metadata").path("labels");
        Turnover turnover = Turnover.of(subject);
        return api.list("/apis/policy/v1/namespaces/" + ref.namespace() + "/poddisruptionbudgets").stream()
                .filter(pdb -> LabelSelector.matches(pdb.path("spec").path("selector"), labels))
                .map(pdb -> budget(pdb, wantedPods(subject, turnover), missing(subject, turnover)))
                .toList();
    }

    /** Those that a partition keeps from being replaced, too. */
    private static int wantedPods(Preflight.Subject subject, Turnover turnover) {
        return subject.workload().ref().kind() == Kind.STATEFULSET
                ? subject.workload().object().at("/spec/replicas").asInt(1)
                : turnover.pods();
    }

    /**
     * A budget may be about other workloads' pods, too.
     *
     * @param pods of this workload
     * @param missing how many of them the rollout takes away at a time
     */
    private static Finding budget(ObjectNode pdb, int pods, int missing) {
        int all = Math.max(pods, pdb.path("status").path("expectedPods").asInt(0));
        int wanted = wanted(pdb, all);
        return missing > 0 && all - missing < wanted
                ? Finding.warn(
                        "disruption-budget",
                        "The rollout may leave %d of %d pods, and PodDisruptionBudget %s wants %d: it holds up evictions, not rollouts."
                                .formatted(all - missing, all, Json.name(pdb), wanted))
                : Finding.pass(
                        "disruption-budget",
                        "PodDisruptionBudget %s holds up evictions, not rollouts.".formatted(Json.name(pdb)));
    }

    /** As it was counted, or will be. */
    private static int wanted(ObjectNode pdb, int all) {
        JsonNode status = pdb.path("status");
        int counted = status.path("desiredHealthy").asInt(0);
        if (counted > 0 || status.has("observedGeneration")) {
            return counted;
        }
        JsonNode missing = pdb.path("spec").path("maxUnavailable");
        return missing.isMissingNode()
                ? Turnover.part(pdb.path("spec").path("minAvailable"), "0", all, true)
                : all - Turnover.part(missing, "0", all, true);
    }
}
