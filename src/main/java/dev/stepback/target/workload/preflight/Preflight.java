package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.DryRun;
import dev.stepback.target.workload.LiveWorkload;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Text;
import dev.stepback.target.workload.UndoPatch;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Makes all preflight checks side by side. One that cannot be made is a warning that says why. */
public final class Preflight {
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final String NO_ANSWER =
            "the API server gave no answer within %d s".formatted(LIMIT.toSeconds());

    private final ApiServer api;
    private final Redactor redactor;
    private final Clock clock;

    public Preflight(ApiServer api, Redactor redactor, Clock clock) {
        this.api = api;
        this.redactor = redactor;
        this.clock = clock;
    }

    /**
     * What is checked.
     *
     * @param revision the object that keeps the revision to restore
     * @param from number of the revision to leave
     * @param to number of the revision to restore
     */
    public record Subject(LiveWorkload workload, ObjectNode revision, UndoPatch patch, long from, long to) {
        /** The template as it will be written. */
        public PodTemplate restored() {
            return patch.after();
        }
    }

    /** One check; it may throw {@link KubernetesClientException} and may take its time. */
    public interface Check {
        List<Finding> findings();
    }

    /** @param own what this kind of workload has to be checked for beyond the rest, by name */
    public List<Finding> run(Subject subject, Map<String, Check> own) {
        Surroundings surroundings = new Surroundings(api);
        References references = new References(api, clock);
        Map<String, Check> checks = common(subject.workload(), subject.patch().operations());
        checks.put("references", () -> references.findings(subject));
        checks.putAll(new TreeMap<>(own));
        checks.put("source", () -> Surroundings.source(subject));
        checks.put("autoscaler", () -> surroundings.autoscaler(subject));
        checks.put("disruption-budget", () -> surroundings.disruptionBudget(subject));
        return all(checks);
    }

    /** Whether pods may be deleted, as some plans have to. */
    public List<Finding> podDeletion(LiveWorkload workload) {
        return new Surroundings(api).podDeletion(workload.ref());
    }

    /** For what restores no revision. */
    public List<Finding> run(LiveWorkload workload, JsonNode patch) {
        return all(common(workload, patch));
    }

    private Map<String, Check> common(LiveWorkload workload, JsonNode patch) {
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put(DryRun.CHECK, () -> List.of(DryRun.of(api, redactor, workload.ref(), patch)));
        checks.put("permission", () -> new Surroundings(api).permission(workload.ref()));
        return checks;
    }

    private List<Finding> all(Map<String, Check> checks) {
        Map<String, Future<List<Finding>>> running = new LinkedHashMap<>();
        checks.forEach((name, check) -> running.put(name, SideBySide.start(check::findings)));
        long end = System.nanoTime() + LIMIT.toNanos();
        List<Finding> findings = new ArrayList<>();
        Map<String, List<String>> notMade = new LinkedHashMap<>();
        running.forEach((name, check) -> {
            try {
                findings.addAll(check.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                check.cancel(true);
                notMade.computeIfAbsent(NO_ANSWER, why -> new ArrayList<>()).add(name);
            } catch (ExecutionException e) {
                String reason = reason(e.getCause() == null ? e : e.getCause());
                notMade.computeIfAbsent(reason, why -> new ArrayList<>()).add(name);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                notMade.computeIfAbsent("interrupted", why -> new ArrayList<>()).add(name);
            }
        });
        notMade.forEach((why, names) -> findings.add(notMade(why, names)));
        return List.copyOf(findings);
    }

    private String reason(Throwable cause) {
        if (cause instanceof KubernetesClientException e && e.getCode() == 403) {
            return api.who() + " lacks the permission (" + Text.line(redactor.text(String.valueOf(e.getMessage())), 300)
                    + ")";
        }
        return Text.line(redactor.text(String.valueOf(cause.getMessage())), 300);
    }

    /** Together, when the same kept all of them from being made. */
    private static Finding notMade(String why, List<String> names) {
        String checks = names.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "));
        return Finding.warn(
                names.get(0),
                "%s %s could not be made: %s.".formatted(names.size() == 1 ? "Check" : "Checks", checks, why));
    }
}
