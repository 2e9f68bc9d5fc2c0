package dev.stepback.target.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.Owned;
import dev.stepback.target.workload.PodEvents;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What became of a Job: how its pod ended, or what it waits for, and the end of its log. Redacted. */
final class JobRun {
    private static final int LINES = 12;
    private static final int LINE = 200;

    /** As much as is read of a log's last lines. */
    private static final int BYTES = 65_536;

    private static final Set<String> ON_ITS_WAY = Set.of("ContainerCreating", "PodInitializing");

    private final ApiServer api;
    private final Redactor redactor;
    private final TargetRef target;
    private final ObjectNode job;
    private @Nullable List<ObjectNode> pods;

    JobRun(ApiServer api, Redactor redactor, TargetRef target, ObjectNode job) {
        this.api = api;
        this.redactor = redactor;
        this.target = target;
        this.job = job;
    }

    /** How long it may run; what its creation is counted from. */
    static Duration timeout(JsonNode job) {
        return Duration.ofSeconds(job.path("spec").path("activeDeadlineSeconds").asLong(0));
    }

    /** Why it failed, such as {@code exit code 1}; without a full stop. */
    String ending() {
        JsonNode condition = Json.condition(job.path("status"), "Failed").orElseThrow();
        if (condition.path("reason").asText().equals("DeadlineExceeded")) {
            return "it did not end within %d s".formatted(timeout(job).toSeconds()) + hindrance();
        }
        return statuses()
                .filter(JobRun::hasFailed)
                .findFirst()
                .map(JobRun::exit)
                .orElseGet(() -> line(condition.path("reason").asText() + ", "
                        + condition.path("message").asText()));
    }

    /** What kept it from running, with what separates the two; empty when nothing is known. Its pods go when its time is over. */
    private String hindrance() {
        String waiting = waiting();
        return waiting.isEmpty()
                ? warningOfGonePods()
                        .map(why -> "; the last warning was: " + why)
                        .orElse("")
                : ": " + waiting;
    }

    private Optional<String> warningOfGonePods() {
        if (!pods().isEmpty()) {
            return Optional.empty();
        }
        String pods = Json.name(job) + "-";
        return new PodEvents(api)
                .warnings(target).stream()
                        .filter(event -> event.path("involvedObject")
                                .path("name")
                                .asText()
                                .startsWith(pods))
                        .reduce((before, last) -> last)
                        .map(event -> line(event.path("message").asText()));
    }

    private static String exit(JsonNode container) {
        JsonNode terminated = container.path("state").path("terminated");
        String reason = terminated.path("reason").asText("Error");
        return "exit code %d%s"
                .formatted(
                        terminated.path("exitCode").asInt(),
                        reason.equals("Error") ? "" : ", " + OneLine.of(reason, 60));
    }

    /** What keeps it from running; empty when nothing does. */
    String waiting() {
        Optional<String> container = statuses()
                .map(s -> s.path("state").path("waiting"))
                .filter(w -> w.hasNonNull("reason")
                        && !ON_ITS_WAY.contains(w.path("reason").asText()))
                .map(w ->
                        line(w.path("reason").asText() + " " + w.path("message").asText("")))
                .findFirst();
        return container
                .or(() -> pods().stream()
                        .flatMap(pod -> Json.condition(pod.path("status"), "PodScheduled").stream())
                        .filter(c -> c.path("status").asText().equals("False"))
                        .map(c -> line(c.path("message").asText()))
                        .findFirst())
                .or(this::noPods)
                .or(this::notStarting)
                .orElse("");
    }

    /** What a pod meets on its way, such as a volume that another node has. */
    private Optional<String> notStarting() {
        return pods().stream()
                .filter(pod ->
                        pod.path("status").path("phase").asText("Pending").equals("Pending"))
                .flatMap(pod -> new PodEvents(api).warnings(target, pod).stream())
                .reduce((before, last) -> last)
                .map(event -> line(event.path("message").asText()));
    }

    /** Why there are no pods, such as a quota or an admission policy. */
    private Optional<String> noPods() {
        if (!pods().isEmpty()) {
            return Optional.empty();
        }
        return new PodEvents(api)
                .jobWarnings(target, job).stream()
                        .filter(event -> event.path("reason").asText().equals("FailedCreate"))
                        .reduce((before, last) -> last)
                        .map(event -> line(event.path("message").asText()));
    }

    /** The last lines that the failed container wrote, else the first one; empty when there are none to be had. */
    String logTail() {
        Optional<ObjectNode> pod = pods().stream().max(Comparator.comparing((ObjectNode p) -> Json.createdAt(p)));
        if (pod.isEmpty()) {
            return "";
        }
        String container = Stream.concat(
                        statuses(pod.get()).filter(JobRun::hasFailed),
                        Json.elements(pod.get().path("spec").path("containers")))
                .map(c -> c.path("name").asText())
                .findFirst()
                .orElse("");
        try {
            String log = api.text("/api/v1/namespaces/%s/pods/%s/log?tailLines=%d&limitBytes=%d&%s"
                    .formatted(
                            target.namespace(),
                            Json.name(pod.get()),
                            LINES,
                            BYTES,
                            ApiServer.query("container", container)));
            // As a whole: a secret may take several lines.
            return redactor.text(log)
                    .lines()
                    .map(line -> OneLine.of(line, LINE))
                    .filter(line -> !line.isBlank())
                    .collect(Collectors.joining("\n"));
        } catch (KubernetesClientException e) {
            if (e.getCode() == 0) {
                throw e;
            }
            return "(the log cannot be read: " + line(String.valueOf(e.getMessage())) + ")";
        }
    }

    private static boolean hasFailed(JsonNode container) {
        return container.path("state").path("terminated").path("exitCode").asInt(0) != 0;
    }

    private Stream<JsonNode> statuses() {
        return pods().stream().flatMap(JobRun::statuses);
    }

    private static Stream<JsonNode> statuses(ObjectNode pod) {
        JsonNode status = pod.path("status");
        return Stream.concat(
                Json.elements(status.path("initContainerStatuses")), Json.elements(status.path("containerStatuses")));
    }

    private List<ObjectNode> pods() {
        List<ObjectNode> known = pods;
        if (known == null) {
            known = api
                    .list("/api/v1/namespaces/%s/pods?%s"
                            .formatted(
                                    target.namespace(), ApiServer.query("labelSelector", "job-name=" + Json.name(job))))
                    .stream()
                    .filter(pod -> Owned.controlledBy(pod, Json.uid(job)))
                    .toList();
            pods = known;
        }
        return known;
    }

    private String line(String text) {
        return OneLine.of(redactor.text(text), 300);
    }
}
