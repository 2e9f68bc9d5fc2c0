package dev.stepback.target.controllerrevision;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.controllerrevision.Rollouts.Reached;
import dev.stepback.target.workload.Json;
import java.util.List;

/** How far a rollout came, for workloads whose status does not tell. */
public final class Reach {
    private Reach() {}

    /**
     * A revision has not come to its end while older ones still run. Once it has, a pod that breaks is no fault of the
     * rollout any more.
     *
     * @param pods those that the rollout replaces
     */
    public static Reached of(RevisionedWorkload workload, ObjectNode revision, List<RevisionPod> pods) {
        long number = RevisionedWorkload.number(revision);
        boolean older = pods.stream().anyMatch(pod -> !pod.terminating() && number(workload, pod) < number);
        if (older) {
            return Reached.NOT_YET;
        }
        boolean current = workload.current()
                .filter(r -> Json.name(r).equals(Json.name(revision)))
                .isPresent();
        return current && workload.observed() ? Reached.END : Reached.UNKNOWN;
    }

    /** Of a revision that is not kept any more, 0: it is older than any that is. */
    private static long number(RevisionedWorkload workload, RevisionPod pod) {
        return workload.revisions().stream()
                .filter(revision -> pod.runs(workload.hash(revision)))
                .mapToLong(RevisionedWorkload::number)
                .findFirst()
                .orElse(0);
    }
}
