package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Who wrote to an object, from its {@code managedFields}.
 *
 * @param manager such as {@code kubectl-client-side-apply}
 * @param time when this manager wrote last; to the second
 */
public record Writer(String manager, Instant time) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** Who changed the pod template last; empty when the API server does not tell. */
    public static Optional<Writer> ofTemplate(JsonNode deployment) {
        return last(deployment, "f:spec", "f:template");
    }

    /** Who applies the pod template with server-side apply, as seen last; empty for nobody. */
    public static Optional<Writer> applyingTemplate(JsonNode workload) {
        return last(
                workload,
                entry -> entry.path("operation").asText().equals("Apply") && owns(entry, "f:spec", "f:template"));
    }

    /** Who put this annotation on the object. */
    public static Optional<Writer> ofAnnotation(JsonNode object, String key) {
        return last(object, "f:metadata", "f:annotations", "f:" + key);
    }

    /** Who changed anything but labels, annotations and the like last. */
    public static Optional<Writer> ofContent(JsonNode object) {
        return last(
                object,
                entry -> entry.path("fieldsV1").properties().stream()
                        .anyMatch(field -> !field.getKey().equals("f:metadata")));
    }

    /** Who changed anything last. */
    public static Optional<Writer> last(JsonNode object, String... field) {
        return last(object, entry -> owns(entry, field));
    }

    private static Optional<Writer> last(JsonNode object, Predicate<JsonNode> which) {
        return Json.elements(object.path("metadata").path("managedFields"))
                .filter(entry -> entry.path("subresource").asText("").isEmpty())
                .filter(which)
                .filter(entry -> entry.path("time").isTextual())
                .map(entry -> new Writer(
                        entry.path("manager").asText("unknown"),
                        Instant.parse(entry.path("time").asText())))
                .max(Comparator.comparing(Writer::time));
    }

    private static boolean owns(JsonNode entry, String... field) {
        JsonNode at = entry.path("fieldsV1");
        for (String step : field) {
            at = at.path(step);
        }
        return !at.isMissingNode();
    }

    /** As in {@code by kubectl-edit at 2026-11-21 14:02:11 UTC}. */
    @Override
    public String toString() {
        return "by " + manager + " at " + TIME.format(time);
    }
}
