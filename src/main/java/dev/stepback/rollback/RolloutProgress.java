package dev.stepback.rollback;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a workload's own status says of its rollout, as far as it is worth another look when it changes.
 *
 * @param state another text when there may be something new to see
 * @param settled whether the rollout has come to its end
 * @param quiet whether its pods may be in trouble without the state changing
 */
record RolloutProgress(String state, boolean settled, boolean quiet) {
    private static final String ENDED = "NewReplicaSetAvailable";

    static RolloutProgress of(HasMetadata workload) {
        if (workload instanceof Deployment deployment) {
            return of(deployment);
        }
        if (workload instanceof StatefulSet set) {
            return of(set);
        }
        return workload instanceof DaemonSet set ? of(set) : new RolloutProgress("", true, false);
    }

    private static RolloutProgress of(Deployment deployment) {
        Map<String, String> annotations = deployment.getMetadata().getAnnotations();
        String revision = annotations == null ? "" : annotations.getOrDefault("deployment.kubernetes.io/revision", "");
        Long observed =
                deployment.getStatus() == null ? null : deployment.getStatus().getObservedGeneration();
        if (!observed(deployment, observed)) {
            return new RolloutProgress(revision + "/", false, false);
        }
        String reason = deployment.getStatus().getConditions().stream()
                .filter(c -> c.getType().equals("Progressing"))
                .map(c -> c.getReason())
                .findFirst()
                .orElse("");
        return new RolloutProgress(revision + "/" + reason, reason.equals(ENDED), false);
    }

    private static RolloutProgress of(StatefulSet set) {
        StatefulSetStatus status = requireNonNullElse(set.getStatus(), new StatefulSetStatus());
        int wanted =
                set.getSpec() == null ? 1 : requireNonNullElse(set.getSpec().getReplicas(), 1);
        int updated = number(status.getUpdatedReplicas());
        int ready = number(status.getReadyReplicas());
        String update = String.valueOf(status.getUpdateRevision());
        boolean observed = observed(set, status.getObservedGeneration());
        boolean settled = observed && update.equals(String.valueOf(status.getCurrentRevision()));
        boolean everywhere = observed && updated >= wanted && ready >= wanted;
        return new RolloutProgress(
                "%s/%s/%s/%d/%d".formatted(observed, update, status.getCurrentRevision(), updated, ready),
                settled || everywhere,
                true);
    }

    /** Its status does not remember that a rollout came to its end: that all pods are new has to do. */
    private static RolloutProgress of(DaemonSet set) {
        DaemonSetStatus status = requireNonNullElse(set.getStatus(), new DaemonSetStatus());
        int wanted = number(status.getDesiredNumberScheduled());
        int updated = number(status.getUpdatedNumberScheduled());
        boolean observed = observed(set, status.getObservedGeneration());
        return new RolloutProgress(
                "%d/%s/%d/%d/%d"
                        .formatted(
                                set.getMetadata().getGeneration(),
                                observed,
                                wanted,
                                updated,
                                number(status.getNumberAvailable())),
                observed && updated >= wanted,
                true);
    }

    private static boolean observed(HasMetadata workload, @Nullable Long observed) {
        Long generation = workload.getMetadata().getGeneration();
        return generation == null || (observed != null && observed >= generation);
    }

    private static int number(@Nullable Integer count) {
        return count == null ? 0 : count;
    }
}
