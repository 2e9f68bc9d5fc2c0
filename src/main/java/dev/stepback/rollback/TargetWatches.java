package dev.stepback.rollback;

import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the targets of running rollbacks, each only while it runs, and asks for a reconciliation when one changes. A
 * watch may break or miss something: rollbacks that run are looked at every few seconds anyway.
 */
final class TargetWatches extends AbstractEventSource<HasMetadata, Rollback> implements ResourceEventAware<Rollback> {
    private static final Logger LOG = LoggerFactory.getLogger(TargetWatches.class);

    private final KubernetesClient client;
    private final Map<ResourceID, List<Watch>> watches = new ConcurrentHashMap<>();

    TargetWatches(KubernetesClient client) {
        super(HasMetadata.class, "targets");
        this.client = client;
    }

    /** Watches the target of this Rollback, unless it is watched already. */
    void start(Rollback rollback) {
        ResourceID id = ResourceID.fromResource(rollback);
        if (watches.containsKey(id)) {
            return;
        }
        TargetRef target = rollback.target();
        var apps = client.apps();
        switch (target.kind()) {
            case DEPLOYMENT ->
                start(id, target, apps.deployments(), d -> d.getSpec().getSelector());
            case STATEFULSET ->
                start(id, target, apps.statefulSets(), s -> s.getSpec().getSelector());
            case DAEMONSET ->
                start(id, target, apps.daemonSets(), d -> d.getSpec().getSelector());
        }
    }

    private <T extends HasMetadata> void start(
            ResourceID id,
            TargetRef target,
            MixedOperation<T, ?, ? extends Resource<T>> operation,
            Function<T, LabelSelector> selector) {
        Resource<T> resource = operation.inNamespace(target.namespace()).withName(target.name());
        T live = resource.get();
        if (live == null) {
            return;
        }
        watches.put(
                id,
                List.of(
                        resource.watch(wake(id)),
                        client.pods()
                                .inNamespace(target.namespace())
                                .withLabelSelector(selector.apply(live))
                                .watch(wake(id))));
    }

    void stop(Rollback rollback) {
        close(ResourceID.fromResource(rollback));
    }

    /** Somebody deleted it before its end. */
    @Override
    public void onResourceDeleted(Rollback rollback) {
        stop(rollback);
    }

    @Override
    public void stop() {
        super.stop();
        Set.copyOf(watches.keySet()).forEach(this::close);
    }

    @Override
    public Set<HasMetadata> getSecondaryResources(Rollback rollback) {
        return Set.of();
    }

    private void close(ResourceID id) {
        List<Watch> open = watches.remove(id);
        if (open != null) {
            open.forEach(Watch::close);
        }
    }

    private <T extends HasMetadata> Watcher<T> wake(ResourceID id) {
        return new Watcher<>() {
            @Override
            public void eventReceived(Action action, T object) {
                if (isRunning()) {
                    getEventHandler().handleEvent(new Event(id));
                }
            }

            @Override
            public void onClose(WatcherException broken) {
                LOG.debug("watch broken, a new one follows", broken);
                close(id);
            }
        };
    }
}
