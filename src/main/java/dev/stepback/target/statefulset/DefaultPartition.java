package dev.stepback.target.statefulset;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.controllerrevision.RevisionPod;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.JsonPatch;
import dev.stepback.target.workload.UndoStep;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Partition 0, written where a strategy names none. The two mean the same but for one thing: without it the controller makes a
 * missing pod anew from the revision that its status calls current, unless enough pods have left that one (Kubernetes' {@code
 * stateful_set_utils.go}, {@code newVersionedStatefulSetPod}). Until a rollout has ended that is the one before it, and a pod
 * that is deleted because it blocks the rollout would come back on it, for ever.
 */
final class DefaultPartition {
    private static final String STRATEGY = "/spec/updateStrategy";
    private static final String ROLLING = "rollingUpdate";

    private DefaultPartition() {}

    /**
     * Whether a pod that is deleted now could come back on another revision than this one.
     *
     * @param hash what pods of the restored revision carry as their label
     */
    static boolean isNeeded(RevisionedWorkload workload, String hash) {
        String current = StatefulSetStatus.currentRevision(workload);
        return UpdatePolicy.of(workload).rolling()
                && !workload.object().at(STRATEGY).path(ROLLING).isObject()
                && !current.isEmpty()
                && !current.equals(hash);
    }

    /** For people; empty when nothing has to be said. */
    static Optional<String> words(RevisionedWorkload workload, String hash, List<RevisionPod> stuck) {
        if (stuck.isEmpty() || !isNeeded(workload, hash)) {
            return Optional.empty();
        }
        String current = StatefulSetStatus.currentRevision(workload);
        OptionalLong number = workload.revisions().stream()
                .filter(revision -> Json.name(revision).equals(current))
                .mapToLong(RevisionedWorkload::number)
                .findFirst();
        return Optional.of(
                "Its updateStrategy names no partition: a pod that is deleted would come back on %s. Before one is deleted, partition 0 is written, which is the default."
                        .formatted(number.isPresent() ? "revision " + number.getAsLong() : "the revision before"));
    }

    /** Only as it was looked at: uid, template and strategy. */
    static ArrayNode patch(RevisionedWorkload workload, String rollback) {
        ObjectNode live = workload.object();
        ArrayNode operations = Json.object().arrayNode();
        JsonPatch.test(operations, "/metadata/uid", operations.textNode(workload.uid()));
        JsonPatch.test(operations, "/spec/template", workload.template().json());
        JsonPatch.test(operations, STRATEGY, live.at(STRATEGY));
        JsonPatch.add(operations, STRATEGY + "/" + ROLLING, Json.object().put("partition", 0));
        return JsonPatch.annotating(operations, live, Json.object().put(UndoStep.MARK, rollback));
    }
}
