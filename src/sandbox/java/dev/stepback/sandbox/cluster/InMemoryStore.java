package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The store of the sandbox cluster. Everything happens under one lock, so that versions and events have one order;
 * listeners are called outside of it. What is stored is never changed, only replaced. There are two namespaces from the
 * beginning, {@code default} and {@code kube-system}; an object in a namespace that does not exist is refused (404).
 */
public final class InMemoryStore implements ObjectStore, AutoCloseable {
    private final Object lock = new Object();
    private final Map<String, ResourceTable> tables = new TreeMap<>();
    private final ExecutorService events = Executors.newCachedThreadPool(Daemons.named("cluster-events"));
    private final ResourceTypes types;
    private final Admission admission;
    private final ObjectLifecycle lifecycle;
    private long version = 1;

    public InMemoryStore(Clock clock) {
        this(clock, new ResourceTypes());
    }

    InMemoryStore(Clock clock, ResourceTypes types) {
        this.types = types;
        this.admission = new BuiltInAdmission();
        this.lifecycle = new ObjectLifecycle(clock);
        for (String name : List.of("default", "kube-system")) {
            ObjectNode namespace = Json.object();
            Json.metadata(namespace).put("name", name);
            create("namespaces", namespace);
        }
    }

    ResourceTypes types() {
        return types;
    }

    /** The version of the latest change of all. */
    long version() {
        synchronized (lock) {
            return version;
        }
    }

    @Override
    public Optional<ObjectNode> get(String resource, @Nullable String namespace, String name) {
        return find(types.require(resource), namespace, name).map(ObjectNode::deepCopy);
    }

    @Override
    public List<ObjectNode> list(String resource, @Nullable String namespace) {
        return snapshot(types.require(resource), namespace).objects().stream()
                .map(ObjectNode::deepCopy)
                .toList();
    }

    @Override
    public ObjectNode create(String resource, ObjectNode object) {
        return create(types.require(resource), object, false).deepCopy();
    }

    @Override
    public ObjectNode restore(String resource, ObjectNode object) {
        ResourceType type = types.require(resource);
        synchronized (lock) {
            ObjectNode restored = create(type, object, true);
            for (String field : List.of("creationTimestamp", "generation", "managedFields")) {
                JsonNode value = Json.normalized(object.path("metadata").path(field), true);
                if (!value.isMissingNode()) {
                    Json.metadata(restored).set(field, value);
                }
            }
            if (object.has("status")) {
                restored.set("status", Json.normalized(object.path("status"), true));
            }
            return apply("ADDED", type, restored, null).deepCopy();
        }
    }

    @Override
    public ObjectNode update(String resource, ObjectNode object) {
        return replace(resource, object, Part.MAIN);
    }

    @Override
    public ObjectNode updateStatus(String resource, ObjectNode object) {
        return replace(resource, object, Part.STATUS);
    }

    private ObjectNode replace(String resource, ObjectNode object, Part part) {
        ResourceType type = types.require(resource);
        return modify(type, namespaceOf(type, object), Json.name(object), part, false, current -> object)
                .deepCopy();
    }

    @Override
    public void delete(String resource, @Nullable String namespace, String name, String propagation) {
        delete(types.require(resource), namespace, name, DeleteOptions.of(propagation));
    }

    @Override
    public AutoCloseable watch(String resource, Consumer<Event> listener) {
        return subscribe(
                types.require(resource),
                null,
                change ->
                        listener.accept(new Event(change.type(), change.object().deepCopy())));
    }

    /** The stored object itself, which nobody may change. */
    Optional<ObjectNode> find(ResourceType type, @Nullable String namespace, String name) {
        synchronized (lock) {
            return Optional.ofNullable(table(type).get(ResourceTable.key(namespace, name)));
        }
    }

    Snapshot snapshot(ResourceType type, @Nullable String namespace) {
        synchronized (lock) {
            return new Snapshot(table(type).list(namespace), version);
        }
    }

    ObjectNode create(ResourceType type, ObjectNode object, boolean dryRun) {
        synchronized (lock) {
            ObjectNode created = lifecycle.prepareNew(
                    type, object, name -> table(type).get(ResourceTable.key(namespaceOf(type, object), name)) != null);
            String namespace = namespaceOf(type, created);
            requireNamespace(type, namespace);
            String key = ResourceTable.key(namespace, Json.name(created));
            if (table(type).get(key) != null) {
                throw Failures.alreadyExists(type, Json.name(created));
            }
            admission.fillIn(type, created);
            refuse(type, created, admission.check(type, null, created));
            return dryRun ? created : apply("ADDED", type, created, null);
        }
    }

    /**
     * Changes one part of an object in one go: nobody else writes between reading and writing.
     *
     * @param edit gets a copy of the object as it is and returns what it shall be
     * @return the object as it is now; the one before when nothing changed
     */
    ObjectNode modify(
            ResourceType type,
            @Nullable String namespace,
            String name,
            Part part,
            boolean dryRun,
            UnaryOperator<ObjectNode> edit) {
        synchronized (lock) {
            ObjectNode old = require(type, namespace, name);
            ObjectNode wanted = edit.apply(old.deepCopy());
            ObjectNode next = lifecycle.merge(type, old, wanted, part);
            admission.fillIn(type, next);
            if (lifecycle.isSame(old, next)) {
                return old;
            }
            refuse(type, next, admission.check(type, old, next));
            lifecycle.bumpGeneration(type, old, next);
            if (dryRun) {
                return next;
            }
            if (Json.isDeleting(next) && lifecycle.finalizers(next).isEmpty()) {
                return apply("DELETED", type, next, old);
            }
            return apply("MODIFIED", type, next, old);
        }
    }

    /** @return the object as it is after the request, and whether it is gone */
    Deletion delete(ResourceType type, @Nullable String namespace, String name, DeleteOptions options) {
        synchronized (lock) {
            ObjectNode old = require(type, namespace, name);
            options.check(type, old);
            ObjectNode next = lifecycle.markDeleted(old, options);
            boolean gone = lifecycle.finalizers(next).isEmpty();
            if (options.dryRun()) {
                return new Deletion(next, gone);
            }
            if (gone) {
                return new Deletion(apply("DELETED", type, next, old), true);
            }
            return new Deletion(lifecycle.isSame(old, next) ? old : apply("MODIFIED", type, next, old), false);
        }
    }

    /**
     * Subscribes to the changes after a version.
     *
     * @param after null for: from now on
     * @throws ApiException 410 when some of these changes are forgotten
     */
    Subscription subscribe(ResourceType type, @Nullable Long after, Consumer<Change> listener) {
        synchronized (lock) {
            ResourceTable table = table(type);
            Subscription subscription = new Subscription(events, listener, closed -> {
                synchronized (lock) {
                    table.unsubscribe(closed);
                }
            });
            if (after != null) {
                table.since(after).forEach(subscription::offer);
            }
            table.subscribe(subscription);
            return subscription;
        }
    }

    /** Forgets all history, as etcd's compaction does: a watch from an older version gets 410. */
    void compact() {
        synchronized (lock) {
            // Every version that anybody has seen is an old one from now on.
            version++;
            tables.values().forEach(table -> table.forget(version));
        }
    }

    /** Remembers what there is now: running this brings it back, by changes like any others. */
    Runnable remember() {
        synchronized (lock) {
            Map<String, List<ObjectNode>> then = new HashMap<>();
            tables.forEach((resource, table) -> then.put(resource, table.list(null)));
            return () -> bringBack(then);
        }
    }

    private void bringBack(Map<String, List<ObjectNode>> then) {
        synchronized (lock) {
            for (String resource : Set.copyOf(tables.keySet())) {
                ResourceType type = types.require(resource);
                Map<String, ObjectNode> wanted = new HashMap<>();
                then.getOrDefault(resource, List.of()).forEach(object -> wanted.put(key(type, object), object));
                for (ObjectNode now : table(type).list(null)) {
                    ObjectNode before = wanted.remove(key(type, now));
                    if (before == null) {
                        apply("DELETED", type, now.deepCopy(), now);
                    } else if (before != now) {
                        apply("MODIFIED", type, before.deepCopy(), now);
                    }
                }
                wanted.values().forEach(gone -> apply("ADDED", type, gone.deepCopy(), null));
            }
        }
    }

    private static String key(ResourceType type, ObjectNode object) {
        return ResourceTable.key(namespaceOf(type, object), Json.name(object));
    }

    private void definitionChanged(String change, ObjectNode definition) {
        if (change.equals("DELETED")) {
            types.find(Json.name(definition)).ifPresent(type -> {
                drop(type, null);
                types.unregister(type.name());
            });
        } else {
            types.register(CustomResourceDefinitions.typeOf(definition));
        }
    }

    /** Removes all objects of a kind, finalizers or not: what they belong to is gone. */
    private void drop(ResourceType type, @Nullable String namespace) {
        for (ObjectNode object : table(type).list(namespace)) {
            apply("DELETED", type, object.deepCopy(), object);
        }
    }

    private ObjectNode apply(String change, ResourceType type, ObjectNode object, @Nullable ObjectNode previous) {
        version++;
        Json.metadata(object).put("resourceVersion", Long.toString(version));
        table(type).apply(key(type, object), new Change(change, version, object, previous));
        if (type.name().equals(ResourceTypes.CRDS)) {
            definitionChanged(change, object);
        } else if (type.name().equals("namespaces") && change.equals("DELETED")) {
            types.all().stream()
                    .filter(ResourceType::namespaced)
                    .forEach(contained -> drop(contained, Json.name(object)));
        }
        return object;
    }

    private ObjectNode require(ResourceType type, @Nullable String namespace, String name) {
        ObjectNode found = table(type).get(ResourceTable.key(namespace, name));
        if (found == null) {
            throw Failures.notFound(type, name);
        }
        return found;
    }

    private void requireNamespace(ResourceType type, @Nullable String namespace) {
        if (!type.namespaced()) {
            return;
        }
        ResourceType namespaces = types.require("namespaces");
        String name = namespace == null ? "" : namespace;
        JsonNode found = table(namespaces).get(name);
        if (found == null) {
            throw Failures.notFound(namespaces, name);
        }
        if (Json.isDeleting(found)) {
            throw Failures.forbidden(
                    "unable to create new content in namespace " + name + " because it is being terminated");
        }
    }

    private static void refuse(ResourceType type, ObjectNode object, List<String> causes) {
        if (!causes.isEmpty()) {
            throw Failures.invalid(type, Json.name(object), causes);
        }
    }

    private static @Nullable String namespaceOf(ResourceType type, ObjectNode object) {
        return type.namespaced() ? Json.namespace(object) : null;
    }

    private ResourceTable table(ResourceType type) {
        return tables.computeIfAbsent(type.name(), name -> new ResourceTable());
    }

    @Override
    public void close() {
        events.shutdownNow();
    }

    /** Which half of an object a request writes. */
    enum Part {
        MAIN,
        STATUS
    }

    /** The objects of one kind at one version; shared, nobody may change them. */
    record Snapshot(List<ObjectNode> objects, long version) {}

    record Deletion(ObjectNode object, boolean gone) {}
}
