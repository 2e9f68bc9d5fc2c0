package dev.stepback.sandbox.cluster;

import dev.stepback.sandbox.cluster.ApiException.Cause;
import java.util.List;

/** The refusals of an API server, worded as Kubernetes words them. */
final class Failures {
    private Failures() {}

    static ApiException badRequest(String message) {
        return new ApiException(400, "BadRequest", message);
    }

    static ApiException forbidden(String message) {
        return new ApiException(403, "Forbidden", message);
    }

    static ApiException unauthorized() {
        return new ApiException(401, "Unauthorized", "Unauthorized");
    }

    static ApiException notServed() {
        return new ApiException(404, "NotFound", "the server could not find the requested resource");
    }

    static ApiException notFound(ResourceType type, String name) {
        return new ApiException(404, "NotFound", type.name() + " \"" + name + "\" not found");
    }

    static ApiException methodNotAllowed() {
        return new ApiException(
                405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    }

    static ApiException alreadyExists(ResourceType type, String name) {
        return new ApiException(409, "AlreadyExists", type.name() + " \"" + name + "\" already exists");
    }

    static ApiException conflict(ResourceType type, String name, String why) {
        return new ApiException(
                409, "Conflict", "Operation cannot be fulfilled on " + type.name() + " \"" + name + "\": " + why);
    }

    static ApiException modified(ResourceType type, String name) {
        return conflict(
                type,
                name,
                "the object has been modified; please apply your changes to the latest version and try again");
    }

    static ApiException expired(String message) {
        return new ApiException(410, "Expired", message);
    }

    static ApiException unsupportedMediaType(String message) {
        return new ApiException(415, "UnsupportedMediaType", message);
    }

    /** @param causes such as {@code spec.replicas: Required value} */
    static ApiException invalid(ResourceType type, String name, List<String> causes) {
        String kind = type.group().isEmpty() ? type.kind() : type.kind() + "." + type.group();
        String list = causes.size() == 1 ? causes.get(0) : "[" + String.join(", ", causes) + "]";
        List<Cause> details = causes.stream()
                .map(cause -> cause.split(": ", 2))
                .map(parts -> new Cause("FieldValueInvalid", parts[0], parts[parts.length - 1]))
                .toList();
        return new ApiException(422, "Invalid", kind + " \"" + name + "\" is invalid: " + list, details);
    }

    static ApiException unprocessable(String message) {
        return new ApiException(422, "Invalid", message);
    }
}
