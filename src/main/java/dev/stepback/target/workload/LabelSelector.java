package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Kubernetes' LabelSelector, evaluated here, or said to the API server. */
public final class LabelSelector {
    private LabelSelector() {}

    /** An empty selector matches everything, a missing one nothing. */
    public static boolean matches(JsonNode selector, JsonNode labels) {
        return selector.isObject()
                && selector.path("matchLabels").properties().stream()
                        .allMatch(label -> labels.path(label.getKey()).equals(label.getValue()))
                && Json.elements(selector.path("matchExpressions")).allMatch(e -> matchesExpression(e, labels));
    }

    private static boolean matchesExpression(JsonNode expression, JsonNode labels) {
        JsonNode label = labels.path(expression.path("key").asText());
        boolean listed = Json.elements(expression.path("values")).anyMatch(label::equals);
        return switch (expression.path("operator").asText()) {
            case "In" -> listed;
            case "NotIn" -> !listed;
            case "Exists" -> !label.isMissingNode();
            case "DoesNotExist" -> label.isMissingNode();
            default -> false;
        };
    }

    /** The selector in the words of the query parameter {@code labelSelector}. */
    public static String query(JsonNode selector) {
        List<String> terms = new ArrayList<>();
        selector.path("matchLabels")
                .properties()
                .forEach(label ->
                        terms.add(label.getKey() + "=" + label.getValue().asText()));
        for (JsonNode expression : selector.path("matchExpressions")) {
            String key = expression.path("key").asText();
            String values = "("
                    + String.join(
                            ",",
                            Json.elements(expression.path("values"))
                                    .map(JsonNode::asText)
                                    .toList())
                    + ")";
            String operator = expression.path("operator").asText();
            terms.add(
                    switch (operator) {
                        case "In" -> key + " in " + values;
                        case "NotIn" -> key + " notin " + values;
                        case "Exists" -> key;
                        case "DoesNotExist" -> "!" + key;
                        default -> throw new IllegalArgumentException("unknown selector operator " + operator);
                    });
        }
        return String.join(",", terms);
    }
}
