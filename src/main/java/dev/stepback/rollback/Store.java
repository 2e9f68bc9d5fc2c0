package dev.stepback.rollback;

import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.HttpURLConnection;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads Rollbacks from the API server, never from a cache, and writes them with optimistic locking. */
final class Store {
    /** The order in which rollbacks of one target count: the older one goes first, names decide within a second. */
    static final Comparator<Rollback> OLDEST_FIRST = Comparator.comparing(
                    (Rollback r) -> r.getMetadata().getCreationTimestamp())
            .thenComparing(r -> r.getMetadata().getName());

    private final KubernetesClient client;

    Store(KubernetesClient client) {
        this.client = client;
    }

    Optional<Rollback> find(String namespace, String name) {
        return Optional.ofNullable(
                        resources().inNamespace(namespace).withName(name).get())
                .filter(Rollback::understood);
    }

    /** Whether there is one of this name that has not ended; one that a newer version wrote may not have. */
    boolean mayBeOpen(String namespace, String name) {
        Rollback rollback = resources().inNamespace(namespace).withName(name).get();
        return rollback != null
                && (!rollback.understood()
                        || !rollback.statusOrInitial().phase().terminal());
    }

    List<Rollback> of(TargetRef target) {
        return resources().inNamespace(target.namespace()).withLabels(Labels.of(target)).list().getItems().stream()
                .filter(Rollback::understood)
                .filter(r -> r.target().equals(target))
                .sorted(OLDEST_FIRST)
                .toList();
    }

    List<Rollback> labelled(String namespace, Map<String, String> labels) {
        return resources().inNamespace(namespace).withLabels(labels).list().getItems().stream()
                .filter(Rollback::understood)
                .toList();
    }

    /** @param namespaces empty for all */
    List<Rollback> all(Collection<String> namespaces) {
        if (namespaces.isEmpty()) {
            return resources().inAnyNamespace().list().getItems().stream()
                    .filter(Rollback::understood)
                    .toList();
        }
        return namespaces.stream()
                .flatMap(n -> resources().inNamespace(n).list().getItems().stream())
                .filter(Rollback::understood)
                .toList();
    }

    /** Empty when there is one of that name already. */
    Optional<Rollback> create(Rollback rollback) {
        try {
            return Optional.of(client.resource(rollback).create());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Writes all but the status, if nobody wrote in between; otherwise a conflict is thrown. */
    Rollback update(Rollback rollback) {
        return client.resource(rollback)
                .lockResourceVersion(rollback.getMetadata().getResourceVersion())
                .update();
    }

    /** Gives a Rollback the labels by which it is found. */
    Rollback label(Rollback rollback) {
        return resources()
                .inNamespace(rollback.getMetadata().getNamespace())
                .withName(rollback.getMetadata().getName())
                .edit(r -> {
                    Map<String, String> labels = new HashMap<>(
                            r.getMetadata().getLabels() == null
                                    ? Map.of()
                                    : r.getMetadata().getLabels());
                    labels.putAll(Labels.of(r.target()));
                    r.getMetadata().setLabels(labels);
                    return r;
                });
    }

    /** Writes the status, if nobody wrote in between; otherwise a conflict is thrown. */
    Rollback updateStatus(Rollback rollback, RollbackStatus status) {
        return client.resource(with(rollback, rollback.getSpec(), status))
                .lockResourceVersion(rollback.getMetadata().getResourceVersion())
                .updateStatus();
    }

    /**
     * Deletes it, if it is still this very object and nobody wrote in between.
     *
     * @return false when somebody did, or it is gone
     */
    boolean delete(Rollback rollback) {
        var metadata = rollback.getMetadata();
        DeleteOptions options = new DeleteOptionsBuilder()
                .withNewPreconditions()
                .withUid(metadata.getUid())
                .withResourceVersion(metadata.getResourceVersion())
                .endPreconditions()
                .build();
        try {
            client.raw(
                    "/apis/%s/namespaces/%s/rollbacks/%s"
                            .formatted(
                                    HasMetadata.getApiVersion(Rollback.class),
                                    metadata.getNamespace(),
                                    metadata.getName()),
                    "DELETE",
                    options);
            return true;
        } catch (KubernetesClientException e) {
            if (!conflict(e) && !gone(e)) {
                throw e;
            }
            return false;
        }
    }

    /**
     * Looks, tries, and looks again whenever somebody else wrote in between.
     *
     * @param attempt what to do with the Rollback as it is now; its first argument is never stale knowingly
     * @return empty when the Rollback is gone
     */
    <T> Optional<T> lookAndTry(String namespace, String name, Function<Rollback, T> attempt) {
        while (true) {
            Optional<Rollback> now = find(namespace, name);
            if (now.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(attempt.apply(now.get()));
            } catch (KubernetesClientException e) {
                if (!conflict(e)) {
                    throw e;
                }
            }
        }
    }

    static boolean conflict(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_CONFLICT;
    }

    static boolean gone(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
    }

    /** A copy with another spec and status; the original may be shared with a cache. */
    static Rollback with(Rollback rollback, RollbackSpec spec, RollbackStatus status) {
        Rollback copy = new Rollback();
        copy.setMetadata(rollback.getMetadata());
        copy.setSpec(spec);
        copy.setStatus(status);
        return copy;
    }

    private MixedOperation<Rollback, KubernetesResourceList<Rollback>, Resource<Rollback>> resources() {
        return client.resources(Rollback.class);
    }
}
