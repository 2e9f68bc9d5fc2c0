package dev.stepback.rollback;

import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Map;
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
 * TargetType#noteFailedRollouts}. Every replica listens, only the leader writes. Deployments whose rollout has ended cost
 * nothing; what is remembered here of the others may be lost, and is learned again from the first list.
 */
public final class RolloutWatch implements ResourceEventHandler<Deployment>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RolloutWatch.class);
    private static final long RETRY_SECONDS = 1;

    private final List<TargetType> targets;
    /** Rollouts that have not ended, each with what is worth another look when it changes. */
    private final Map<TargetRef, String> unsettled = new ConcurrentHashMap<>();

    private final Set<TargetRef> due = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "rollout-watch");
        thread.setDaemon(true);
        return thread;
    });
    private volatile BooleanSupplier leading = () -> false;

    public RolloutWatch(List<TargetType> targets) {
        this.targets = List.copyOf(targets);
    }

    /** @param leading asked before anything is written */
    public void start(BooleanSupplier leading) {
        this.leading = leading;
        executor.scheduleWithFixedDelay(this::look, 0, RETRY_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void onAdd(Deployment deployment) {
        changed(deployment);
    }

    @Override
    public void onUpdate(Deployment before, Deployment deployment) {
        changed(deployment);
    }

    @Override
    public void onDelete(Deployment deployment, boolean finalStateUnknown) {
        unsettled.remove(ref(deployment));
        due.remove(ref(deployment));
    }

    private void changed(Deployment deployment) {
        TargetRef target = ref(deployment);
        String progress = progress(deployment);
        boolean worthALook;
        if (progress.endsWith("/NewReplicaSetAvailable")) {
            worthALook = unsettled.remove(target) != null;
        } else {
            worthALook = !progress.equals(unsettled.put(target, progress));
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

    private static String progress(Deployment deployment) {
        Map<String, String> annotations = deployment.getMetadata().getAnnotations();
        String revision = annotations == null ? "" : annotations.getOrDefault("deployment.kubernetes.io/revision", "");
        Long generation = deployment.getMetadata().getGeneration();
        Long observed =
                deployment.getStatus() == null ? null : deployment.getStatus().getObservedGeneration();
        if (generation != null && (observed == null || observed < generation)) {
            return revision + "/";
        }
        return revision + "/"
                + deployment.getStatus().getConditions().stream()
                        .filter(c -> c.getType().equals("Progressing"))
                        .map(c -> c.getReason())
                        .findFirst()
                        .orElse("");
    }

    private static TargetRef ref(Deployment deployment) {
        return new TargetRef(
                deployment.getMetadata().getNamespace(),
                Kind.DEPLOYMENT,
                deployment.getMetadata().getName());
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
