package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.ApiException;
import dev.stepback.sandbox.cluster.ObjectStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Deletes what has lost its last owner, and sees to the finalizers with which a deletion in the foreground waits for its
 * dependents and an orphaning one lets them go.
 */
final class GarbageCollector implements AutoCloseable {
    private static final Map<String, String> KINDS = Map.of(
            "Deployment", "deployments.apps",
            "ReplicaSet", "replicasets.apps",
            "StatefulSet", "statefulsets.apps",
            "DaemonSet", "daemonsets.apps",
            "ControllerRevision", "controllerrevisions.apps",
            "Job", "jobs.batch",
            "ConfigMap", "configmaps",
            "Secret", "secrets",
            "Pod", "pods");
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final ObjectStore store;
    private final Worker worker;
    private final List<AutoCloseable> watches = new ArrayList<>();
    private final Map<String, Entry> byUid = new HashMap<>();
    private final Map<String, Set<String>> dependents = new LinkedHashMap<>();

    GarbageCollector(ObjectStore store, Worker worker) {
        this.store = store;
        this.worker = worker;
    }

    void start() {
        for (String kind : KINDS.values()) {
            watches.add(store.watch(kind, event -> worker.run(() -> observe(kind, event))));
            store.list(kind, null)
                    .forEach(object -> worker.run(() -> {
                        if (!byUid.containsKey(uid(object))) {
                            observe(kind, new ObjectStore.Event("ADDED", object));
                        }
                    }));
        }
    }

    private void observe(String kind, ObjectStore.Event event) {
        ObjectNode object = event.object();
        String uid = uid(object);
        if (event.type().equals("DELETED")) {
            Entry gone = byUid.remove(uid);
            if (gone != null) {
                gone.owners.forEach(owner ->
                        dependents.getOrDefault(owner, new LinkedHashSet<>()).remove(uid));
                gone.owners.forEach(this::finish);
            }
            dependentsOf(uid).forEach(this::collect);
            dependents.remove(uid);
            return;
        }
        Entry entry = Entry.of(kind, object);
        Entry before = byUid.put(uid, entry);
        if (before != null) {
            before.owners.forEach(owner ->
                    dependents.getOrDefault(owner, new LinkedHashSet<>()).remove(uid));
        }
        entry.owners.forEach(owner ->
                dependents.computeIfAbsent(owner, none -> new LinkedHashSet<>()).add(uid));
        if (entry.deleting && entry.finalizers.contains("orphan")) {
            orphan(uid, entry);
        } else if (entry.deleting && entry.finalizers.contains("foregroundDeletion")) {
            dependentsOf(uid).forEach(dependent -> delete(dependent, "Foreground"));
            finish(uid);
        } else {
            collect(entry);
        }
    }

    private List<Entry> dependentsOf(String uid) {
        return dependents.getOrDefault(uid, Set.of()).stream()
                .map(byUid::get)
                .filter(entry -> entry != null)
                .toList();
    }

    /** Deletes an object that had owners and none of whose owners is left. */
    private void collect(Entry entry) {
        if (!entry.owners.isEmpty()
                && entry.owners.stream().noneMatch(byUid::containsKey)
                && store.get(entry.kind, entry.namespace, entry.name)
                        .filter(live ->
                                !live.path("metadata").path("ownerReferences").isEmpty())
                        .filter(live -> !isOwned(live))
                        .isPresent()) {
            // What is owned by nobody now was let go a moment ago: it stays.
            delete(entry, "Background");
        }
    }

    /** Asks the store, as the owner of a new object may not have been observed yet. Unknown kinds are taken to exist. */
    private boolean isOwned(ObjectNode object) {
        for (JsonNode owner : object.path("metadata").path("ownerReferences")) {
            String kind = KINDS.get(owner.path("kind").asText());
            boolean exists = kind == null
                    || store.get(
                                    kind,
                                    object.path("metadata").path("namespace").asText(),
                                    owner.path("name").asText())
                            .filter(found -> uid(found).equals(owner.path("uid").asText()))
                            .isPresent();
            if (exists) {
                return true;
            }
        }
        return false;
    }

    private void delete(Entry entry, String propagation) {
        if (!entry.deleting) {
            ignoringAbsence(() -> store.delete(entry.kind, entry.namespace, entry.name, propagation));
        }
    }

    /** Ends a deletion in the foreground when the last dependent that blocks it is gone. */
    private void finish(String uid) {
        Entry owner = byUid.get(uid);
        boolean blocked = dependentsOf(uid).stream().anyMatch(dependent -> dependent.blocking.contains(uid));
        if (owner != null && owner.deleting && owner.finalizers.contains("foregroundDeletion") && !blocked) {
            removeFinalizer(owner, "foregroundDeletion");
        }
    }

    private void orphan(String uid, Entry owner) {
        for (Entry dependent : dependentsOf(uid)) {
            edit(dependent, metadata -> removeFrom(metadata, "ownerReferences", "uid", uid));
        }
        removeFinalizer(owner, "orphan");
    }

    private void removeFinalizer(Entry entry, String finalizer) {
        edit(entry, metadata -> removeFrom(metadata, "finalizers", "", finalizer));
    }

    /** Looks again when somebody wrote in between: an orphan that was not let go would be deleted with its owner. */
    private void edit(Entry entry, Consumer<ObjectNode> change) {
        boolean conflict = true;
        while (conflict) {
            conflict = false;
            try {
                store.get(entry.kind, entry.namespace, entry.name).ifPresent(object -> {
                    change.accept((ObjectNode) object.path("metadata"));
                    store.update(entry.kind, object);
                });
            } catch (ApiException e) {
                conflict = e.code() == CONFLICT;
                if (!conflict && e.code() != NOT_FOUND) {
                    throw e;
                }
            }
        }
    }

    private static void removeFrom(ObjectNode metadata, String list, String field, String value) {
        ArrayNode kept = metadata.arrayNode();
        for (JsonNode element : metadata.path(list)) {
            String text =
                    field.isEmpty() ? element.asText() : element.path(field).asText();
            if (!text.equals(value)) {
                kept.add(element);
            }
        }
        metadata.set(list, kept);
    }

    /** Somebody else was faster, or writes at the same time: then there is another event, and another try. */
    private static void ignoringAbsence(Runnable action) {
        try {
            action.run();
        } catch (ApiException e) {
            if (e.code() != NOT_FOUND && e.code() != CONFLICT) {
                throw e;
            }
        }
    }

    private static String uid(ObjectNode object) {
        return object.path("metadata").path("uid").asText();
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable watch : watches) {
            watch.close();
        }
    }

    /** @param blocking the uids of owners whose deletion in the foreground waits for this object */
    private record Entry(
            String kind,
            String namespace,
            String name,
            boolean deleting,
            Set<String> finalizers,
            Set<String> owners,
            Set<String> blocking) {

        static Entry of(String kind, ObjectNode object) {
            JsonNode metadata = object.path("metadata");
            Set<String> finalizers = new LinkedHashSet<>();
            metadata.path("finalizers").forEach(finalizer -> finalizers.add(finalizer.asText()));
            Set<String> owners = new LinkedHashSet<>();
            Set<String> blocking = new LinkedHashSet<>();
            metadata.path("ownerReferences").forEach(owner -> {
                owners.add(owner.path("uid").asText());
                if (owner.path("blockOwnerDeletion").asBoolean()) {
                    blocking.add(owner.path("uid").asText());
                }
            });
            return new Entry(
                    kind,
                    metadata.path("namespace").asText(),
                    metadata.path("name").asText(),
                    metadata.has("deletionTimestamp"),
                    finalizers,
                    owners,
                    blocking);
        }
    }
}
