package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The few {@code x-kubernetes-validations} rules that the sandbox understands: {@code self == oldSelf},
 * {@code self.a.b == oldSelf.a.b}, and either of them after {@code !has(oldSelf.x) ||} or {@code oldSelf.x == 'y' ||}
 * is not: such rules are refused with their definition.
 */
final class Rules {
    private static final Pattern UNCHANGED = Pattern.compile("self((?:\\.\\w+)*)\\s*==\\s*oldSelf((?:\\.\\w+)*)");

    private Rules() {}

    static boolean isKnown(String rule) {
        Matcher matcher = UNCHANGED.matcher(rule.trim());
        return matcher.matches() && matcher.group(1).equals(matcher.group(2));
    }

    /** Checks the transition rules; one applies only where both the old and the new value exist. */
    static void check(JsonNode schema, JsonNode old, JsonNode value, String path, List<String> causes) {
        if (old.isMissingNode() || value.isMissingNode()) {
            return;
        }
        for (JsonNode rule : schema.path("x-kubernetes-validations")) {
            Matcher matcher = UNCHANGED.matcher(rule.path("rule").asText().trim());
            if (matcher.matches()) {
                String pointer = matcher.group(1).replace('.', '/');
                if (!old.at(pointer).equals(value.at(pointer))) {
                    String shown = value.isContainerNode() ? "\"object\"" : value.toString();
                    causes.add(path + ": Invalid value: " + shown + ": "
                            + rule.path("message")
                                    .asText("failed rule: " + rule.path("rule").asText()));
                }
            }
        }
        schema.path("properties").properties().forEach(field -> {
            String name = field.getKey();
            String inner = path.isEmpty() ? name : path + "." + name;
            check(field.getValue(), old.path(name), value.path(name), inner, causes);
        });
    }
}
