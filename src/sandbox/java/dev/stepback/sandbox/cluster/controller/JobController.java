package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs pods until enough of them have succeeded, or too many have failed. */
final class JobController implements Reconciler {
    private static final String COMPONENT = "job-controller";

    private final Cluster cluster;
    private final KubeletTiming timing;

    JobController(Cluster cluster, KubeletTiming timing) {
        this.cluster = cluster;
        this.timing = timing;
        cluster.jobs().onChange(job -> cluster.enqueue(this, job));
        cluster.pods().onChange(pod -> cluster.enqueueController(this, pod, "Job"));
    }

    @Override
    public void reconcile(String namespace, String name) {
        Job job = cluster.jobs().get(namespace, name).orElse(null);
        if (job == null || Resource.isDeleting(job)) {
            return;
        }
        if (isFinished(job)) {
            deleteAfterItsTime(job);
            return;
        }
        List<Pod> pods = cluster.pods().controlledBy(job);
        int succeeded = count(pods, "Succeeded");
        int failed = count(pods, "Failed");
        Optional<Ending> failure = failure(job, failed, restarts(pods));
        if (failure.isPresent()) {
            active(pods).forEach(pod -> cluster.pods().delete(pod));
        } else if (!Boolean.TRUE.equals(job.getSpec().getSuspend())) {
            fill(job, pods, succeeded, failed);
        }
        writeStatus(job, succeeded, failed, failure);
    }

    private void fill(Job job, List<Pod> pods, int succeeded, int failed) {
        int parallel = orElse(job.getSpec().getParallelism(), 1);
        int missing =
                Math.min(parallel, completions(job) - succeeded) - active(pods).size();
        if (missing <= 0) {
            return;
        }
        Duration wait = failed == 0 ? Duration.ZERO : untilNextTry(pods, failed);
        if (!wait.isZero()) {
            later(job, wait);
            return;
        }
        for (int i = 0; i < missing; i++) {
            Pod created = cluster.pods().create(podOf(job));
            cluster.events()
                    .normal(
                            COMPONENT,
                            job,
                            "SuccessfulCreate",
                            "Created pod: " + created.getMetadata().getName());
        }
    }

    private Duration untilNextTry(List<Pod> pods, int failed) {
        Instant last = pods.stream()
                .flatMap(JobController::containers)
                .filter(status -> status.getState().getTerminated() != null)
                .map(status -> Instant.parse(status.getState().getTerminated().getFinishedAt()))
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
        return atLeastZero(Duration.between(cluster.clock().instant(), last.plus(timing.backOff(failed - 1))));
    }

    private Optional<Ending> failure(Job job, int failed, int restarts) {
        int limit = orElse(job.getSpec().getBackoffLimit(), 6);
        boolean inPlace =
                "OnFailure".equals(job.getSpec().getTemplate().getSpec().getRestartPolicy());
        if (failed > limit || (inPlace && restarts > 0 && restarts >= limit)) {
            return Optional.of(new Ending("BackoffLimitExceeded", "Job has reached the specified backoff limit"));
        }
        Long deadline = job.getSpec().getActiveDeadlineSeconds();
        if (deadline != null) {
            Duration left = Duration.between(
                    cluster.clock().instant(),
                    Instant.parse(job.getMetadata().getCreationTimestamp()).plusSeconds(deadline));
            if (left.isZero() || left.isNegative()) {
                return Optional.of(new Ending("DeadlineExceeded", "Job was active longer than specified deadline"));
            }
            later(job, left);
        }
        return Optional.empty();
    }

    private void writeStatus(Job job, int succeeded, int failed, Optional<Ending> failure) {
        List<Pod> active =
                failure.isPresent() ? List.of() : active(cluster.pods().controlledBy(job));
        int ready = (int) active.stream().filter(Readiness::isReady).count();
        JobStatus before = job.getStatus() == null ? new JobStatus() : job.getStatus();
        JobStatusBuilder status = new JobStatusBuilder(before)
                .withStartTime(before.getStartTime() == null ? now() : before.getStartTime())
                .withActive(orNull(active.size()))
                .withReady(ready)
                .withSucceeded(orNull(succeeded))
                .withFailed(orNull(failed));
        if (failure.isPresent()) {
            condition(status, "Failed", failure.get());
            cluster.events().warning(COMPONENT, job, failure.get().reason, failure.get().message);
        } else if (succeeded >= completions(job)) {
            status.withCompletionTime(now());
            condition(
                    status, "Complete", new Ending("CompletionsReached", "Reached expected number of succeeded pods"));
            cluster.events().normal(COMPONENT, job, "Completed", "Job completed");
        }
        if (!status.build().equals(job.getStatus())) {
            cluster.jobs()
                    .updateStatus(new JobBuilder(job).withStatus(status.build()).build());
        }
    }

    private void condition(JobStatusBuilder status, String type, Ending why) {
        status.addNewCondition()
                .withType(type)
                .withStatus("True")
                .withReason(why.reason)
                .withMessage(why.message)
                .withLastProbeTime(now())
                .withLastTransitionTime(now())
                .endCondition();
    }

    private void deleteAfterItsTime(Job job) {
        Integer seconds = job.getSpec().getTtlSecondsAfterFinished();
        if (seconds == null) {
            return;
        }
        Instant finished = job.getStatus().getConditions().stream()
                .filter(JobController::ends)
                .map(condition -> Instant.parse(condition.getLastTransitionTime()))
                .findFirst()
                .orElse(cluster.clock().instant());
        Duration left = atLeastZero(Duration.between(cluster.clock().instant(), finished.plusSeconds(seconds)));
        if (left.isZero()) {
            cluster.jobs().delete(job);
        } else {
            later(job, left);
        }
    }

    private static Pod podOf(Job job) {
        ObjectMeta template = job.getSpec().getTemplate().getMetadata();
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(job.getMetadata().getNamespace())
                .withGenerateName(job.getMetadata().getName() + "-")
                .withLabels(template.getLabels())
                .withAnnotations(template.getAnnotations())
                .withOwnerReferences(Resource.controlledBy(job))
                .endMetadata()
                .withSpec(job.getSpec().getTemplate().getSpec())
                .build();
    }

    private void later(Job job, Duration delay) {
        cluster.worker()
                .enqueueAfter(
                        this,
                        job.getMetadata().getNamespace(),
                        job.getMetadata().getName(),
                        delay);
    }

    private static boolean isFinished(Job job) {
        return job.getStatus() != null
                && job.getStatus().getConditions().stream().anyMatch(JobController::ends);
    }

    private static boolean ends(JobCondition condition) {
        return List.of("Complete", "Failed").contains(condition.getType())
                && condition.getStatus().equals("True");
    }

    private static List<Pod> active(List<Pod> pods) {
        return pods.stream().filter(PodOwnership::isActive).toList();
    }

    private static int count(List<Pod> pods, String phase) {
        return (int) pods.stream()
                .filter(pod ->
                        pod.getStatus() != null && phase.equals(pod.getStatus().getPhase()))
                .count();
    }

    private static int restarts(List<Pod> pods) {
        return pods.stream()
                .flatMap(JobController::containers)
                .mapToInt(status -> orElse(status.getRestartCount(), 0))
                .sum();
    }

    private static Stream<ContainerStatus> containers(Pod pod) {
        return pod.getStatus() == null ? Stream.of() : pod.getStatus().getContainerStatuses().stream();
    }

    private static int completions(Job job) {
        return orElse(job.getSpec().getCompletions(), 1);
    }

    private static int orElse(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }

    private static @Nullable Integer orNull(int number) {
        return number == 0 ? null : (Integer) number;
    }

    private static Duration atLeastZero(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    private String now() {
        return cluster.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private record Ending(String reason, String message) {}
}
