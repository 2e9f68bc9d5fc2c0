package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to delete.
 *
 * @param uid what the object's uid must be, null for any
 * @param resourceVersion what the object's version must be, null for any
 */
record DeleteOptions(
        String propagation, @Nullable String uid, @Nullable String resourceVersion, boolean dryRun) {
    private static final Set<String> POLICIES = Set.of("Background", "Foreground", "Orphan");

    DeleteOptions {
        if (!POLICIES.contains(propagation)) {
            throw Failures.unprocessable(
                    "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"" + propagation
                            + "\": supported values: \"Background\", \"Foreground\", \"Orphan\"");
        }
    }

    static DeleteOptions of(String propagation) {
        return new DeleteOptions(propagation, null, null, false);
    }

    /** Reads the body of a DELETE request; {@code Background} when it names no policy. */
    static DeleteOptions from(JsonNode body, @Nullable String policyParameter, boolean dryRunParameter) {
        String policy = Json.text(body, "propagationPolicy");
        if (policy == null) {
            policy = policyParameter;
        }
        if (policy == null) {
            policy = body.path("orphanDependents").asBoolean(false) ? "Orphan" : "Background";
        }
        JsonNode preconditions = body.path("preconditions");
        return new DeleteOptions(
                policy,
                Json.text(preconditions, "uid"),
                Json.text(preconditions, "resourceVersion"),
                dryRunParameter || DryRun.of(body.path("dryRun")));
    }

    void check(ResourceType type, ObjectNode object) {
        if (uid != null && !uid.equals(Json.uid(object))) {
            throw Failures.conflict(
                    type,
                    Json.name(object),
                    "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + Json.uid(object));
        }
        String actual = Long.toString(Json.version(object));
        if (resourceVersion != null && !resourceVersion.equals(actual)) {
            throw Failures.conflict(
                    type,
                    Json.name(object),
                    "Precondition failed: ResourceVersion in precondition: " + resourceVersion
                            + ", ResourceVersion in object meta: " + actual);
        }
    }
}
