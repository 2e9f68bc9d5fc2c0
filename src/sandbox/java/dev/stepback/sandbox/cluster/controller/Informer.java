package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.ObjectStore;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the controllers know of one kind: a cache fed by a watch and by their own writes, so that a controller always sees
 * what it did itself. The cached objects are shared: edit copies. Used on the worker's thread only.
 */
final class Informer<T extends HasMetadata> implements AutoCloseable {
    private static final String NOBODY = "";

    private final ObjectStore store;
    private final Worker worker;
    private final Resource<T> resource;
    private final Map<String, T> byKey = new LinkedHashMap<>();
    private final Map<String, Map<String, T>> byController = new LinkedHashMap<>();
    private final List<Consumer<T>> listeners = new ArrayList<>();
    private @Nullable AutoCloseable watch;

    Informer(ObjectStore store, Worker worker, Resource<T> resource) {
        this.store = store;
        this.worker = worker;
        this.resource = resource;
    }

    /** @param listener gets every new state of every object, and the last one of those that are deleted */
    void onChange(Consumer<T> listener) {
        listeners.add(listener);
    }

    void start() {
        watch = store.watch(resource.name(), event -> worker.run(() -> observe(event)));
        store.list(resource.name(), null)
                .forEach(node -> worker.run(() -> {
                    T object = resource.read(node);
                    if (find(key(object)).isEmpty()) {
                        remember(object);
                        tell(object);
                    }
                }));
    }

    private void observe(ObjectStore.Event event) {
        T object = resource.read(event.object());
        if (event.type().equals("DELETED")) {
            T known = byKey.get(key(object));
            if (known == null || sameIdentity(known, object)) {
                forget(key(object));
            }
        } else {
            remember(object);
        }
        tell(object);
    }

    private void tell(T object) {
        listeners.forEach(listener -> listener.accept(object));
    }

    Optional<T> get(@Nullable String namespace, String name) {
        return find(key(namespace, name));
    }

    /** Those that an object controls, oldest first. */
    List<T> controlledBy(HasMetadata owner) {
        return indexed(owner.getMetadata().getUid());
    }

    /** Those that nobody controls. */
    List<T> withoutController(String namespace) {
        return indexed(NOBODY).stream()
                .filter(object -> namespace.equals(object.getMetadata().getNamespace()))
                .toList();
    }

    List<T> all() {
        return List.copyOf(byKey.values());
    }

    private List<T> indexed(String uid) {
        return List.copyOf(byController.getOrDefault(uid, Map.of()).values());
    }

    T create(T object) {
        return remembered(store.create(resource.name(), Resource.write(object)));
    }

    T update(T object) {
        return remembered(store.update(resource.name(), Resource.write(object)));
    }

    /** Writes the metadata alone: the rest stays byte for byte what its author wrote. */
    T updateMetadata(T object) {
        String namespace = object.getMetadata().getNamespace();
        ObjectNode node = store.get(
                        resource.name(), namespace, object.getMetadata().getName())
                .orElseGet(() -> Resource.write(object));
        node.set("metadata", Resource.write(object.getMetadata()));
        return remembered(store.update(resource.name(), node));
    }

    T updateStatus(T object) {
        return remembered(store.updateStatus(resource.name(), Resource.write(object)));
    }

    void delete(T object) {
        String namespace = object.getMetadata().getNamespace();
        String name = object.getMetadata().getName();
        store.delete(resource.name(), namespace, name, "Background");
        store.get(resource.name(), namespace, name)
                .ifPresentOrElse(this::remembered, () -> forget(key(namespace, name)));
    }

    private T remembered(ObjectNode node) {
        T object = resource.read(node);
        remember(object);
        return object;
    }

    private void remember(T object) {
        String key = key(object);
        T known = byKey.get(key);
        if (known != null && version(known) >= version(object)) {
            return;
        }
        forget(key);
        byKey.put(key, object);
        byController
                .computeIfAbsent(controller(object), uid -> new LinkedHashMap<>())
                .put(key, object);
    }

    private void forget(String key) {
        T known = byKey.remove(key);
        if (known == null) {
            return;
        }
        Map<String, T> siblings = byController.get(controller(known));
        if (siblings != null) {
            siblings.remove(key);
            if (siblings.isEmpty()) {
                byController.remove(controller(known));
            }
        }
    }

    private Optional<T> find(String key) {
        return Optional.ofNullable(byKey.get(key));
    }

    private static String controller(HasMetadata object) {
        return Resource.controllerOf(object).map(owner -> owner.getUid()).orElse(NOBODY);
    }

    private static boolean sameIdentity(HasMetadata one, HasMetadata other) {
        return one.getMetadata().getUid().equals(other.getMetadata().getUid());
    }

    private static long version(HasMetadata object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }

    private static String key(HasMetadata object) {
        return key(object.getMetadata().getNamespace(), object.getMetadata().getName());
    }

    private static String key(@Nullable String namespace, String name) {
        return namespace == null ? name : namespace + "/" + name;
    }

    @Override
    public void close() throws Exception {
        if (watch != null) {
            watch.close();
        }
    }
}
