package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentSpec;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a Deployment's spec says about its rollouts, with the API's defaults for what it leaves out.
 *
 * @param maxSurge how many pods there may be above {@code replicas}
 * @param maxUnavailable how many of {@code replicas} need not be available
 */
record Rolling(int replicas, boolean recreate, int maxSurge, int maxUnavailable) {
    private static final IntOrString QUARTER = new IntOrString("25%");
    private static final int DEFAULT_DEADLINE_SECONDS = 600;
    private static final int DEFAULT_HISTORY = 10;

    static Rolling of(Deployment deployment) {
        DeploymentSpec spec = deployment.getSpec();
        int replicas = spec.getReplicas() == null ? 1 : spec.getReplicas();
        DeploymentStrategy strategy = spec.getStrategy();
        if (strategy != null && "Recreate".equals(strategy.getType())) {
            return new Rolling(replicas, true, 0, 0);
        }
        RollingUpdateDeployment rolling = strategy == null ? null : strategy.getRollingUpdate();
        int surge = resolve(rolling == null ? null : rolling.getMaxSurge(), replicas, true);
        int unavailable = resolve(rolling == null ? null : rolling.getMaxUnavailable(), replicas, false);
        if (surge == 0 && unavailable == 0) {
            // Percentages of a few pods may both round to none, and nothing could ever move.
            unavailable = 1;
        }
        return new Rolling(replicas, false, surge, Math.min(unavailable, replicas));
    }

    /** The most pods that a rollout may make. */
    int maxPods() {
        return replicas + maxSurge;
    }

    int minAvailable() {
        return replicas - maxUnavailable;
    }

    /** Empty when a rollout may take for ever. */
    static Optional<Integer> deadlineSeconds(Deployment deployment) {
        Integer seconds = deployment.getSpec().getProgressDeadlineSeconds();
        int actual = seconds == null ? DEFAULT_DEADLINE_SECONDS : seconds;
        return actual == Integer.MAX_VALUE ? Optional.empty() : Optional.of(actual);
    }

    static int historyLimit(Deployment deployment) {
        Integer limit = deployment.getSpec().getRevisionHistoryLimit();
        return limit == null ? DEFAULT_HISTORY : limit;
    }

    static boolean isPaused(Deployment deployment) {
        return Boolean.TRUE.equals(deployment.getSpec().getPaused());
    }

    static int resolve(@Nullable IntOrString value, int replicas, boolean up) {
        IntOrString given = value == null ? QUARTER : value;
        if (given.getIntVal() != null) {
            return given.getIntVal();
        }
        int percent = Integer.parseInt(given.getStrVal().replace("%", "").trim());
        return up ? (replicas * percent + 99) / 100 : replicas * percent / 100;
    }
}
