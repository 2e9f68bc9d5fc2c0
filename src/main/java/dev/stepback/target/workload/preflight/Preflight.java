package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.DryRun;
import dev.stepback.target.workload.LabelSelector;
import dev.stepback.target.workload.LiveWorkload;
import dev.stepback.target.workload.PodTemplate;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes all preflight checks side by side. One that cannot be made is a warning that says why. */
public final class Preflight {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final ApiServer api;
    private final Redactor redactor;
    private final Clock clock;
    private final Duration limit;

    public Preflight(ApiServer api, Redactor redactor, Clock clock) {
        this(api, redactor, clock, LIMIT);
    }

    /** @param limit how long all checks together are waited for */
    Preflight(ApiServer api, Redactor redactor, Clock clock, Duration limit) {
        this.api = api;
        this.redactor = redactor;
        this.clock = clock;
        this.limit = limit;
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
        Supplier<List<ObjectNode>> pods = once(() -> pods(subject.workload()));
        Map<String, Check> checks = common(subject.workload(), subject.patch().operations());
        checks.put(References.CHECK, () -> new References(api, clock).findings(subject));
        checks.put(PriorityClasses.CHECK, () -> new PriorityClasses(api).findings(subject));
        checks.put(Limits.CHECK, () -> new Limits(api).findings(subject));
        checks.put(Quotas.CHECK, () -> new Quotas(api).findings(subject));
        checks.put(Placement.CHECK, () -> new Placement(api, pods).findings(subject));
        checks.put(Services.CHECK, () -> new Services(api).findings(subject));
        checks.put(ImageTags.CHECK, () -> new ImageTags(redactor, pods).findings(subject));
        checks.put(SchemaVersion.CHECK, () -> SchemaVersion.findings(subject));
        checks.putAll(new TreeMap<>(own));
        checks.put("source", () -> Surroundings.source(subject));
        checks.put("autoscaler", () -> new Disturbances(api).autoscaler(subject));
        checks.put("disruption-budget", () -> new Disturbances(api).disruptionBudget(subject));
        checks.put(Forecast.CHECK, () -> new Forecast(pods).findings(subject));
        return all(checks);
    }

    private List<ObjectNode> pods(LiveWorkload workload) {
        String selector = LabelSelector.query(workload.object().path("spec").path("selector"));
        return api.list("/api/v1/namespaces/" + workload.ref().namespace() + "/pods?"
                + ApiServer.query("labelSelector", selector));
    }

    /** Several checks want the same; whoever comes first reads it. */
    private static <T> Supplier<T> once(Supplier<T> read) {
        AtomicReference<@Nullable T> known = new AtomicReference<>();
        return () -> {
            synchronized (known) {
                T before = known.get();
                T value = before == null ? read.get() : before;
                known.set(value);
                return value;
            }
        };
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
        long end = System.nanoTime() + limit.toNanos();
        String noAnswer = "the API server gave no answer within %d s".formatted(limit.toSeconds());
        List<Finding> findings = new ArrayList<>();
        NotMade notMade = new NotMade(api.who(), redactor);
        running.forEach((name, check) -> {
            try {
                findings.addAll(check.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                check.cancel(true);
                notMade.add(name, noAnswer);
            } catch (ExecutionException e) {
                notMade.add(name, e.getCause() == null ? e : e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                notMade.add(name, "interrupted");
            }
        });
        findings.addAll(notMade.findings());
        return findings.stream().map(this::safe).toList();
    }

    /** Names and labels are others' text. */
    private Finding safe(Finding finding) {
        return new Finding(finding.check(), finding.verdict(), redactor.text(finding.message()));
    }
}
