package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.JsonNode;

/** Kubernetes' LabelSelector, evaluated here rather than by the API server. */
final class LabelSelector {
    private LabelSelector() {}

    /** An empty selector matches everything, a missing one nothing. */
    static boolean matches(JsonNode selector, JsonNode labels) {
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
}
