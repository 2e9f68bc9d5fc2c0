package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who wrote which field of an object: {@code metadata.managedFields}. */
final class ManagedFields {
    private final Clock clock;

    ManagedFields(Clock clock) {
        this.clock = clock;
    }

    /** One writer: by name, {@code Apply} or {@code Update}, and the subresource that it wrote through. */
    record Writer(String manager, String operation, String subresource) {}

    /** What one writer owns. */
    static final class Entry {
        final Writer writer;
        final String time;
        final Set<List<String>> fields;

        Entry(Writer writer, String time, Set<List<String>> fields) {
            this.writer = writer;
            this.time = time;
            this.fields = fields;
        }
    }

    void recordCreate(ResourceType type, ObjectNode object, Writer writer) {
        Set<List<String>> fields =
                new LinkedHashSet<>(FieldPaths.of(type, object).keySet());
        if (type.hasStatus()) {
            fields.removeIf(path -> path.get(0).equals("f:status"));
        }
        write(type, object, List.of(new Entry(writer, now(), fields)));
    }

    /** Gives the writer what it changed and takes that from the others. */
    void recordUpdate(ResourceType type, ObjectNode before, ObjectNode after, Writer writer) {
        Map<List<String>, JsonNode> old = FieldPaths.of(type, before);
        Map<List<String>, JsonNode> now = FieldPaths.of(type, after);
        Set<List<String>> changed = new LinkedHashSet<>();
        now.forEach((path, value) -> {
            if (isPartOf(type, path, writer) && !value.equals(old.get(path))) {
                changed.add(path);
            }
        });
        List<Entry> entries = read(before);
        boolean removed = !now.keySet().containsAll(old.keySet());
        if (!changed.isEmpty() || removed) {
            entries.forEach(entry -> {
                entry.fields.removeAll(changed);
                entry.fields.removeIf(path -> isPartOf(type, path, writer) && !now.containsKey(path));
            });
            own(entries, writer, changed, false);
        }
        write(type, after, entries);
    }

    /**
     * Makes the fields those of the writer.
     *
     * @param only whether the writer owns nothing else from now on
     */
    void own(List<Entry> entries, Writer writer, Set<List<String>> fields, boolean only) {
        Set<List<String>> owned = new LinkedHashSet<>();
        for (Entry entry : List.copyOf(entries)) {
            if (entry.writer.equals(writer)) {
                if (!only) {
                    owned.addAll(entry.fields);
                }
                entries.remove(entry);
            }
        }
        owned.addAll(fields);
        entries.add(new Entry(writer, now(), owned));
    }

    List<Entry> read(ObjectNode object) {
        List<Entry> entries = new ArrayList<>();
        for (JsonNode entry : object.path("metadata").path("managedFields")) {
            Writer writer = new Writer(
                    entry.path("manager").asText(""),
                    entry.path("operation").asText(""),
                    entry.path("subresource").asText(""));
            entries.add(new Entry(
                    writer,
                    entry.path("time").asText(""),
                    new HashSet<>(FieldPaths.fromFieldsV1(entry.path("fieldsV1")))));
        }
        return entries;
    }

    void write(ResourceType type, ObjectNode object, List<Entry> entries) {
        ArrayNode list = Json.array();
        for (Entry entry : entries) {
            if (entry.fields.isEmpty()) {
                continue;
            }
            ObjectNode node = list.addObject();
            node.put("manager", entry.writer.manager()).put("operation", entry.writer.operation());
            node.put("apiVersion", type.apiVersion()).put("time", entry.time).put("fieldsType", "FieldsV1");
            node.set("fieldsV1", FieldPaths.toFieldsV1(entry.fields));
            if (!entry.writer.subresource().isEmpty()) {
                node.put("subresource", entry.writer.subresource());
            }
        }
        if (list.isEmpty()) {
            Json.metadata(object).remove("managedFields");
        } else {
            Json.metadata(object).set("managedFields", list);
        }
    }

    /** A status is written through its subresource alone, and nothing else is. */
    static boolean isPartOf(ResourceType type, List<String> path, Writer writer) {
        boolean status = path.get(0).equals("f:status");
        return !type.hasStatus() || status == writer.subresource().equals("status");
    }

    private String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
