package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/** What the registry does to every object whatever its kind: identity, generation, status apart, finalizers. */
final class ObjectLifecycle {
    /** The letters of generated names, from which no bad words can be made. */
    private static final String SUFFIX = "bcdfghjklmnpqrstvwxz2456789";

    private static final Set<String> WITH_GENERATION = Set.of(
            "pods",
            "replicationcontrollers",
            "deployments.apps",
            "replicasets.apps",
            "statefulsets.apps",
            "daemonsets.apps",
            "jobs.batch",
            "cronjobs.batch",
            "poddisruptionbudgets.policy",
            ResourceTypes.CRDS);

    /** What clients cannot write. */
    private static final List<String> SYSTEM_FIELDS =
            List.of("uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds");

    private final Clock clock;

    ObjectLifecycle(Clock clock) {
        this.clock = clock;
    }

    String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    ObjectNode prepareNew(ResourceType type, ObjectNode object, Predicate<String> nameTaken) {
        ObjectNode created = normalized(type, object);
        created.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        ObjectNode metadata = Json.metadata(created);
        if (Json.text(metadata, "resourceVersion") != null) {
            throw Failures.badRequest("resourceVersion should not be set on objects to be created");
        }
        metadata.remove(List.of("selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion"));
        if (!type.namespaced()) {
            metadata.remove("namespace");
        }
        String prefix = Json.text(metadata, "generateName");
        if (Json.text(metadata, "name") == null && prefix != null) {
            metadata.put("name", generateName(prefix, nameTaken));
        }
        if (Json.text(metadata, "name") == null) {
            throw Failures.invalid(
                    type, "", List.of("metadata.name: Required value: name or generateName is required"));
        }
        metadata.put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", now());
        metadata.remove("generation");
        if (hasGeneration(type)) {
            metadata.put("generation", 1);
        }
        DaemonSetGeneration.created(type, created);
        if (type.hasStatus() && !isSystemStatus(type)) {
            created.remove("status");
        }
        return created;
    }

    /** The next state of an object: what the client may write from the new, the rest from the old. */
    ObjectNode merge(ResourceType type, ObjectNode old, ObjectNode wanted, InMemoryStore.Part part) {
        checkIdentity(type, old, wanted);
        ObjectNode next = normalized(type, wanted);
        if (part == InMemoryStore.Part.STATUS) {
            ObjectNode replaced = old.deepCopy();
            replaceField(replaced, "status", next.path("status"));
            replaceField(
                    Json.metadata(replaced),
                    "managedFields",
                    next.path("metadata").path("managedFields"));
            return replaced;
        }
        next.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        if (type.hasStatus()) {
            replaceField(next, "status", old.path("status"));
        }
        ObjectNode metadata = Json.metadata(next);
        JsonNode oldMetadata = old.path("metadata");
        SYSTEM_FIELDS.forEach(field -> replaceField(metadata, field, oldMetadata.path(field)));
        replaceField(metadata, "resourceVersion", oldMetadata.path("resourceVersion"));
        metadata.remove("selfLink");
        DaemonSetGeneration.kept(type, old, next);
        List<String> added = finalizers(next);
        added.removeAll(finalizers(old));
        if (Json.isDeleting(old) && !added.isEmpty()) {
            throw Failures.invalid(
                    type,
                    Json.name(old),
                    List.of("metadata.finalizers: Forbidden: no new finalizers can be added if the object is being"
                            + " deleted, found new finalizers " + added));
        }
        return next;
    }

    private static void checkIdentity(ResourceType type, ObjectNode old, ObjectNode wanted) {
        JsonNode metadata = wanted.path("metadata");
        String version = Json.text(metadata, "resourceVersion");
        if (version != null && !version.equals(Long.toString(Json.version(old)))) {
            throw Failures.modified(type, Json.name(old));
        }
        String uid = Json.text(metadata, "uid");
        if (uid != null && !uid.equals(Json.uid(old))) {
            throw Failures.conflict(
                    type,
                    Json.name(old),
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + Json.uid(old));
        }
    }

    void bumpGeneration(ResourceType type, ObjectNode old, ObjectNode next) {
        if (!hasGeneration(type)) {
            return;
        }
        ObjectNode before = specOf(type, old);
        ObjectNode after = specOf(type, next);
        if (!before.equals(after)) {
            DaemonSetGeneration.updated(type, old, next);
            bump(next);
        }
    }

    private static ObjectNode specOf(ResourceType type, ObjectNode object) {
        ObjectNode spec = Json.object();
        object.properties().forEach(field -> spec.set(field.getKey(), field.getValue()));
        spec.remove("metadata");
        if (type.hasStatus()) {
            spec.remove("status");
        }
        return spec;
    }

    private static void bump(ObjectNode object) {
        ObjectNode metadata = Json.metadata(object);
        metadata.put("generation", metadata.path("generation").asInt(0) + 1);
    }

    /** Equal but for the time when it was written: then nothing is written, as the API server does. */
    boolean isSame(ObjectNode old, ObjectNode next) {
        return withoutTimes(old).equals(withoutTimes(next));
    }

    private static ObjectNode withoutTimes(ObjectNode object) {
        ObjectNode shallow = Json.object();
        object.properties().forEach(field -> shallow.set(field.getKey(), field.getValue()));
        ObjectNode metadata = Json.object();
        object.path("metadata").properties().forEach(field -> metadata.set(field.getKey(), field.getValue()));
        ArrayNode writers = metadata.path("managedFields").deepCopy() instanceof ArrayNode known ? known : Json.array();
        writers.forEach(writer -> ((ObjectNode) writer).remove("time"));
        metadata.set("managedFields", writers);
        shallow.set("metadata", metadata);
        return shallow;
    }

    ObjectNode markDeleted(ObjectNode old, DeleteOptions options) {
        ObjectNode next = old.deepCopy();
        ObjectNode metadata = Json.metadata(next);
        Set<String> finalizers = new LinkedHashSet<>(finalizers(old));
        switch (options.propagation()) {
            case "Foreground" -> {
                finalizers.remove("orphan");
                finalizers.add("foregroundDeletion");
            }
            case "Orphan" -> {
                finalizers.remove("foregroundDeletion");
                finalizers.add("orphan");
            }
            default -> {
                finalizers.remove("foregroundDeletion");
                finalizers.remove("orphan");
            }
        }
        if (finalizers.isEmpty()) {
            metadata.remove("finalizers");
        } else {
            ArrayNode list = metadata.putArray("finalizers");
            finalizers.forEach(list::add);
        }
        if (!Json.isDeleting(old)) {
            metadata.put("deletionTimestamp", now()).put("deletionGracePeriodSeconds", 0);
            if (metadata.has("generation")) {
                bump(next);
            }
        }
        return next;
    }

    List<String> finalizers(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.path("metadata").path("finalizers").forEach(name -> names.add(name.asText()));
        return names;
    }

    private static ObjectNode normalized(ResourceType type, ObjectNode object) {
        ObjectNode copy = (ObjectNode) Json.normalized(object, !type.custom());
        if (type.name().equals("controllerrevisions.apps") && object.has("data")) {
            // Opaque to the API server: kubectl compares the bytes.
            copy.set("data", Json.normalized(object.path("data"), false));
        }
        copy.set(
                "metadata",
                Json.normalized(copy.path("metadata").isObject() ? copy.path("metadata") : Json.object(), true));
        return copy;
    }

    private static void replaceField(ObjectNode object, String field, JsonNode value) {
        if (value.isMissingNode()) {
            object.remove(field);
        } else {
            object.set(field, value.deepCopy());
        }
    }

    private static boolean hasGeneration(ResourceType type) {
        return type.custom() || WITH_GENERATION.contains(type.name());
    }

    /** Nodes and namespaces may be created with a status: nothing else in the sandbox would write it. */
    private static boolean isSystemStatus(ResourceType type) {
        return type.name().equals("nodes") || type.name().equals("namespaces");
    }

    private static String generateName(String prefix, Predicate<String> taken) {
        while (true) {
            StringBuilder name = new StringBuilder(prefix);
            ThreadLocalRandom random = ThreadLocalRandom.current();
            for (int i = 0; i < 5; i++) {
                name.append(SUFFIX.charAt(random.nextInt(SUFFIX.length())));
            }
            if (!taken.test(name.toString())) {
                return name.toString();
            }
        }
    }
}
