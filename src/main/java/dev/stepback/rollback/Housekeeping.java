package dev.stepback.rollback;

import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.target.History;
import dev.stepback.target.Revision;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the finished Rollbacks that {@link Retention} no longer keeps, a few at a time, and each only as it was when it was
 * looked at: one that has changed since is looked at again. Looks for {@link LateChanges}, and puts back what Rollbacks have
 * left behind on their targets that somebody deleted too early. Only the leader does.
 */
public final class Housekeeping implements AutoCloseable {
    /** How many are deleted before the API server gets a pause. */
    static final int AT_ONCE = 20;

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    /** When, and how often, it is looked for what Rollbacks have left behind. */
    private static final Duration SOON = Duration.ofMinutes(1);

    private static final Duration OFTEN = Duration.ofMinutes(5);

    private static final Duration FIRST = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final Duration PERIOD = Duration.ofHours(1);

    private final @Nullable Companion<?> companion;
    private final Store store;
    private final List<String> namespaces;
    private final List<TargetType> targets;
    private final Retention retention;
    private final LateChanges lateChanges;
    private final Clock clock;
    private final BooleanSupplier leading;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "housekeeping");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param companion what is tidied up after the Rollbacks; null for nothing
     * @param listener told, beside the companion, of Rollbacks that are found to have changed
     * @param leading asked before every deletion
     */
    public Housekeeping(
            KubernetesClient client,
            StepbackConfig config,
            List<TargetType> targets,
            @Nullable Companion<?> companion,
            RollbackListener listener,
            BooleanSupplier leading,
            Audit audit,
            Clock clock) {
        this.companion = companion;
        this.store = new Store(client);
        RollbackListener all = companion == null ? listener : listener.and(companion);
        this.lateChanges = new LateChanges(client, store, all, audit, clock);
        this.namespaces = config.kubernetes().namespaces();
        this.targets = List.copyOf(targets);
        this.retention =
                new Retention(config.retention().perTarget(), config.retention().age());
        this.leading = leading;
        this.clock = clock;
    }

    public void start() {
        timer.scheduleWithFixedDelay(this::giveBackQuietly, SOON.toMillis(), OFTEN.toMillis(), TimeUnit.MILLISECONDS);
        again(FIRST);
    }

    private void again(Duration delay) {
        try {
            timer.schedule(this::runAndGoOn, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debug("closed", closed);
        }
    }

    private void runAndGoOn() {
        boolean more = false;
        try {
            more = run() == AT_ONCE;
        } catch (RuntimeException e) {
            LOG.warn("finished rollbacks could not be tidied up, trying again later: {}", e.toString());
        }
        again(more ? PAUSE : PERIOD);
    }

    private void giveBackQuietly() {
        try {
            giveBack();
        } catch (RuntimeException e) {
            LOG.warn("what deleted rollbacks may have left behind could not be looked for: {}", e.toString());
        }
    }

    /**
     * Puts back what Rollbacks have left behind that were deleted before their end, or could not put it back themselves.
     *
     * @return on how many targets
     */
    int giveBack() {
        int given = 0;
        for (TargetType type : targets) {
            if (!leading.getAsBoolean()) {
                return given;
            }
            for (Map.Entry<TargetRef, String> borrowed :
                    type.borrowing(namespaces).entrySet()) {
                given += giveBack(type, borrowed.getKey(), borrowed.getValue()) ? 1 : 0;
            }
        }
        return given;
    }

    private boolean giveBack(TargetType type, TargetRef target, String rollback) {
        try {
            boolean given = !store.mayBeOpen(target.namespace(), rollback)
                    && leading.getAsBoolean()
                    && type.giveBack(target, rollback);
            if (given) {
                LOG.atInfo()
                        .addKeyValue("rollback", rollback)
                        .addKeyValue("target", target)
                        .log("put back the strategy that a rollback had changed for its time");
            }
            return given;
        } catch (KubernetesClientException e) {
            LOG.warn("what {} has left behind on {} cannot be put back: {}", rollback, target, e.getMessage());
            return false;
        }
    }

    /** @return how many were deleted */
    int run() {
        if (!leading.getAsBoolean()) {
            return 0;
        }
        List<Rollback> all = store.all(namespaces);
        lateChanges.look(all);
        Map<TargetRef, List<Rollback>> byTarget = all.stream()
                .sorted(Store.OLDEST_FIRST)
                .collect(Collectors.groupingBy(Rollback::target, TreeMap::new, Collectors.toList()));
        int deleted = 0;
        for (Map.Entry<TargetRef, List<Rollback>> entry : byTarget.entrySet()) {
            for (Rollback rollback : surplus(entry.getKey(), entry.getValue())) {
                if (deleted == AT_ONCE || !leading.getAsBoolean()) {
                    return deleted;
                }
                deleted += delete(rollback) ? 1 : 0;
            }
        }
        return companion == null ? deleted : deleted + companion.tidy(AT_ONCE - deleted);
    }

    private List<Rollback> surplus(TargetRef target, List<Rollback> all) {
        if (retention.candidates(all, clock.instant()).isEmpty()) {
            return List.of();
        }
        try {
            return retention.surplus(all, history(target), clock.instant());
        } catch (KubernetesClientException e) {
            // Without its history nobody knows what is still needed.
            LOG.warn("the rollbacks of {} are all kept for now: {}", target, e.getMessage());
            return List.of();
        }
    }

    /** Empty for a target that is gone. */
    private Set<String> history(TargetRef target) {
        Optional<History> history = targets.stream()
                .filter(type -> type.kind() == target.kind())
                .findFirst()
                .flatMap(type -> type.history(target));
        return history.stream()
                .flatMap(h -> h.revisions().stream())
                .map(Revision::id)
                .collect(Collectors.toSet());
    }

    private boolean delete(Rollback rollback) {
        boolean deleted = store.delete(rollback);
        if (deleted) {
            LOG.atInfo()
                    .addKeyValue("rollback", rollback.getMetadata().getName())
                    .addKeyValue("target", rollback.target())
                    .log("deleted, beyond the retention of finished rollbacks");
        }
        return deleted;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
