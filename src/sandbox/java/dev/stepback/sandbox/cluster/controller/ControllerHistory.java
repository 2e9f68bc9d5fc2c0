package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.ApiException;
import dev.stepback.sandbox.cluster.ObjectStore;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The ControllerRevisions of StatefulSets and DaemonSets. They are read from the store whenever they are asked for, since
 * equality is that of the JSON as it was written.
 */
final class ControllerHistory {
    private static final int CONFLICT = 409;

    private final ObjectStore store;

    ControllerHistory(ObjectStore store) {
        this.store = store;
    }

    /** Those that the workload controls and selects, oldest first. */
    List<TemplateRevision> of(HasMetadata owner, Map<String, String> selector) {
        return store.list(TemplateRevision.RESOURCE, owner.getMetadata().getNamespace()).stream()
                .filter(json -> isControlledBy(json, owner) && selects(selector, json))
                .map(TemplateRevision::new)
                .sorted(TemplateRevision.OLDEST_FIRST)
                .toList();
    }

    /** Takes up revisions that nobody controls, such as those of a workload that was deleted with its dependents orphaned. */
    void adopt(HasMetadata owner, Map<String, String> selector) {
        if (Resource.isDeleting(owner)) {
            return;
        }
        for (ObjectNode json :
                store.list(TemplateRevision.RESOURCE, owner.getMetadata().getNamespace())) {
            boolean free = json.at("/metadata/ownerReferences").isEmpty();
            if (free && selects(selector, json)) {
                json.withObject("/metadata").putArray("ownerReferences").add(ownerReference(owner));
                store.update(TemplateRevision.RESOURCE, json);
            }
        }
    }

    /**
     * Writes a revision.
     *
     * @param owner its annotations are copied, change cause included
     * @param labels of the template
     * @param hashLabel the label that gets the hash, which is also the end of the name
     * @throws NameTaken when there is a revision of that name with other data
     */
    TemplateRevision create(
            HasMetadata owner, Map<String, String> labels, String hashLabel, String hash, JsonNode data, long number) {
        ObjectNode json = make(owner, labels, hashLabel, hash, data, number);
        try {
            return new TemplateRevision(store.create(TemplateRevision.RESOURCE, json));
        } catch (ApiException e) {
            if (e.code() != CONFLICT) {
                throw e;
            }
            String name = json.at("/metadata/name").asText();
            return store.get(TemplateRevision.RESOURCE, owner.getMetadata().getNamespace(), name)
                    .map(TemplateRevision::new)
                    .filter(known -> known.hasData(data))
                    .orElseThrow(() -> new NameTaken(name));
        }
    }

    /** As {@link #create}, but only as it would be written. */
    static ObjectNode make(
            HasMetadata owner, Map<String, String> labels, String hashLabel, String hash, JsonNode data, long number) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ObjectNode metadata = json.putObject("metadata")
                .put("namespace", owner.getMetadata().getNamespace())
                .put("name", owner.getMetadata().getName() + "-" + hash);
        ObjectNode labelled = metadata.putObject("labels");
        labels.forEach(labelled::put);
        labelled.put(hashLabel, hash);
        Map<String, String> annotations = owner.getMetadata().getAnnotations();
        if (annotations != null && !annotations.isEmpty()) {
            annotations.forEach(metadata.putObject("annotations")::put);
        }
        metadata.putArray("ownerReferences").add(ownerReference(owner));
        json.set("data", data);
        return json.put("revision", number);
    }

    /** A revision that is used again gets the next number; its annotations stay as they are. */
    TemplateRevision renumber(TemplateRevision revision, long number) {
        ObjectNode json = revision.json().deepCopy();
        json.put("revision", number);
        return new TemplateRevision(store.update(TemplateRevision.RESOURCE, json));
    }

    void delete(TemplateRevision revision) {
        store.delete(
                TemplateRevision.RESOURCE,
                revision.json().at("/metadata/namespace").asText(),
                revision.name(),
                "Background");
    }

    static long nextNumber(List<TemplateRevision> revisions) {
        return 1 + revisions.stream().mapToLong(TemplateRevision::number).max().orElse(0);
    }

    /** Deletes the oldest ones that no pod needs. */
    void truncate(List<TemplateRevision> revisions, Set<String> liveNames, int limit) {
        List<TemplateRevision> old = revisions.stream()
                .filter(revision -> !liveNames.contains(revision.name()))
                .toList();
        old.subList(0, Math.max(0, old.size() - limit)).forEach(this::delete);
    }

    private static boolean isControlledBy(ObjectNode json, HasMetadata owner) {
        for (JsonNode reference : json.at("/metadata/ownerReferences")) {
            if (reference.path("controller").asBoolean()) {
                return reference.path("uid").asText().equals(owner.getMetadata().getUid());
            }
        }
        return false;
    }

    private static boolean selects(Map<String, String> selector, ObjectNode json) {
        JsonNode labels = json.at("/metadata/labels");
        return !selector.isEmpty()
                && selector.entrySet().stream()
                        .allMatch(wanted ->
                                labels.path(wanted.getKey()).asText("").equals(wanted.getValue()));
    }

    private static ObjectNode ownerReference(HasMetadata owner) {
        return Resource.write(Resource.controlledBy(owner));
    }

    /** The name that the hash gives belongs to other data: another one is to be taken. */
    static final class NameTaken extends RuntimeException {
        private static final long serialVersionUID = 1;

        NameTaken(String name) {
            super(name + " is taken");
        }
    }
}
