package dev.stepback.rollback;

import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has failed rollouts written down while they can be seen, whoever started them: see {@link
 * TargetType#noteFailedRollouts}. Every replica listens, only the leader writes. Workloads whose rollout has ended cost
 * nothing; what is remembered here of the others may be lost, and is learned again from the first list.
 *
 * <p>The pods of a StatefulSet or DaemonSet may crash while its status stays the same: it is looked at again by itself, ever
 * more rarely, until its deadline has passed.
 */
public final class RolloutWatch implements ResourceEventHandler<HasMetadata>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutWatch.class);
    private static final long RETRY_SECONDS = 1;
    /** Some time more than the deadline that a rollout has. */
    private static final Duration WATCHED = Duration.ofMinutes(12);

    /**
     * A rollout that has not ended.
     *
     * @param since when its state was another one
     * @param next when it is looked at although nothing was heard of it
     */
    private record Unsettled(RolloutProgress progress, Instant since, Instant next) {
        static Unsettled of(RolloutProgress progress, Instant now) {
            return new Unsettled(progress, now, progress.quiet() ? now.plusSeconds(RETRY_SECONDS) : Instant.MAX);
        }

        /** As long again as it is old: whatever lasts half as long as the rollout is seen. */
        Unsettled looked(Instant now) {
            Duration age = Duration.between(since, now);
            Instant again = age.compareTo(WATCHED) > 0 ? Instant.MAX : now.plus(age);
            return new Unsettled(progress, since, again);
        }
    }

    private final List<TargetType> targets;
    private final Clock clock;
    /** Rollouts that have not ended. */
    private final Map<TargetRef, Unsettled> unsettled = new ConcurrentHashMap<>();

    private final Set<TargetRef> due = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "rollout-watch");
        thread.setDaemon(true);
        return thread;
    });
    private volatile BooleanSupplier leading = () -> false;

    public RolloutWatch(List<TargetType> targets, Clock clock) {
        this.targets = List.copyOf(targets);
        this.clock = clock;
    }

    /** @param leading asked before anything is written */
    public void start(BooleanSupplier leading) {
        this.leading = leading;
        executor.scheduleWithFixedDelay(this::look, 0, RETRY_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void onAdd(HasMetadata workload) {
        changed(workload);
    }

    @Override
    public void onUpdate(HasMetadata before, HasMetadata workload) {
        changed(workload);
    }

    @Override
    public void onDelete(HasMetadata workload, boolean finalStateUnknown) {
        ref(workload).ifPresent(target -> {
            unsettled.remove(target);
            due.remove(target);
        });
    }

    private void changed(HasMetadata workload) {
        ref(workload).ifPresent(target -> changed(target, RolloutProgress.of(workload)));
    }

    private void changed(TargetRef target, RolloutProgress progress) {
        boolean worthALook;
        if (progress.settled()) {
            worthALook = unsettled.remove(target) != null;
        } else {
            Unsettled before = unsettled.get(target);
            worthALook = before == null || !before.progress().equals(progress);
            if (worthALook) {
                unsettled.put(target, Unsettled.of(progress, clock.instant()));
            }
        }
        if (worthALook && due.add(target)) {
            try {
                executor.execute(this::look);
            } catch (RejectedExecutionException closed) {
                LOG.debug("closed", closed);
            }
        }
    }

    private void look() {
        if (!leading.getAsBoolean()) {
            // The leader sees to those that have ended.
            due.retainAll(unsettled.keySet());
            return;
        }
        Instant now = clock.instant();
        unsettled.forEach((target, rollout) -> {
            if (!rollout.next().isAfter(now)) {
                due.add(target);
                unsettled.replace(target, rollout, rollout.looked(now));
            }
        });
        for (TargetRef target : Set.copyOf(due)) {
            due.remove(target);
            try {
                targets.stream().filter(t -> t.kind() == target.kind()).forEach(t -> t.noteFailedRollouts(target));
            } catch (KubernetesClientException e) {
                LOG.warn("a failed rollout of {} may not be written down: {}", target, e.getMessage());
                // Without the permission every further attempt would fail as well.
                if (e.getCode() != 403) {
                    due.add(target);
                }
            } catch (RuntimeException e) {
                LOG.error("a failed rollout of {} may not be written down", target, e);
            }
        }
    }

    private static Optional<TargetRef> ref(HasMetadata workload) {
        return Kind.parse(workload.getKind())
                .map(kind -> new TargetRef(
                        workload.getMetadata().getNamespace(),
                        kind,
                        workload.getMetadata().getName()));
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
