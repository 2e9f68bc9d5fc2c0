package dev.stepback.rollback;

import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;

/** Engines that find out soon who leads, and reconcile nothing but Rollbacks. */
final class Engines {
    private Engines() {}

    static RollbackOperator start(
            KubernetesClient client,
            StepbackConfig config,
            List<TargetType> targets,
            Authorizer authorizer,
            RollbackListener listener,
            Audit audit,
            Clock clock) {
        return RollbackOperator.start(
                client, config, targets, authorizer, listener, null, new Metrics(), audit, clock, Shop.SHORT);
    }
}
