package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.text.OneLine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * A pod template as a flat list of fields with readable paths, such as {@code containers[checkout].env[LOG_LEVEL]}.
 * Lists whose entries have a name are keyed by it, so that an entry that moved is not a change.
 */
final class TemplateFields {
    /** Tried in this order; the first that every entry of a list has, and each with another value, is its key. */
    private static final List<String> KEYS = List.of("name", "mountPath", "devicePath", "containerPort", "key", "ip");

    private static final Set<String> COMMANDS = Set.of("command", "args");
    private static final int MAX_VALUE = 200;

    private final Redactor redactor;

    TemplateFields(Redactor redactor) {
        this.redactor = redactor;
    }

    /**
     * The value of a field.
     *
     * @param raw what is compared; never shown
     * @param shown redacted, in one line; long ones are shortened
     */
    record Value(String raw, String shown) {}

    /** The fields in the order of the template. */
    Map<String, Value> of(PodTemplate template) {
        Map<String, Value> fields = new LinkedHashMap<>();
        JsonNode json = template.withoutHash().json();
        json.path("metadata").properties().forEach(field -> add(fields, "", field.getKey(), field.getValue()));
        json.path("spec").properties().forEach(field -> add(fields, "", field.getKey(), field.getValue()));
        json.properties().stream()
                .filter(field -> !Set.of("metadata", "spec").contains(field.getKey()))
                .forEach(field -> add(fields, "", field.getKey(), field.getValue()));
        return fields;
    }

    private void add(Map<String, Value> fields, String parent, String name, JsonNode value) {
        String path = parent.isEmpty() ? name : parent + "." + name;
        if (value.isNull()) {
            return;
        }
        if (name.equals("labels") || name.equals("annotations") || name.equals("nodeSelector")) {
            value.properties().forEach(e -> leaf(fields, path + "[" + e.getKey() + "]", e.getKey(), e.getValue()));
        } else if (name.equals("env") && value.isArray()) {
            value.forEach(variable -> environment(fields, path, variable));
        } else if (value.isArray()) {
            list(fields, path, name, value);
        } else if (value.isObject() && !value.isEmpty()) {
            object(fields, path, (ObjectNode) value);
        } else {
            leaf(fields, path, name, value);
        }
    }

    private void object(Map<String, Value> fields, String path, ObjectNode object) {
        // An HTTP header of a probe, or anything else that is a name with a value.
        String named = object.path("name").asText("");
        object.properties().forEach(field -> {
            boolean pair = field.getKey().equals("value") && !named.isEmpty();
            if (pair) {
                leaf(fields, path + ".value", named, field.getValue());
            } else {
                add(fields, path, field.getKey(), field.getValue());
            }
        });
    }

    private void list(Map<String, Value> fields, String path, String name, JsonNode list) {
        boolean scalars = StreamSupport.stream(list.spliterator(), false).allMatch(JsonNode::isValueNode);
        if (scalars) {
            List<String> words = Json.elements(list).map(JsonNode::asText).toList();
            List<String> safe = COMMANDS.contains(name)
                    ? redactor.arguments(words)
                    : words.stream().map(redactor::text).toList();
            put(fields, path, list.toString(), String.join(" ", safe));
            return;
        }
        String key = key(list);
        int index = 0;
        for (JsonNode entry : list) {
            String at =
                    key.isEmpty() ? Integer.toString(index) : entry.path(key).asText();
            String entryPath = path + "[" + at + "]";
            if (entry.deepCopy() instanceof ObjectNode rest && !rest.isEmpty()) {
                // The key is in the path already; it stays where it is all there is, or names a secret.
                if (rest.size() > 1 && !rest.has("value")) {
                    rest.remove(key);
                }
                object(fields, entryPath, rest);
            } else {
                leaf(fields, entryPath, name, entry);
            }
            index++;
        }
    }

    private static String key(JsonNode list) {
        for (String key : KEYS) {
            Set<String> values =
                    Json.elements(list).map(e -> e.path(key).asText("")).collect(Collectors.toSet());
            if (values.size() == list.size() && !values.contains("")) {
                return key;
            }
        }
        return "";
    }

    private void environment(Map<String, Value> fields, String path, JsonNode variable) {
        String name = variable.path("name").asText();
        JsonNode from = variable.path("valueFrom");
        String at = path + "[" + name + "]";
        if (from.isObject()) {
            put(fields, at, from.toString(), reference(from));
        } else {
            leaf(fields, at, name, variable.path("value"));
        }
    }

    /** Where a value comes from; never the value. */
    private static String reference(JsonNode from) {
        return from.properties().stream()
                .map(source -> {
                    JsonNode ref = source.getValue();
                    String where = Json.elements(ref)
                            .filter(JsonNode::isTextual)
                            .map(JsonNode::asText)
                            .collect(Collectors.joining(" "));
                    return ref.has("key")
                            ? "from %s %s, key %s"
                                    .formatted(
                                            source.getKey(),
                                            ref.path("name").asText(),
                                            ref.path("key").asText())
                            : "from %s %s".formatted(source.getKey(), where);
                })
                .collect(Collectors.joining(", "));
    }

    private void leaf(Map<String, Value> fields, String path, String name, JsonNode value) {
        String text = value.isContainerNode() ? value.toString() : value.asText();
        put(fields, path, value.toString(), redactor.value(name, text));
    }

    private static void put(Map<String, Value> fields, String path, String raw, String shown) {
        boolean image = path.endsWith("].image");
        fields.put(path, new Value(raw, image ? shown : counted(shown)));
    }

    /** In one line; of a longer one the beginning, and how long it is. */
    private static String counted(String text) {
        String line = OneLine.of(text, Integer.MAX_VALUE);
        if (line.length() <= MAX_VALUE) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(MAX_VALUE - 1)) ? MAX_VALUE - 1 : MAX_VALUE;
        return "%s… (%d characters)".formatted(line.substring(0, end), line.length());
    }
}
