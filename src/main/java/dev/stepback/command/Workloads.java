package dev.stepback.command;

import dev.stepback.config.StepbackConfig;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;

/** Knows the names of the workloads that the bot serves. */
public interface Workloads extends AutoCloseable {

    /** Begins to watch the workloads of the served namespaces; returns at once. */
    static Workloads start(KubernetesClient client, StepbackConfig config) {
        return WorkloadIndex.start(client, config);
    }

    /**
     * The served targets that match, in the order of their names. What the index does not know is looked up.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when a look-up failed
     */
    List<TargetRef> find(Wanted wanted);

    /** The targets whose names are nearest to what was typed, nearest first; at most {@code max}. */
    List<TargetRef> suggest(Wanted wanted, int max);

    /** Whether all namespaces have been read. */
    boolean synced();

    @Override
    void close();
}
