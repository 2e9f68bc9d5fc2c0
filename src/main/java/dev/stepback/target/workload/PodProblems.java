package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Rollout;
import dev.stepback.target.Rollout.PodProblem;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.TargetRef;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Says why pods are not ready. */
public final class PodProblems {
    /** What a container says while all is well. */
    private static final Set<String> STARTING = Set.of("", "ContainerCreating", "PodInitializing");

    /** Events are asked for pod by pod, so only for a few. */
    private static final int EVENT_LOOKUPS = 3;

    private static final int MAX_DETAIL = 300;

    private final PodEvents events;
    /** How long a pod may be there beyond the time that it was given to end. */
    private static final Duration ENDING = Duration.ofSeconds(60);

    private final Redactor redactor;
    private final Clock clock;

    public PodProblems(ApiServer api, Redactor redactor, Clock clock) {
        this.events = new PodEvents(api);
        this.redactor = redactor;
        this.clock = clock;
    }

    /**
     * The same observation, with the problems. Where pods or events may not be read, they are left out.
     *
     * @param owner what makes the pods, if it can say that it fails to
     * @param pods those that are looked at
     */
    public Observation addTo(
            Observation observation, TargetRef target, Optional<ObjectNode> owner, Supplier<List<ObjectNode>> pods) {
        Rollout rollout = observation.rollout();
        if (rollout == null || observation.state() == Observation.State.DONE) {
            return observation;
        }
        List<PodProblem> found;
        try {
            found = find(target, owner, pods.get());
        } catch (KubernetesClientException e) {
            // The figures are worth showing without the reasons.
            return observation;
        }
        Rollout complete = new Rollout(
                rollout.sentence(), rollout.desired(), rollout.updated(), rollout.available(), rollout.old(), found);
        return new Observation(observation.state(), observation.message(), complete);
    }

    private List<PodProblem> find(TargetRef target, Optional<ObjectNode> owner, List<ObjectNode> pods) {
        List<PodProblem> problems = new ArrayList<>();
        owner.flatMap(rs -> Json.condition(rs.path("status"), "ReplicaFailure"))
                .filter(c -> c.path("status").asText().equals("True"))
                .ifPresent(c -> problems.add(problem(
                        owner.map(Json::name).orElse(""),
                        c.path("reason").asText(),
                        c.path("message").asText())));
        int lookups = 0;
        for (ObjectNode pod :
                pods.stream().sorted(Comparator.comparing(Json::name)).toList()) {
            if (problems.size() == Rollout.MAX_PROBLEMS) {
                break;
            }
            if (pod.path("metadata").has("deletionTimestamp")) {
                overdue(pod).ifPresent(problems::add);
                continue;
            }
            if (ready(pod)) {
                continue;
            }
            Optional<PodProblem> problem = fromStatus(pod);
            if (problem.isEmpty() && lookups++ < EVENT_LOOKUPS) {
                problem = warning(target, pod);
            }
            problem.ifPresent(problems::add);
        }
        return List.copyOf(problems);
    }

    /** One that does not end, as on a node that does not answer: nothing takes its place while it has its name. */
    private Optional<PodProblem> overdue(ObjectNode pod) {
        Duration over = Duration.between(
                Instant.parse(pod.path("metadata").path("deletionTimestamp").asText()), clock.instant());
        JsonNode finalizers = pod.path("metadata").path("finalizers");
        return over.compareTo(ENDING) < 0
                ? Optional.empty()
                : Optional.of(problem(
                        Json.name(pod),
                        "Terminating",
                        "should have ended %d min ago; %s"
                                .formatted(
                                        over.toMinutes(),
                                        finalizers.isEmpty()
                                                ? "does its node %s still answer?"
                                                        .formatted(pod.path("spec")
                                                                .path("nodeName")
                                                                .asText(""))
                                                : "its finalizer %s holds it"
                                                        .formatted(finalizers
                                                                .path(0)
                                                                .asText()))));
    }

    private Optional<PodProblem> fromStatus(ObjectNode pod) {
        JsonNode status = pod.path("status");
        Optional<JsonNode> unscheduled = Json.condition(status, "PodScheduled")
                .filter(c -> c.path("status").asText().equals("False"));
        if (unscheduled.isPresent()) {
            JsonNode condition = unscheduled.get();
            return Optional.of(problem(
                    Json.name(pod),
                    condition.path("reason").asText("Unschedulable"),
                    condition.path("message").asText()));
        }
        Optional<PodProblem> problem = ofContainers(pod);
        if (problem.isPresent()) {
            return problem;
        }
        return status.path("phase").asText().equals("Failed")
                ? Optional.of(problem(
                        Json.name(pod),
                        status.path("reason").asText("Failed"),
                        status.path("message").asText("")))
                : Optional.empty();
    }

    /** Why its containers do not start or do not stay; empty when they do, and when it is still too early to say. */
    public Optional<PodProblem> ofContainers(ObjectNode pod) {
        return Stream.of("initContainerStatuses", "containerStatuses")
                .flatMap(list -> Json.elements(pod.path("status").path(list)))
                .flatMap(container -> fromContainer(pod, container).stream())
                .findFirst();
    }

    private Optional<PodProblem> fromContainer(ObjectNode pod, JsonNode container) {
        JsonNode waiting = container.path("state").path("waiting");
        JsonNode stopped = container.path("state").path("terminated");
        JsonNode last = stopped.isMissingNode() ? container.path("lastState").path("terminated") : stopped;
        String reason = waiting.path("reason").asText("");
        String prefix = pod.path("spec").path("containers").size() > 1
                ? "container %s: ".formatted(container.path("name").asText())
                : "";
        if (STARTING.contains(reason) && !failed(last)) {
            return Optional.empty();
        }
        if (!STARTING.contains(reason) && !reason.equals("CrashLoopBackOff")) {
            return Optional.of(problem(
                    Json.name(pod), reason, prefix + waiting.path("message").asText("")));
        }
        if (last.isMissingNode()) {
            return Optional.of(problem(
                    Json.name(pod), reason, prefix + waiting.path("message").asText("")));
        }
        boolean outOfMemory = last.path("reason").asText().equals("OOMKilled");
        int restarts = container.path("restartCount").asInt(0);
        String shown = outOfMemory
                ? "OOMKilled"
                : reason.isEmpty() ? last.path("reason").asText("Error") : reason;
        String message = last.path("message").asText("");
        return Optional.of(problem(
                Json.name(pod),
                shown,
                "%sexit code %d, %d %s%s"
                        .formatted(
                                prefix,
                                last.path("exitCode").asInt(),
                                restarts,
                                restarts == 1 ? "restart" : "restarts",
                                message.isEmpty() ? "" : ": " + message)));
    }

    /** A running container that was once killed for memory or crashed is worth naming until the pod is ready. */
    private static boolean failed(JsonNode terminated) {
        return terminated.path("exitCode").asInt(0) != 0;
    }

    /** The newest warning about this very pod; another one may have had its name before. */
    public Optional<PodProblem> warning(TargetRef target, ObjectNode pod) {
        List<ObjectNode> warnings = events.warnings(target, pod).stream()
                .filter(e -> e.path("involvedObject")
                        .path("uid")
                        .asText(Json.uid(pod))
                        .equals(Json.uid(pod)))
                .toList();
        if (warnings.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode newest = warnings.get(warnings.size() - 1);
        return Optional.of(problem(
                Json.name(pod),
                newest.path("reason").asText(),
                newest.path("message").asText()));
    }

    private PodProblem problem(String pod, String reason, String detail) {
        return new PodProblem(
                pod, OneLine.of(redactor.text(reason), 60), OneLine.of(redactor.text(detail), MAX_DETAIL));
    }

    public static boolean ready(ObjectNode pod) {
        return Json.condition(pod.path("status"), "Ready")
                .filter(c -> c.path("status").asText().equals("True"))
                .isPresent();
    }
}
