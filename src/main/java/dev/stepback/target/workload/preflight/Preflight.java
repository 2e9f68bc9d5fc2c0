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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Makes all preflight checks side by side. One that cannot be made is a warning that says why. */
public final class Preflight {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private static final ExecutorService CHECKS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "preflight");
        thread.setDaemon(true);
        return thread;
    });

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
        checks.forEach((name, check) -> running.put(name, CHECKS.submit(check::findings)));
        long end = System.nanoTime() + LIMIT.toNanos();
        return running.entrySet().stream()
                .flatMap(check -> await(check.getKey(), check.getValue(), end))
                .toList();
    }

    private Stream<Finding> await(String name, Future<List<Finding>> check, long end) {
        try {
            return check.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS).stream();
        } catch (TimeoutException e) {
            check.cancel(true);
            return Stream.of(unknown(name, "the API server gave no answer within %d s".formatted(LIMIT.toSeconds())));
        } catch (ExecutionException e) {
            return Stream.of(unknown(name, reason(e.getCause() == null ? e : e.getCause())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Stream.of(unknown(name, "interrupted"));
        }
    }

    private String reason(Throwable cause) {
        if (cause instanceof KubernetesClientException e && e.getCode() == 403) {
            return api.who() + " lacks the permission (" + Text.line(redactor.text(String.valueOf(e.getMessage())), 300)
                    + ")";
        }
        return Text.line(redactor.text(String.valueOf(cause.getMessage())), 300);
    }

    private static Finding unknown(String name, String why) {
        return Finding.warn(name, "Check \"%s\" could not be made: %s.".formatted(name, why));
    }
}
