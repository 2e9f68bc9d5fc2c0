package dev.stepback.command;

import dev.stepback.config.StepbackConfig;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Watches the workloads of the served namespaces and keeps their names. */
final class WorkloadIndex implements Workloads {
    private final List<KindIndex<?, ?>> kinds;

    private WorkloadIndex(List<KindIndex<?, ?>> kinds) {
        this.kinds = kinds;
    }

    static WorkloadIndex start(
            KubernetesClient client, StepbackConfig config, ResourceEventHandler<HasMetadata> listener) {
        List<String> namespaces = config.kubernetes().namespaces();
        return new WorkloadIndex(List.of(
                new KindIndex<>(Kind.DEPLOYMENT, client.apps().deployments(), Deployment::new, namespaces)
                        .start(listener),
                new KindIndex<>(Kind.STATEFULSET, client.apps().statefulSets(), StatefulSet::new, namespaces)
                        .start(listener),
                new KindIndex<>(Kind.DAEMONSET, client.apps().daemonSets(), DaemonSet::new, namespaces)
                        .start(listener)));
    }

    @Override
    public List<TargetRef> find(Wanted wanted) {
        List<TargetRef> known = all().filter(wanted::matches).sorted().toList();
        return known.isEmpty() ? live(wanted) : known;
    }

    /** The index may be behind: what somebody has just created is asked for by name. */
    private List<TargetRef> live(Wanted wanted) {
        return kinds.stream()
                .filter(index -> wanted.kind().map(index.kind()::equals).orElse(true))
                .flatMap(index -> index.live(wanted))
                .filter(wanted::matches)
                .sorted()
                .toList();
    }

    @Override
    public List<TargetRef> select(Optional<String> namespace, String selector) {
        return kinds.stream()
                .flatMap(index -> index.labelled(namespace, selector))
                .sorted()
                .toList();
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
        return kinds.stream().allMatch(KindIndex::synced);
    }

    @Override
    public void close() {
        kinds.forEach(KindIndex::close);
    }

    private Stream<TargetRef> all() {
        return kinds.stream().flatMap(KindIndex::targets);
    }
}
