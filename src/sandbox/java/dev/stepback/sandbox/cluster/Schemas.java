package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Structural schemas of custom resources: pruning, defaults and validation. */
final class Schemas {
    private static final Set<String> TYPES = Set.of("object", "array", "string", "integer", "number", "boolean");

    private Schemas() {}

    /** What is wrong with a schema itself. A rule that cannot be evaluated here is refused rather than ignored. */
    static void checkSchema(JsonNode schema, String path, List<String> causes) {
        boolean typeless = schema.path("x-kubernetes-int-or-string").asBoolean()
                || schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
        String type = schema.path("type").asText("");
        if (!TYPES.contains(type) && !(type.isEmpty() && typeless)) {
            causes.add(path + ".type: Required value: must not be empty for specified object fields");
        }
        for (JsonNode rule : schema.path("x-kubernetes-validations")) {
            if (!Rules.isKnown(rule.path("rule").asText())) {
                causes.add(path + ".x-kubernetes-validations: Invalid value: the sandbox cannot evaluate "
                        + rule.path("rule"));
            }
        }
        for (String keyword : List.of("allOf", "anyOf", "oneOf", "not")) {
            if (schema.has(keyword)
                    && !schema.path("x-kubernetes-int-or-string").asBoolean()) {
                causes.add(path + "." + keyword + ": Invalid value: the sandbox cannot evaluate it");
            }
        }
        if (type.equals("array") && !schema.path("items").isObject()) {
            causes.add(path + ".items: Required value: must be specified");
        }
        schema.path("properties")
                .properties()
                .forEach(field -> checkSchema(field.getValue(), path + ".properties[" + field.getKey() + "]", causes));
        if (schema.path("items").isObject()) {
            checkSchema(schema.path("items"), path + ".items", causes);
        }
        if (schema.path("additionalProperties").isObject()) {
            checkSchema(schema.path("additionalProperties"), path + ".additionalProperties", causes);
        }
    }

    /** Drops the fields that the schema does not know and nulls that it does not allow, and sets defaults. */
    static void prune(JsonNode schema, JsonNode value, boolean root) {
        if (value instanceof ObjectNode object && !isOpaque(schema, root)) {
            JsonNode properties = schema.path("properties");
            JsonNode additional = schema.path("additionalProperties");
            List<String> unknown = new ArrayList<>();
            boolean preserve =
                    schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
            object.properties().forEach(field -> {
                JsonNode known = properties.has(field.getKey()) ? properties.get(field.getKey()) : additional;
                boolean header =
                        root && Set.of("apiVersion", "kind", "metadata").contains(field.getKey());
                if (header) {
                    return;
                }
                boolean allowed = known.isObject() || known.asBoolean(false) || preserve;
                boolean unwantedNull =
                        field.getValue().isNull() && !known.path("nullable").asBoolean() && !preserve;
                if (!allowed || unwantedNull) {
                    unknown.add(field.getKey());
                } else if (known.isObject()) {
                    prune(known, field.getValue(), false);
                }
            });
            object.remove(unknown);
            properties.properties().forEach(field -> {
                JsonNode fallback = field.getValue().path("default");
                if (!fallback.isMissingNode() && !object.has(field.getKey())) {
                    object.set(field.getKey(), fallback.deepCopy());
                }
            });
        } else if (value.isArray() && schema.path("items").isObject()) {
            value.forEach(element -> prune(schema.get("items"), element, false));
        }
    }

    private static boolean isOpaque(JsonNode schema, boolean root) {
        return !root
                && schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                && !schema.has("properties")
                && !schema.has("additionalProperties");
    }

    static void validate(JsonNode schema, JsonNode value, String path, List<String> causes) {
        if (value.isNull() && schema.path("nullable").asBoolean()) {
            return;
        }
        if (!hasType(schema, value)) {
            causes.add(path + ": Invalid value: " + describe(value) + ": " + path + " in body must be of type "
                    + schema.path("type").asText() + ": \"" + typeName(value) + "\"");
            return;
        }
        validateScalar(schema, value, path, causes);
        if (value.isObject()) {
            for (JsonNode required : schema.path("required")) {
                if (!value.has(required.asText())) {
                    causes.add(join(path, required.asText()) + ": Required value");
                }
            }
            value.properties().forEach(field -> {
                JsonNode known = schema.path("properties").path(field.getKey());
                JsonNode inner = known.isObject() ? known : schema.path("additionalProperties");
                if (inner.isObject()) {
                    validate(inner, field.getValue(), join(path, field.getKey()), causes);
                }
            });
        }
        for (int i = 0; value.isArray() && i < value.size(); i++) {
            validate(schema.path("items"), value.get(i), path + "[" + i + "]", causes);
        }
    }

    private static void validateScalar(JsonNode schema, JsonNode value, String path, List<String> causes) {
        JsonNode allowed = schema.path("enum");
        if (allowed.isArray()) {
            List<String> names = new ArrayList<>();
            boolean found = false;
            for (JsonNode one : allowed) {
                names.add(one.toString());
                found |= one.equals(value);
            }
            if (!found) {
                causes.add(path + ": Unsupported value: " + value + ": supported values: " + String.join(", ", names));
            }
        }
        if (value.isNumber()) {
            double number = value.asDouble();
            boolean low =
                    schema.has("minimum") && number < schema.get("minimum").asDouble();
            boolean high =
                    schema.has("maximum") && number > schema.get("maximum").asDouble();
            if (low || high) {
                causes.add(path + ": Invalid value: " + value + ": " + path + " in body should be "
                        + (low
                                ? "greater than or equal to " + schema.get("minimum")
                                : "less than or equal to " + schema.get("maximum")));
            }
        }
        if (value.isTextual()) {
            String pattern = schema.path("pattern").asText("");
            if (!pattern.isEmpty() && !matches(pattern, value.asText())) {
                causes.add(
                        path + ": Invalid value: " + value + ": " + path + " in body should match '" + pattern + "'");
            }
        }
        int size = value.isTextual()
                ? value.asText().codePointCount(0, value.asText().length())
                : value.size();
        String kind = value.isTextual() ? "Length" : value.isArray() ? "Items" : "Properties";
        if (schema.path("min" + kind).asInt(0) > size) {
            causes.add(path + ": Invalid value: " + describe(value) + ": " + path + " in body should have at least "
                    + schema.path("min" + kind));
        }
        if (schema.path("max" + kind).asInt(Integer.MAX_VALUE) < size) {
            causes.add(path + ": Too long: may not be more than " + schema.path("max" + kind));
        }
    }

    private static boolean matches(String pattern, String text) {
        try {
            return Pattern.compile(pattern).matcher(text).find();
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    private static boolean hasType(JsonNode schema, JsonNode value) {
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            return value.isTextual() || value.isIntegralNumber();
        }
        return switch (schema.path("type").asText("")) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            default -> true;
        };
    }

    private static String typeName(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            default -> "null";
        };
    }

    private static String describe(JsonNode value) {
        return value.isContainerNode() ? "\"" + typeName(value) + "\"" : value.toString();
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }
}
