package dev.stepback.command;

import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Watches the workloads of one kind in the served namespaces and keeps their names. */
final class KindIndex<T extends HasMetadata, L extends KubernetesResourceList<T>> implements AutoCloseable {
    /** So that the first list of a large cluster is read in pieces. */
    private static final long PAGE = 250;

    private final Kind kind;
    private final MixedOperation<T, L, ?> operation;
    private final Supplier<T> empty;
    private final List<String> namespaces;
    private final List<SharedIndexInformer<T>> informers = new ArrayList<>();
    private final List<NamesOnly<T>> names = new ArrayList<>();

    /**
     * @param empty makes an object without metadata
     * @param namespaces those that are served; none for all
     */
    KindIndex(Kind kind, MixedOperation<T, L, ?> operation, Supplier<T> empty, List<String> namespaces) {
        this.kind = kind;
        this.operation = operation;
        this.empty = empty;
        this.namespaces = namespaces;
    }

    /** @param listener hears of every change */
    KindIndex<T, L> start(ResourceEventHandler<? super T> listener) {
        scopes(Optional.empty()).forEach(scope -> watch(scope, listener));
        return this;
    }

    private void watch(FilterWatchListDeletable<T, L, ?> scope, ResourceEventHandler<? super T> listener) {
        NamesOnly<T> store = new NamesOnly<>(kind, empty);
        SharedIndexInformer<T> informer = scope.withLimit(PAGE)
                .runnableInformer(0)
                .removeNamespaceIndex()
                .itemStore(store)
                // Goes on for ever: the API server may be away, or a permission may be granted later.
                .exceptionHandler((started, error) -> true);
        informer.addEventHandler(listener);
        names.add(store);
        informers.add(informer);
        informer.start();
    }

    Stream<TargetRef> targets() {
        return names.stream().flatMap(NamesOnly::targets);
    }

    /** Asks the API server for one by its name. */
    Stream<TargetRef> live(Wanted wanted) {
        return scopes(wanted.namespace())
                .flatMap(s -> s.withField("metadata.name", wanted.name()).list().getItems().stream())
                .map(d -> new TargetRef(
                        d.getMetadata().getNamespace(), kind, d.getMetadata().getName()));
    }

    /** Asks the API server for those with these labels. */
    Stream<TargetRef> labelled(Optional<String> namespace, String selector) {
        return scopes(namespace)
                .flatMap(s -> s.withLabelSelector(selector).list().getItems().stream())
                .map(d -> new TargetRef(
                        d.getMetadata().getNamespace(), kind, d.getMetadata().getName()));
    }

    private Stream<FilterWatchListDeletable<T, L, ?>> scopes(Optional<String> only) {
        if (namespaces.isEmpty() && only.isEmpty()) {
            return Stream.of(operation.inAnyNamespace());
        }
        Stream<String> wanted = namespaces.isEmpty()
                ? only.stream()
                : namespaces.stream().filter(n -> only.map(n::equals).orElse(true));
        return wanted.map(operation::inNamespace);
    }

    boolean synced() {
        return informers.stream().allMatch(SharedIndexInformer::hasSynced);
    }

    Kind kind() {
        return kind;
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
    }
}
