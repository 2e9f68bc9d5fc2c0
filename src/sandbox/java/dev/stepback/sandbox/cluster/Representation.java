package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The form in which a client wants objects: as they are, as rows of a table, or their metadata alone. */
final class Representation {
    private enum Form {
        OBJECT,
        TABLE,
        METADATA
    }

    private final ResourceType type;
    private final Form form;
    private final Tables.RowContent rowContent;

    private Representation(ResourceType type, Form form, Tables.RowContent rowContent) {
        this.type = type;
        this.form = form;
        this.rowContent = rowContent;
    }

    /** Takes the first form in the {@code Accept} header that is served. */
    static Representation of(ApiRequest request, ResourceType type) {
        Tables.RowContent rows = Tables.RowContent.of(request.parameter("includeObject", "Metadata"));
        String accept = request.accept().isBlank() ? "*/*" : request.accept();
        for (String range : accept.split(",")) {
            List<String> parts =
                    List.of(range.split(";")).stream().map(String::trim).toList();
            boolean json = List.of("application/json", "*/*", "application/*").contains(parts.get(0));
            String as = parts.stream()
                    .filter(part -> part.startsWith("as="))
                    .map(part -> part.substring(3))
                    .findFirst()
                    .orElse("");
            if (json && (as.isEmpty() || parts.contains("v=v1"))) {
                switch (as) {
                    case "":
                        return new Representation(type, Form.OBJECT, rows);
                    case "Table":
                        return new Representation(type, Form.TABLE, rows);
                    case "PartialObjectMetadata", "PartialObjectMetadataList":
                        return new Representation(type, Form.METADATA, rows);
                    default:
                }
            }
        }
        throw new ApiException(
                406,
                "NotAcceptable",
                "only the following media types are accepted: application/json, application/json;as=Table;v=v1;g=meta.k8s.io");
    }

    ApiReply object(int code, ObjectNode object) {
        return ApiReply.json(code, one(object));
    }

    ObjectNode one(ObjectNode object) {
        return switch (form) {
            case OBJECT -> object;
            case TABLE -> Tables.table(type, List.of(object), Json.object(), rowContent, true);
            case METADATA -> metadataOnly(object);
        };
    }

    /** One event of a watch. Only the first table of a watch describes its columns. */
    ObjectNode event(ObjectNode object, boolean first) {
        return form == Form.TABLE ? Tables.table(type, List.of(object), Json.object(), rowContent, first) : one(object);
    }

    ApiReply list(ObjectNode list) {
        ArrayNode items = (ArrayNode) list.get("items");
        return switch (form) {
            case TABLE -> {
                List<ObjectNode> objects = new ArrayList<>();
                items.forEach(item -> objects.add((ObjectNode) item));
                yield ApiReply.json(200, Tables.table(type, objects, list.path("metadata"), rowContent, true));
            }
            case METADATA -> {
                list.put("kind", "PartialObjectMetadataList").put("apiVersion", "meta.k8s.io/v1");
                yield ApiReply.json(200, list.set("items", map(items, Representation::metadataOnly)));
            }
            case OBJECT -> {
                // Items of a typed list do not name their type.
                list.set("items", type.custom() ? items : map(items, Representation::withoutType));
                yield ApiReply.json(200, list);
            }
        };
    }

    private static ArrayNode map(ArrayNode items, UnaryOperator<ObjectNode> change) {
        ArrayNode result = Json.array();
        items.forEach(item -> result.add(change.apply((ObjectNode) item)));
        return result;
    }

    private static ObjectNode withoutType(ObjectNode object) {
        ObjectNode copy = Json.object();
        object.properties().forEach(field -> copy.set(field.getKey(), field.getValue()));
        copy.remove(List.of("kind", "apiVersion"));
        return copy;
    }

    static ObjectNode metadataOnly(ObjectNode object) {
        ObjectNode partial = Json.object();
        partial.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
        JsonNode metadata = object.path("metadata");
        return partial.set("metadata", metadata);
    }
}
