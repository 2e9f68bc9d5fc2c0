package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A field of a workload's strategy that has another value while a rollout lasts. What it was is in the plan, and in a note on
 * the object itself, which is written and removed together with the value: whoever finds the note can put the value back.
 *
 * @param path of the field, as in a JSON patch
 * @param former what it shall be again
 * @param meanwhile what it is for the rollout
 */
public record Borrowed(String path, JsonNode former, JsonNode meanwhile) {
    public static final String MAX_SURGE = "/spec/strategy/rollingUpdate/maxSurge";
    public static final String PARTITION = "/spec/updateStrategy/rollingUpdate/partition";

    /** The annotation that is the note. */
    public static final String NOTE = "stepback.dev/former-strategy";

    private static final Set<String> PATHS = Set.of(MAX_SURGE, PARTITION);
    private static final String ROLLBACK = "rollback";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    /** @throws IllegalArgumentException when it is another field, or a value that no such field has */
    public Borrowed {
        if (!isBorrowable(path) || !isValue(former) || !isValue(meanwhile)) {
            throw new IllegalArgumentException("not a field of a strategy");
        }
    }

    static boolean isBorrowable(String path) {
        return PATHS.contains(path);
    }

    private static boolean isValue(JsonNode value) {
        return value.isIntegralNumber() || value.isTextual();
    }

    /** @throws IllegalArgumentException when it is no such text */
    public static Borrowed parse(String text) {
        return of(Json.parse(text));
    }

    private static Borrowed of(JsonNode json) {
        return new Borrowed(json.path("path").asText(), json.path("former"), json.path("meanwhile"));
    }

    /** As in a step's parameters. */
    public String text() {
        return Json.canonical(json());
    }

    private ObjectNode json() {
        ObjectNode json = Json.object().put("path", path);
        json.set("former", former);
        json.set("meanwhile", meanwhile);
        return json;
    }

    /** What the note says when the Rollback of this name borrows it. */
    public String note(String rollback) {
        return Json.canonical(json().put(ROLLBACK, rollback));
    }

    /** Whether the value is final: what an earlier rollback has left behind is put right. */
    public boolean givesBack() {
        return former.equals(meanwhile);
    }

    /** The field's name, such as {@code maxSurge}. */
    public String field() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    public JsonNode now(JsonNode live) {
        return live.at(path);
    }

    /** Who wrote the field last. */
    public Optional<Writer> writer(JsonNode live) {
        String[] names = path.substring(1).split("/", -1);
        for (int i = 0; i < names.length; i++) {
            names[i] = "f:" + names[i];
        }
        return Writer.last(live, names);
    }

    /**
     * A note as it was found.
     *
     * @param rollback name of the Rollback that borrows
     */
    public record Noted(String rollback, Borrowed borrowed) {}

    /** The note on an object; empty when there is none, or it says nothing that makes sense. */
    public static Optional<Noted> on(JsonNode live) {
        String text = Json.annotation(live, NOTE);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            JsonNode json = Json.parse(text);
            String rollback = json.path(ROLLBACK).asText();
            // Whoever may write the object can write a note.
            return NAME.matcher(rollback).matches() ? Optional.of(new Noted(rollback, of(json))) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether the Rollback of this name borrows from an object. */
    public static boolean isNoted(JsonNode live, String rollback) {
        return on(live).filter(noted -> noted.rollback().equals(rollback)).isPresent();
    }

    /**
     * The JSON patch that puts the field back and removes the note. It succeeds only while both are as they were seen; a
     * value that somebody has changed since stays.
     */
    public ArrayNode back(ObjectNode live) {
        ArrayNode operations = Json.object().arrayNode();
        JsonPatch.test(operations, "/metadata/uid", operations.textNode(Json.uid(live)));
        JsonPatch.test(operations, JsonPatch.annotation(NOTE), operations.textNode(Json.annotation(live, NOTE)));
        JsonNode now = now(live);
        if (!now.isMissingNode()) {
            JsonPatch.test(operations, path, now);
            if (now.equals(meanwhile)) {
                JsonPatch.replace(operations, path, former);
            }
        }
        JsonPatch.remove(operations, JsonPatch.annotation(NOTE));
        return operations;
    }

    /** The same, which succeeds only while the template is this one, too. */
    public ArrayNode back(ObjectNode live, PodTemplate template) {
        ArrayNode operations = Json.object().arrayNode();
        JsonPatch.test(operations, "/spec/template", template.json());
        return operations.addAll(back(live));
    }
}
