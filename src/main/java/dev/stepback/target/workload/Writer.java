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

    /**
     * A single field has one owner, whatever the time. For a tree of them nothing tells which of two writes in one second was the
     * later one: it counts as somebody else's, so that no change passes for Stepback's own.
     */
    private static final Comparator<Writer> ORDER =
            Comparator.comparing(Writer::time).thenComparing(writer -> !writer.isStepback());

    /** Whether it is Stepback itself. */
    public boolean isStepback() {
        return manager.equals(ApiServer.FIELD_MANAGER);
    }

    /** Who changed the pod template last; empty when the API server does not tell. */
    public static Optional<Writer> ofTemplate(JsonNode deployment) {
        return last(deployment, "f:spec", "f:template");
    }

    /**
     * Who changed the pod template since it was this one: the owner of a field that differs. Each manager has one time for all
     * that it ever wrote, and it counts in seconds; so who only scaled the workload later, or set another field in the same
     * second, is told apart by what belongs to whom. Where nobody owns what differs, since it was removed, who wrote last.
     */
    public static Optional<Writer> ofTemplate(JsonNode workload, PodTemplate before) {
        PodTemplate now = PodTemplate.of(workload);
        return last(
                        workload,
                        entry -> owned(entry, "f:spec", "f:template")
                                .filter(fields -> new OwnedFields(fields).differ(before.json(), now.json()))
                                .isPresent())
                .or(() -> ofTemplate(workload));
    }

    /**
     * Who applies the pod template with server-side apply, as seen last; empty for nobody.
     *
     * @param unless an annotation that is not applied together with it
     */
    public static Optional<Writer> applyingTemplate(JsonNode workload, String unless) {
        return last(
                workload,
                entry -> applies(entry)
                        && owns(entry, "f:spec", "f:template")
                        && !owns(entry, "f:metadata", "f:annotations", "f:" + unless));
    }

    /** Who put this annotation on the object, other than by server-side apply. */
    public static Optional<Writer> updatingAnnotation(JsonNode object, String key) {
        return last(object, entry -> !applies(entry) && owns(entry, "f:metadata", "f:annotations", "f:" + key));
    }

    private static boolean applies(JsonNode entry) {
        return entry.path("operation").asText().equals("Apply");
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
                .max(ORDER);
    }

    private static boolean owns(JsonNode entry, String... field) {
        return owned(entry, field).isPresent();
    }

    private static Optional<JsonNode> owned(JsonNode entry, String... field) {
        JsonNode at = entry.path("fieldsV1");
        for (String step : field) {
            at = at.path(step);
        }
        return Optional.of(at).filter(fields -> !fields.isMissingNode());
    }

    /** As in {@code by kubectl-edit at 2026-11-21 14:02:11 UTC}. */
    @Override
    public String toString() {
        return "by " + manager + " at " + TIME.format(time);
    }
}
