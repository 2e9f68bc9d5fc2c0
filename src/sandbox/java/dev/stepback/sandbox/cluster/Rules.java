package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The {@code x-kubernetes-validations} of a schema, as far as {@link RuleExpression} understands them. */
final class Rules {
    private Rules() {}

    /** A rule that is not known is refused with its definition. */
    static boolean isKnown(String rule) {
        try {
            RuleExpression.parse(rule);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Checks the rules; one about a transition applies only where both the old and the new value exist. */
    static void check(JsonNode schema, JsonNode old, JsonNode value, String path, List<String> causes) {
        if (value.isMissingNode()) {
            return;
        }
        for (JsonNode rule : schema.path("x-kubernetes-validations")) {
            boolean applies =
                    !old.isMissingNode() || !rule.path("rule").asText().contains("oldSelf");
            if (applies && !holds(rule.path("rule").asText(), old, value)) {
                String shown = value.isContainerNode() ? "\"object\"" : value.toString();
                causes.add(path + ": Invalid value: " + shown + ": "
                        + rule.path("message")
                                .asText("failed rule: " + rule.path("rule").asText()));
            }
        }
        schema.path("properties").properties().forEach(field -> {
            String name = field.getKey();
            String inner = path.isEmpty() ? name : path + "." + name;
            check(field.getValue(), old.path(name), value.path(name), inner, causes);
        });
    }

    private static boolean holds(String rule, JsonNode old, JsonNode value) {
        try {
            return RuleExpression.parse(rule).holds(value, old);
        } catch (IllegalStateException noSuchKey) {
            return false;
        }
    }
}
