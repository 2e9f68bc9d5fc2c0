package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The {@code x-kubernetes-validations} of a schema, as far as {@link RuleExpression} understands them. */
final class Rules {
    /** Every write of a custom resource asks all of them. */
    private static final Map<String, RuleExpression.Rule> READ = new ConcurrentHashMap<>();

    private Rules() {}

    /** A rule that is not known is refused with its definition. */
    static boolean isKnown(String rule) {
        try {
            read(rule);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static RuleExpression.Rule read(String rule) {
        return READ.computeIfAbsent(rule, RuleExpression::parse);
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
            return read(rule).holds(value, old);
        } catch (IllegalStateException noSuchKey) {
            return false;
        }
    }
}
