package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What etcd and the registry of an API server are to a cluster: versioned objects, with optimistic locking and events.
 * The HTTP side and the controllers both stand on it. Objects that come out are copies.
 *
 * <p>A resource is named as kubectl names it: {@code pods}, {@code deployments.apps}, {@code rollbacks.stepback.dev}.
 * Violations are thrown as {@link ApiException}, which carries the {@code Status} that a client would get.
 */
public interface ObjectStore {

    Optional<ObjectNode> get(String resource, @Nullable String namespace, String name);

    /** @param namespace null for all */
    List<ObjectNode> list(String resource, @Nullable String namespace);

    /** Sets uid, creationTimestamp, generation and resourceVersion; honours generateName. */
    ObjectNode create(String resource, ObjectNode object);

    /**
     * Creates an object with a past, as the restore of a backup does: the creationTimestamp, generation,
     * managedFields and status that it has are kept.
     */
    ObjectNode restore(String resource, ObjectNode object);

    /** Replaces all but the status. Checks resourceVersion (409) when the object has one; generation grows when the spec changes. */
    ObjectNode update(String resource, ObjectNode object);

    /** Replaces the status alone, with the same check. */
    ObjectNode updateStatus(String resource, ObjectNode object);

    /**
     * Deletes, dependents included as the policy says.
     *
     * @param propagation {@code Background}, {@code Foreground} or {@code Orphan}
     */
    void delete(String resource, @Nullable String namespace, String name, String propagation);

    /** Calls the listener for every later change, in order, on one thread at a time. */
    AutoCloseable watch(String resource, Consumer<Event> listener);

    /** @param type {@code ADDED}, {@code MODIFIED} or {@code DELETED} */
    record Event(String type, ObjectNode object) {}
}
