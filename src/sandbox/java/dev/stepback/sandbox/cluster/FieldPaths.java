package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object that somebody can own, each named by its path in the words of {@code FieldsV1}:
 * {@code f:spec}, {@code k:{"name":"app"}}, {@code v:"finalizer"}.
 */
final class FieldPaths {
    private static final Set<String> UNOWNED_METADATA = Set.of(
            "name",
            "namespace",
            "generateName",
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "selfLink",
            "managedFields");

    private FieldPaths() {}

    /** The owned fields of an object with their values. */
    static Map<List<String>, JsonNode> of(ResourceType type, JsonNode object) {
        Map<List<String>, JsonNode> leaves = new LinkedHashMap<>();
        object.properties().forEach(field -> {
            if (field.getKey().equals("metadata")) {
                field.getValue().properties().forEach(inner -> {
                    if (!UNOWNED_METADATA.contains(inner.getKey())) {
                        collect(
                                type,
                                inner.getValue(),
                                "/metadata/" + inner.getKey(),
                                List.of("f:metadata", "f:" + inner.getKey()),
                                leaves);
                    }
                });
            } else if (!field.getKey().equals("apiVersion") && !field.getKey().equals("kind")) {
                collect(type, field.getValue(), "/" + field.getKey(), List.of("f:" + field.getKey()), leaves);
            }
        });
        return leaves;
    }

    private static void collect(
            ResourceType type, JsonNode node, String fields, List<String> path, Map<List<String>, JsonNode> leaves) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(field -> collect(
                            type,
                            field.getValue(),
                            fields + "/" + field.getKey(),
                            append(path, "f:" + field.getKey()),
                            leaves));
            return;
        }
        String key = node.isArray() && !node.isEmpty() ? MergeKeys.of(type, fields) : null;
        if (key == null) {
            leaves.put(path, node);
            return;
        }
        for (JsonNode element : node) {
            List<String> elementPath = append(path, element(element, key));
            if (element.isObject()) {
                leaves.put(append(elementPath, "."), Json.object());
                collect(type, element, fields, elementPath, leaves);
            } else {
                leaves.put(elementPath, element);
            }
        }
    }

    private static String element(JsonNode element, String key) {
        return element.isObject() ? "k:" + Json.object().set(key, element.path(key)) : "v:" + element;
    }

    static List<String> append(List<String> path, String step) {
        List<String> longer = new ArrayList<>(path);
        longer.add(step);
        return List.copyOf(longer);
    }

    static ObjectNode toFieldsV1(Set<List<String>> paths) {
        ObjectNode root = Json.object();
        for (List<String> path : paths) {
            ObjectNode node = root;
            for (String step : path) {
                node = node.path(step) instanceof ObjectNode inner ? inner : node.putObject(step);
            }
        }
        return root;
    }

    static Set<List<String>> fromFieldsV1(JsonNode fields) {
        Set<List<String>> paths = new LinkedHashSet<>();
        read(fields, List.of(), paths);
        return paths;
    }

    private static void read(JsonNode node, List<String> path, Set<List<String>> paths) {
        if (node.isEmpty()) {
            if (!path.isEmpty()) {
                paths.add(path);
            }
            return;
        }
        node.properties().forEach(field -> read(field.getValue(), append(path, field.getKey()), paths));
    }

    /** As conflicts name a field: {@code .spec.template.spec.containers[name="app"].image}. */
    static String display(List<String> path) {
        StringBuilder text = new StringBuilder();
        for (String step : path) {
            if (step.startsWith("f:")) {
                text.append('.').append(step.substring(2));
            } else if (step.startsWith("k:")) {
                JsonNode key = parse(step.substring(2));
                key.properties()
                        .forEach(field -> text.append('[')
                                .append(field.getKey())
                                .append('=')
                                .append(field.getValue())
                                .append(']'));
            } else if (!step.equals(".")) {
                text.append('[').append(step).append(']');
            }
        }
        return text.toString();
    }

    static void remove(ObjectNode object, List<String> path) {
        JsonNode parent = object;
        for (String step : path.subList(0, path.size() - 1)) {
            parent = child(parent, step);
        }
        String last = path.get(path.size() - 1);
        if (last.startsWith("f:") && parent instanceof ObjectNode known) {
            known.remove(last.substring(2));
        } else if (last.startsWith("v:")) {
            JsonNode value = parse(last.substring(2));
            removeElements(parent, value);
        } else if (last.equals(".")) {
            // The element itself: gone when nothing but its key is left, as others may own fields of it.
            List<String> element = path.subList(0, path.size() - 1);
            JsonNode list = object;
            for (String step : element.subList(0, element.size() - 1)) {
                list = child(list, step);
            }
            if (parent.size() <= 1) {
                removeElements(list, parent);
            }
        }
    }

    private static void removeElements(JsonNode list, JsonNode value) {
        for (int i = list.size() - 1; i >= 0; i--) {
            if (list.get(i).equals(value) && list instanceof ArrayNode array) {
                array.remove(i);
            }
        }
    }

    private static JsonNode child(JsonNode parent, String step) {
        if (step.startsWith("f:")) {
            return parent.path(step.substring(2));
        }
        JsonNode key = parse(step.substring(2));
        for (JsonNode element : parent) {
            if (matches(element, key)) {
                return element;
            }
        }
        return MissingNode.getInstance();
    }

    private static boolean matches(JsonNode element, @Nullable JsonNode key) {
        return key != null
                && key.properties().stream()
                        .allMatch(field -> element.path(field.getKey()).equals(field.getValue()));
    }

    private static JsonNode parse(String json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw Failures.badRequest("invalid fieldsV1: " + json);
        }
    }
}
