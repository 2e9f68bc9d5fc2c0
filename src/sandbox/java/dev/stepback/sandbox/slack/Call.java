package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * One call of a Web API method.
 *
 * @param arguments from the form or the JSON body
 * @param scopes what the token may do
 */
record Call(String method, ObjectNode arguments, java.util.Set<String> scopes) {

    Optional<String> string(String name) {
        JsonNode value = arguments.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        return Optional.of(value.isValueNode() ? value.asText() : value.toString());
    }

    /** @throws SlackError {@code invalid_arguments} when it is absent or empty */
    String required(String name) {
        return string(name)
                .filter(value -> !value.isEmpty())
                .orElseThrow(
                        () -> SlackError.explained("invalid_arguments", List.of("missing required field: " + name)));
    }

    boolean flag(String name) {
        return string(name)
                .map(value -> value.equals("true") || value.equals("1"))
                .orElse(false);
    }

    int integer(String name, int otherwise) {
        try {
            return string(name)
                    .filter(value -> !value.isEmpty())
                    .map(Integer::parseInt)
                    .orElse(otherwise);
        } catch (NumberFormatException e) {
            throw SlackError.explained("invalid_arguments", List.of("must be an integer: " + name));
        }
    }

    /**
     * A structure, which a form carries as text.
     *
     * @throws SlackError with the given error when it is not JSON
     */
    Optional<JsonNode> json(String name, String error) {
        JsonNode value = arguments.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            return Optional.of(value);
        }
        if (value.asText().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Json.parse(value.asText()).orElseThrow(() -> new SlackError(error)));
    }
}
