package dev.stepback.command;

import dev.stepback.config.StepbackConfig;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Knows the names of the workloads that the bot serves. */
public interface Workloads extends AutoCloseable {

    /**
     * Begins to watch the workloads of the served namespaces; returns at once.
     *
     * @param listener hears of every change of a workload, on a thread that it must not hold up
     */
    static Workloads start(KubernetesClient client, StepbackConfig config, ResourceEventHandler<HasMetadata> listener) {
        return WorkloadIndex.start(client, config, listener);
    }

    /**
     * The served targets that match, in the order of their names. What the index does not know is looked up.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when a look-up failed
     */
    List<TargetRef> find(Wanted wanted);

    /**
     * The served targets with these labels, in the order of their names, as the API server knows them now.
     *
     * @param namespace empty for all that are served
     * @param selector a label selector as kubectl takes it
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when a look-up failed
     */
    List<TargetRef> select(Optional<String> namespace, String selector);

    /**
     * The targets whose names are nearest to what was typed, nearest first; at most {@code max}.
     *
     * @param visible asked of the nearest only, until there are enough
     */
    List<TargetRef> suggest(Wanted wanted, int max, Predicate<TargetRef> visible);

    /** Whether any workload is known in a namespace. */
    boolean anyIn(String namespace);

    /** Whether all namespaces have been read. */
    boolean synced();

    @Override
    void close();
}
