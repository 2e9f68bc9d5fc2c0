package dev.stepback.command;

import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An informer's store that forgets all of an object but its name and version: some 200 bytes instead of many KiB. */
final class NamesOnly implements ItemStore<Deployment> {
    private record Entry(TargetRef target, String version) {
        Deployment object() {
            return new DeploymentBuilder()
                    .withMetadata(new ObjectMetaBuilder()
                            .withNamespace(target.namespace())
                            .withName(target.name())
                            .withResourceVersion(version)
                            .build())
                    .build();
        }
    }

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    Stream<TargetRef> targets() {
        return entries.values().stream().map(Entry::target);
    }

    @Override
    public String getKey(Deployment d) {
        return d.getMetadata().getNamespace() + "/" + d.getMetadata().getName();
    }

    @Override
    public @Nullable Deployment put(String key, Deployment d) {
        TargetRef target = new TargetRef(
                d.getMetadata().getNamespace(), Kind.DEPLOYMENT, d.getMetadata().getName());
        return object(entries.put(key, new Entry(target, d.getMetadata().getResourceVersion())));
    }

    @Override
    public @Nullable Deployment remove(String key) {
        return object(entries.remove(key));
    }

    @Override
    public Stream<String> keySet() {
        return entries.keySet().stream();
    }

    @Override
    public Stream<Deployment> values() {
        return entries.values().stream().map(Entry::object);
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public @Nullable Deployment get(String key) {
        return object(entries.get(key));
    }

    @Override
    public boolean isFullState() {
        return false;
    }

    private static @Nullable Deployment object(@Nullable Entry entry) {
        return entry == null ? null : entry.object();
    }
}
