package dev.stepback.command;

import dev.stepback.config.StepbackConfig;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Watches the Deployments of the served namespaces and keeps their names. */
final class WorkloadIndex implements Workloads {
    /** So that the first list of a large cluster is read in pieces. */
    private static final long PAGE = 250;

    private final KubernetesClient client;
    private final List<String> namespaces;
    private final ResourceEventHandler<Deployment> listener;
    private final List<SharedIndexInformer<Deployment>> informers = new ArrayList<>();
    private final List<NamesOnly> names = new ArrayList<>();

    private WorkloadIndex(KubernetesClient client, List<String> namespaces, ResourceEventHandler<Deployment> listener) {
        this.client = client;
        this.namespaces = namespaces;
        this.listener = listener;
    }

    static WorkloadIndex start(
            KubernetesClient client, StepbackConfig config, ResourceEventHandler<Deployment> listener) {
        WorkloadIndex index = new WorkloadIndex(client, config.kubernetes().namespaces(), listener);
        index.scopes(Optional.empty()).forEach(index::watch);
        return index;
    }

    private void watch(FilterWatchListDeletable<Deployment, DeploymentList, ?> scope) {
        NamesOnly store = new NamesOnly();
        SharedIndexInformer<Deployment> informer = scope.withLimit(PAGE)
                .runnableInformer(0)
                .removeNamespaceIndex()
                .itemStore(store)
                .addEventHandler(listener)
                // Goes on for ever: the API server may be away, or a permission may be granted later.
                .exceptionHandler((started, error) -> true);
        names.add(store);
        informers.add(informer);
        informer.start();
    }

    @Override
    public List<TargetRef> find(Wanted wanted) {
        List<TargetRef> known = all().filter(wanted::matches).sorted().toList();
        return known.isEmpty() ? live(wanted) : known;
    }

    /** The index may be behind: what somebody has just created is asked for by name. */
    private List<TargetRef> live(Wanted wanted) {
        return scopes(wanted.namespace())
                .flatMap(s -> s.withField("metadata.name", wanted.name()).list().getItems().stream())
                .map(d -> new TargetRef(
                        d.getMetadata().getNamespace(),
                        Kind.DEPLOYMENT,
                        d.getMetadata().getName()))
                .filter(wanted::matches)
                .sorted()
                .toList();
    }

    private Stream<FilterWatchListDeletable<Deployment, DeploymentList, ?>> scopes(Optional<String> only) {
        MixedOperation<Deployment, DeploymentList, RollableScalableResource<Deployment>> deployments =
                client.apps().deployments();
        if (namespaces.isEmpty() && only.isEmpty()) {
            return Stream.of(deployments.inAnyNamespace());
        }
        Stream<String> wanted = namespaces.isEmpty()
                ? only.stream()
                : namespaces.stream().filter(n -> only.map(n::equals).orElse(true));
        return wanted.map(deployments::inNamespace);
    }

    @Override
    public List<TargetRef> suggest(Wanted wanted, int max, Predicate<TargetRef> visible) {
        return Suggestions.nearest(wanted, all().toList(), max, visible);
    }

    @Override
    public boolean anyIn(String namespace) {
        return all().anyMatch(t -> t.namespace().equals(namespace));
    }

    @Override
    public boolean synced() {
        return informers.stream().allMatch(SharedIndexInformer::hasSynced);
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
    }

    private Stream<TargetRef> all() {
        return names.stream().flatMap(NamesOnly::targets);
    }
}
