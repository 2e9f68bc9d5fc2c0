package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;

/** Objects as rows, for {@code kubectl get}. */
final class Tables {
    private Tables() {}

    /** How much of the object a row carries. */
    enum RowContent {
        NONE,
        METADATA,
        OBJECT;

        static RowContent of(String parameter) {
            return switch (parameter) {
                case "None" -> NONE;
                case "Object" -> OBJECT;
                case "Metadata" -> METADATA;
                default -> throw Failures.badRequest("unrecognized includeObject value: \"" + parameter + "\"");
            };
        }
    }

    static ObjectNode table(
            ResourceType type, List<ObjectNode> objects, JsonNode metadata, RowContent content, boolean header) {
        List<Columns.Column> columns = Columns.of(type);
        ObjectNode table = Json.object();
        table.put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
        ObjectNode meta = table.putObject("metadata");
        metadata.properties().forEach(field -> meta.set(field.getKey(), field.getValue()));
        if (objects.size() == 1 && !meta.has("resourceVersion")) {
            meta.set("resourceVersion", objects.get(0).path("metadata").path("resourceVersion"));
        }
        if (header) {
            ArrayNode definitions = table.putArray("columnDefinitions");
            for (Columns.Column column : columns) {
                definitions
                        .addObject()
                        .put("name", column.name())
                        .put("type", column.type())
                        .put("format", column.name().equals("Name") ? "name" : "")
                        .put("description", column.name())
                        .put("priority", column.priority());
            }
        } else {
            table.putNull("columnDefinitions");
        }
        ArrayNode rows = table.putArray("rows");
        Clock clock = Clock.systemUTC();
        for (ObjectNode object : objects) {
            ObjectNode row = rows.addObject();
            ArrayNode cells = row.putArray("cells");
            columns.forEach(column -> cells.add(column.cell().of(object, clock.instant())));
            switch (content) {
                case METADATA -> row.set("object", Representation.metadataOnly(object));
                case OBJECT -> row.set("object", object);
                case NONE -> {}
            }
        }
        return table;
    }
}
