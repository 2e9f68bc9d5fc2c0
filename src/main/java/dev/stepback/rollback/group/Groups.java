package dev.stepback.rollback.group;

import dev.stepback.rollback.Members;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads groups from the API server, never from a cache, and writes them with optimistic locking. */
final class Groups {
    private final KubernetesClient client;
    private final Members members;

    Groups(KubernetesClient client) {
        this.client = client;
        this.members = new Members(client);
    }

    Optional<RollbackGroup> find(String namespace, String name) {
        return Optional.ofNullable(
                resources().inNamespace(namespace).withName(name).get());
    }

    Optional<GroupView> view(String namespace, String name) {
        return find(namespace, name).map(this::view);
    }

    GroupView view(RollbackGroup group) {
        return new GroupView(group, members.of(group));
    }

    /** @param namespaces empty for all */
    List<RollbackGroup> all(Collection<String> namespaces) {
        Stream<RollbackGroup> all = namespaces.isEmpty()
                ? resources().inAnyNamespace().list().getItems().stream()
                : namespaces.stream().flatMap(n -> resources().inNamespace(n).list().getItems().stream());
        return all.filter(RollbackGroup::understood).toList();
    }

    /** Whether the API server knows groups. */
    boolean served() {
        return client.supports(RollbackGroup.class);
    }

    /** Empty when there is one of that name already. */
    Optional<RollbackGroup> create(RollbackGroup group) {
        try {
            return Optional.of(client.resource(group).create());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    RollbackGroup update(RollbackGroup group, RollbackGroupSpec spec) {
        return client.resource(with(group, spec, group.getStatus()))
                .lockResourceVersion(group.getMetadata().getResourceVersion())
                .update();
    }

    RollbackGroup updateStatus(RollbackGroup group, RollbackGroupStatus status) {
        return client.resource(with(group, group.getSpec(), status))
                .lockResourceVersion(group.getMetadata().getResourceVersion())
                .updateStatus();
    }

    /** Deletes it if nobody wrote in between; false when somebody did, or it is gone. */
    boolean delete(RollbackGroup group) {
        try {
            client.resource(group)
                    .lockResourceVersion(group.getMetadata().getResourceVersion())
                    .delete();
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
            return false;
        }
    }

    /** Looks, tries, and looks again whenever somebody else wrote in between; empty when the group is gone. */
    <T> Optional<T> lookAndTry(String namespace, String name, Function<GroupView, T> attempt) {
        while (true) {
            Optional<GroupView> now = view(namespace, name);
            if (now.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(attempt.apply(now.get()));
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
            }
        }
    }

    private static RollbackGroup with(RollbackGroup group, RollbackGroupSpec spec, RollbackGroupStatus status) {
        RollbackGroup copy = new RollbackGroup();
        copy.setMetadata(group.getMetadata());
        copy.setSpec(spec);
        copy.setStatus(status);
        return copy;
    }

    private MixedOperation<RollbackGroup, KubernetesResourceList<RollbackGroup>, Resource<RollbackGroup>> resources() {
        return client.resources(RollbackGroup.class);
    }
}
