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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
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
    public Preflight(ApiServer api, Redactor redactor, Clock clock, Duration limit) {
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

        Subject with(UndoPatch other) {
            return new Subject(workload, revision, other, from, to);
        }
    }

    /** One check; it may throw {@link KubernetesClientException} and may take its time. */
    public interface Check {
        List<Finding> findings();
    }

    /** @param own what this kind of workload has to be checked for beyond the rest, by name */
    public List<Finding> run(Subject subject, Map<String, Check> own) {
        return begin(subject, own).findings(subject.patch());
    }

    /**
     * Begins with all checks that do not depend on the strategy, which may be settled while they are made.
     *
     * @param own as for {@link #run(Subject, Map)}
     */
    public Underway<UndoPatch> begin(Subject subject, Map<String, Check> own) {
        Supplier<List<ObjectNode>> pods = once(() -> pods(subject.workload()));
        Underway<UndoPatch> underway = begin(subject.workload(), UndoPatch::operations);
        underway.start(References.CHECK, () -> new References(api, clock).findings(subject));
        underway.start(PriorityClasses.CHECK, () -> new PriorityClasses(api).findings(subject));
        underway.start(Limits.CHECK, () -> new Limits(api).findings(subject));
        underway.startSettled(Quotas.CHECK, patch -> new Quotas(api, pods).findings(subject.with(patch)));
        underway.start(Placement.CHECK, () -> new Placement(api, pods).findings(subject));
        underway.start(Services.CHECK, () -> new Services(api).findings(subject));
        underway.start(ImageTags.CHECK, () -> new ImageTags(redactor, pods).findings(subject));
        underway.start(SchemaVersion.CHECK, () -> SchemaVersion.findings(subject));
        new TreeMap<>(own).forEach(underway::start);
        underway.start("source", () -> Surroundings.source(subject));
        underway.startSettled("autoscaler", patch -> new Disturbances(api, pods).autoscaler(subject.with(patch)));
        underway.startSettled(
                "disruption-budget", patch -> new Disturbances(api, pods).disruptionBudget(subject.with(patch)));
        underway.startSettled(Forecast.CHECK, patch -> new Forecast(pods).findings(subject.with(patch)));
        return underway;
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
        return begin(workload, Function.<JsonNode>identity()).findings(patch);
    }

    /** @param operations of the patch, as it is settled */
    private <S> Underway<S> begin(LiveWorkload workload, Function<S, JsonNode> operations) {
        Underway<S> underway = new Underway<>(api, redactor, limit);
        underway.startSettled(
                DryRun.CHECK, patch -> List.of(DryRun.of(api, redactor, workload.ref(), operations.apply(patch))));
        underway.start("permission", () -> new Surroundings(api).permission(workload.ref()));
        return underway;
    }
}
