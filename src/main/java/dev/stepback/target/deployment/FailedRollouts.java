package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Step;
import dev.stepback.target.workload.AvailableMark;
import dev.stepback.target.workload.CameRightMark;
import dev.stepback.target.workload.FailureMark;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.JsonPatch;
import dev.stepback.target.workload.PodEvents;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which revisions of a Deployment failed to roll out. A ReplicaSet keeps nothing about it, so what can be seen while the
 * failure is fresh is written onto it, as the annotation {@value FailureMark#ANNOTATION}.
 *
 * <p>Two things are seen: the current revision exceeded its progress deadline; or a revision was replaced while an older
 * one still ran pods, that is before its rollout ended, and there were warnings about its pods.
 */
final class FailedRollouts {
    /** Says in which pod it was, which has gone. */
    private static final Pattern IN_POD = Pattern.compile(" in pod \\S+");

    private static final int MAX_REASON = 200;
    private static final Logger log = LoggerFactory.getLogger(FailedRollouts.class);

    private final Deployments deployments;
    private final Redactor redactor;
    private final FailureMark mark;

    FailedRollouts(Deployments deployments, Redactor redactor) {
        this.deployments = deployments;
        this.redactor = redactor;
        mark = new FailureMark("replicaSet", Workload::number, redactor);
    }

    /** What was written down and what can be seen now, by the ReplicaSet's name. */
    Map<String, BadRevision> of(Workload workload) {
        Map<String, BadRevision> failed = new LinkedHashMap<>();
        for (ObjectNode replicaSet : workload.replicaSets()) {
            if (!recovered(workload, replicaSet)) {
                mark.of(replicaSet).ifPresent(bad -> failed.put(Json.name(replicaSet), bad));
            }
        }
        seen(workload).forEach((replicaSet, bad) -> failed.putIfAbsent(Json.name(replicaSet), bad));
        return failed;
    }

    /**
     * Writes down what can be seen now and is not written yet, and takes back what has come right since. That a revision's pods
     * are available, too, and after which Rollback the rollout has ended well.
     */
    void note(Workload workload) {
        workload.replicaSets().stream().filter(rs -> Workload.number(rs) > 0).forEach(rs -> noteSuccess(workload, rs));
        seen(workload).forEach((replicaSet, bad) -> {
            if (mark.of(replicaSet).isEmpty()) {
                patch(workload, replicaSet, Optional.of(bad));
            }
        });
        for (ObjectNode replicaSet : workload.replicaSets()) {
            if (recovered(workload, replicaSet) && mark.of(replicaSet).isPresent()) {
                patch(workload, replicaSet, Optional.empty());
            }
        }
    }

    private void noteSuccess(Workload workload, ObjectNode replicaSet) {
        ObjectNode marks = Json.object();
        if (Workload.available(replicaSet)) {
            AvailableMark.add(marks, replicaSet);
        }
        if (workload.newReplicaSet().filter(rs -> rs == replicaSet).isPresent()
                && RolloutStatus.of(workload, Optional.empty()).state() == Step.Observation.State.DONE) {
            CameRightMark.add(marks, workload.deployment(), replicaSet);
        }
        if (!marks.isEmpty()) {
            deployments.patchReplicaSet(workload.ref(), Json.name(replicaSet), JsonPatch.annotating(replicaSet, marks));
        }
    }

    private Map<ObjectNode, BadRevision> seen(Workload workload) {
        Map<ObjectNode, BadRevision> seen = new LinkedHashMap<>();
        Optional<ObjectNode> current = workload.newReplicaSet();
        if (current.isEmpty() || Workload.number(current.get()) == 0) {
            return seen;
        }
        deadlineExceeded(workload, current.get()).ifPresent(bad -> seen.put(current.get(), bad));
        List<ObjectNode> replaced = workload.replicaSets().stream()
                .filter(rs -> Workload.number(rs) < Workload.number(current.get()))
                .filter(rs -> replacedBeforeItsEnd(workload, rs))
                .toList();
        if (!replaced.isEmpty()) {
            List<ObjectNode> warnings = warnings(workload);
            replaced.forEach(rs -> newest(warnings, rs).ifPresent(bad -> seen.put(rs, bad)));
        }
        return seen;
    }

    private static Optional<BadRevision> deadlineExceeded(Workload workload, ObjectNode current) {
        return progressing(workload)
                .filter(c -> c.path("reason").asText().equals("ProgressDeadlineExceeded"))
                .filter(c -> workload.observed() && isAbout(c, current))
                .map(c -> BadRevision.rolloutFailed(
                        "exceeded its progress deadline", FailureMark.time(c, "lastUpdateTime")));
    }

    /** A condition can still be the one of the revision before. */
    private static boolean isAbout(JsonNode condition, ObjectNode replicaSet) {
        String message = condition.path("message").asText();
        return !message.startsWith("ReplicaSet \"") || message.contains("\"" + Json.name(replicaSet) + "\"");
    }

    /** A rollout that ends leaves no pods of older revisions, and older revisions get none again. */
    private static boolean replacedBeforeItsEnd(Workload workload, ObjectNode replicaSet) {
        long number = Workload.number(replicaSet);
        return workload.replicaSets().stream()
                .filter(older -> Workload.number(older) > 0 && Workload.number(older) < number)
                .anyMatch(older -> older.path("status").path("replicas").asInt(0) > 0);
    }

    private List<ObjectNode> warnings(Workload workload) {
        try {
            return new PodEvents(deployments.api()).warnings(workload.ref());
        } catch (KubernetesClientException e) {
            log.debug("events cannot be read: {}", e.getMessage());
            return List.of();
        }
    }

    private Optional<BadRevision> newest(List<ObjectNode> warnings, ObjectNode replicaSet) {
        String pods = Json.name(replicaSet) + "-";
        return warnings.stream()
                .filter(e -> e.path("involvedObject").path("name").asText().startsWith(pods))
                .reduce((a, b) -> b)
                .map(e -> BadRevision.rolloutFailed(
                        OneLine.of(
                                redactor.text(e.path("reason").asText() + ": "
                                        + IN_POD.matcher(e.path("message").asText())
                                                .replaceAll("")),
                                MAX_REASON),
                        FailureMark.time(e, "lastTimestamp", "eventTime", "firstTimestamp")));
    }

    /** The rollout ended well after all, as when a registry came back after the deadline. */
    private static boolean recovered(Workload workload, ObjectNode replicaSet) {
        return workload.observed()
                && workload.newReplicaSet().filter(rs -> rs == replicaSet).isPresent()
                && progressing(workload)
                        .filter(c -> c.path("reason").asText().equals("NewReplicaSetAvailable"))
                        .filter(c -> isAbout(c, replicaSet))
                        .isPresent();
    }

    private static Optional<JsonNode> progressing(Workload workload) {
        return Json.condition(workload.deployment().path("status"), "Progressing");
    }

    private void patch(Workload workload, ObjectNode replicaSet, Optional<BadRevision> failed) {
        ObjectNode precondition = Json.object()
                .put("op", "test")
                .put("path", "/metadata/annotations/" + Workload.REVISION.replace("/", "~1"))
                .put("value", Json.annotation(replicaSet, Workload.REVISION));
        deployments.patchReplicaSet(
                workload.ref(),
                Json.name(replicaSet),
                failed.map(bad -> mark.writing(replicaSet, precondition, bad))
                        .orElseGet(() -> FailureMark.removing(precondition)));
        log.info(
                "rollout of revision {} of {}: {}",
                Workload.number(replicaSet),
                workload.ref(),
                failed.isPresent() ? "failed, written down" : "came right, no longer noted as failed");
    }
}
