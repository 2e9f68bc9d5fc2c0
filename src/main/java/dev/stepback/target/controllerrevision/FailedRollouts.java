package dev.stepback.target.controllerrevision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Rollout.PodProblem;
import dev.stepback.target.Step;
import dev.stepback.target.controllerrevision.Rollouts.Reached;
import dev.stepback.target.workload.AvailableMark;
import dev.stepback.target.workload.CameRightMark;
import dev.stepback.target.workload.FailureMark;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.JsonPatch;
import dev.stepback.target.workload.PodProblems;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which revisions of a StatefulSet or DaemonSet failed to roll out. Kubernetes has no such state for them, and their pods have
 * gone soon: what is seen while the rollout is under way is written onto the ControllerRevision.
 *
 * <p>Two things count, both only until the rollout has come to its end: a pod of the revision is not ready for as long as a
 * Deployment's rollout may make no progress; or there is something wrong with it, and it is replaced like that.
 */
final class FailedRollouts {
    /** What Kubernetes gives Deployments unless they say otherwise. */
    static final Duration DEADLINE = Duration.ofSeconds(600);

    /** Many a pod fails its probes while it starts. */
    static final Duration STARTING = Duration.ofSeconds(60);

    /** Each may cost a request. */
    private static final int LOOKED_AT = 3;

    private static final Logger log = LoggerFactory.getLogger(FailedRollouts.class);

    private final RevisionedWorkloads workloads;
    private final Rollouts rollouts;
    private final PodProblems problems;
    private final FailureMark mark;
    private final Clock clock;

    FailedRollouts(
            RevisionedWorkloads workloads, Rollouts rollouts, PodProblems problems, Redactor redactor, Clock clock) {
        this.workloads = workloads;
        this.rollouts = rollouts;
        this.problems = problems;
        this.mark = new FailureMark(workloads.storedIn(), RevisionedWorkload::number, redactor);
        this.clock = clock;
    }

    /** What was written down and what can be seen now, by the ControllerRevision's name. */
    Map<String, BadRevision> of(RevisionedWorkload workload) {
        Map<String, BadRevision> failed = new LinkedHashMap<>();
        for (ObjectNode revision : workload.revisions()) {
            boolean current = isCurrent(workload, revision);
            Optional<BadRevision> seen = current ? overdue(workload, revision) : broken(workload, revision);
            // The current one may still come right: what was written down of it counts once it is replaced.
            Optional<BadRevision> known =
                    current || reached(workload, revision) == Reached.END ? Optional.empty() : mark.of(revision);
            known.or(() -> seen).ifPresent(bad -> failed.put(Json.name(revision), bad));
        }
        return failed;
    }

    /**
     * Writes down what can be seen now and is not written yet, and takes back what has come right since. That a revision's pods
     * are available, too, and after which Rollback the rollout has ended well.
     */
    void note(RevisionedWorkload workload) {
        workload.revisions().forEach(revision -> noteSuccess(workload, revision));
        for (ObjectNode revision : workload.revisions()) {
            boolean marked = mark.of(revision).isPresent();
            Optional<BadRevision> trouble = broken(workload, revision)
                    .or(() -> isCurrent(workload, revision) ? overdue(workload, revision) : Optional.empty());
            if (marked && (reached(workload, revision) == Reached.END || recovered(workload, revision, trouble))) {
                patch(workload, revision, Optional.empty());
            } else if (!marked) {
                trouble.ifPresent(bad -> patch(workload, revision, Optional.of(bad)));
            }
        }
    }

    private void noteSuccess(RevisionedWorkload workload, ObjectNode revision) {
        ObjectNode marks = Json.object();
        if (workload.available(revision)) {
            AvailableMark.add(marks, revision);
        }
        // One that a rollback has left standing still is complete only as far as it came.
        if (isCurrent(workload, revision)
                && reached(workload, revision) == Reached.END
                && rollouts.resumption(workload).isEmpty()
                && rollouts.status(workload).state() == Step.Observation.State.DONE) {
            CameRightMark.add(marks, workload.object(), revision);
        }
        if (!marks.isEmpty()) {
            workloads.patchRevision(workload.ref(), Json.name(revision), JsonPatch.annotating(revision, marks));
        }
    }

    /** In the middle of its rollout nothing is wrong any more, and its pods stay. */
    private boolean recovered(RevisionedWorkload workload, ObjectNode revision, Optional<BadRevision> trouble) {
        String hash = workload.hash(revision);
        return trouble.isEmpty()
                && isCurrent(workload, revision)
                && workload.observed()
                && workload.pods().stream()
                        .anyMatch(pod ->
                                pod.runs(hash) && !pod.terminating() && pod.available(STARTING, clock.instant()));
    }

    private Reached reached(RevisionedWorkload workload, ObjectNode revision) {
        return workload.observed() ? rollouts.reached(workload, revision) : Reached.UNKNOWN;
    }

    private static boolean isCurrent(RevisionedWorkload workload, ObjectNode revision) {
        return workload.current()
                .filter(current -> Json.name(current).equals(Json.name(revision)))
                .isPresent();
    }

    /** Something is wrong with its pods, before its rollout has come to its end. */
    private Optional<BadRevision> broken(RevisionedWorkload workload, ObjectNode revision) {
        if (reached(workload, revision) != Reached.NOT_YET) {
            return Optional.empty();
        }
        String hash = workload.hash(revision);
        return workload.pods().stream()
                .filter(pod -> pod.runs(hash) && suspect(pod))
                .limit(LOOKED_AT)
                .flatMap(pod -> problems
                        .ofContainers(pod.json())
                        .or(() -> warning(workload, pod))
                        .map(problem -> BadRevision.rolloutFailed(reason(problem), unreadySince(pod)))
                        .stream())
                .min(Comparator.comparing(BadRevision::at));
    }

    /** Such as a probe that fails. That there is no room for a pod is no fault of its revision. */
    private Optional<PodProblem> warning(RevisionedWorkload workload, RevisionPod pod) {
        if (unreadySince(pod).isAfter(clock.instant().minus(STARTING))) {
            return Optional.empty();
        }
        try {
            return problems.warning(workload.ref(), pod.json())
                    .filter(problem -> !problem.reason().equals("FailedScheduling"));
        } catch (KubernetesClientException e) {
            log.debug("events cannot be read: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<BadRevision> overdue(RevisionedWorkload workload, ObjectNode revision) {
        if (reached(workload, revision) != Reached.NOT_YET) {
            return Optional.empty();
        }
        String hash = workload.hash(revision);
        Instant limit = clock.instant().minus(DEADLINE).minus(workload.minReady());
        return workload.pods().stream()
                .filter(pod -> pod.runs(hash) && suspect(pod))
                .filter(pod -> !unreadySince(pod).isAfter(limit) || oldAndBroken(pod, limit))
                .map(pod -> BadRevision.rolloutFailed(
                        problems.ofContainers(pod.json())
                                .map(FailedRollouts::reason)
                                .orElse("its pods did not become ready"),
                        unreadySince(pod)))
                .min(Comparator.comparing(BadRevision::at));
    }

    /** Without a probe a container that crashes again and again is ready in between. */
    private boolean oldAndBroken(RevisionPod pod, Instant limit) {
        return !Json.createdAt(pod.json()).isAfter(limit)
                && problems.ofContainers(pod.json()).isPresent();
    }

    /** Not ready, and its node says so: one that is not heard of says nothing about what runs there. */
    private static boolean suspect(RevisionPod pod) {
        return !pod.ready()
                && !pod.terminating()
                && readiness(pod)
                        .filter(c -> c.path("status").asText().equals("Unknown"))
                        .isEmpty();
    }

    private static Instant unreadySince(RevisionPod pod) {
        Instant created = Json.createdAt(pod.json());
        return readiness(pod)
                .map(c -> FailureMark.time(c, "lastTransitionTime"))
                .filter(since -> since.isAfter(created))
                .orElse(created);
    }

    private static Optional<JsonNode> readiness(RevisionPod pod) {
        return Json.condition(pod.json().path("status"), "Ready");
    }

    private static String reason(PodProblem problem) {
        return problem.detail().isBlank() ? problem.reason() : problem.reason() + ": " + problem.detail();
    }

    private void patch(RevisionedWorkload workload, ObjectNode revision, Optional<BadRevision> failed) {
        ObjectNode precondition = Json.object()
                .put("op", "test")
                .put("path", "/revision")
                .put("value", RevisionedWorkload.number(revision));
        workloads.patchRevision(
                workload.ref(),
                Json.name(revision),
                failed.map(bad -> mark.writing(revision, precondition, bad))
                        .orElseGet(() -> FailureMark.removing(precondition)));
        log.info(
                "rollout of revision {} of {}: {}",
                RevisionedWorkload.number(revision),
                workload.ref(),
                failed.isPresent() ? "in trouble, written down" : "came right, no longer noted as failed");
    }
}
