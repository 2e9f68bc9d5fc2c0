package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Makes all preflight checks side by side. One that cannot be made is a warning that says why. */
final class Preflight {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private static final ExecutorService CHECKS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "preflight");
        thread.setDaemon(true);
        return thread;
    });

    private final Deployments deployments;
    private final Redactor redactor;
    private final Clock clock;

    Preflight(Deployments deployments, Redactor redactor, Clock clock) {
        this.deployments = deployments;
        this.redactor = redactor;
        this.clock = clock;
    }

    /**
     * What is checked.
     *
     * @param replicaSet the ReplicaSet of the revision to restore
     * @param restored its template as it will be written
     * @param from number of the revision to leave
     */
    record Subject(Workload workload, ObjectNode replicaSet, PodTemplate restored, UndoPatch patch, long from) {}

    /** One check; it may throw {@link KubernetesClientException} and may take its time. */
    interface Check {
        List<Finding> findings(Subject subject);
    }

    List<Finding> run(Subject subject) {
        Surroundings surroundings = new Surroundings(deployments.api());
        References references = new References(deployments.api(), clock);
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put(
                DryRun.CHECK,
                s -> List.of(DryRun.of(
                        deployments, redactor, s.workload().ref(), s.patch().operations())));
        checks.put("permission", surroundings::permission);
        checks.put("references", references::findings);
        checks.put("rollout", Surroundings::rollout);
        checks.put("source", Surroundings::source);
        checks.put("autoscaler", surroundings::autoscaler);
        checks.put("disruption-budget", surroundings::disruptionBudget);
        Map<String, Future<List<Finding>>> running = new LinkedHashMap<>();
        checks.forEach((name, check) -> running.put(name, CHECKS.submit(() -> check.findings(subject))));
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
            return deployments.api().who() + " lacks the permission (" + Text.line(String.valueOf(e.getMessage()), 300)
                    + ")";
        }
        return Text.line(String.valueOf(cause.getMessage()), 300);
    }

    private static Finding unknown(String name, String why) {
        return Finding.warn(name, "Check \"%s\" could not be made: %s.".formatted(name, why));
    }
}
