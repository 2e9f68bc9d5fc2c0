package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pod template as the API server gave it.
 *
 * @param json the value of {@code /spec/template}
 */
public record PodTemplate(JsonNode json) {
    public static final String HASH_LABEL = "pod-template-hash";

    /** The annotation by which {@code kubectl rollout restart} makes another template of the same. */
    public static final String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

    public static PodTemplate of(JsonNode workload) {
        return new PodTemplate(workload.path("spec").path("template"));
    }

    /** What a rollback writes: a ReplicaSet's template without the label that its controller put on it. */
    public PodTemplate withoutHash() {
        JsonNode copy = json.deepCopy();
        if (copy.path("metadata").path("labels") instanceof ObjectNode labels) {
            labels.remove(HASH_LABEL);
        }
        return new PodTemplate(copy);
    }

    /** The same, to be rolled out once more. */
    public PodTemplate restartedAt(String time) {
        JsonNode copy = json.deepCopy();
        if (copy instanceof ObjectNode template) {
            template.withObject("/metadata/annotations").put(RESTARTED_AT, time);
        }
        return new PodTemplate(copy);
    }

    /** When it was restarted last, as it was written; empty for never. */
    public String restartedAt() {
        return json.path("metadata").path("annotations").path(RESTARTED_AT).asText("");
    }

    /** The same for templates that differ by no more than restarts. */
    public PodTemplate withoutRestart() {
        JsonNode copy = json.deepCopy();
        if (copy.path("metadata").path("annotations") instanceof ObjectNode annotations) {
            annotations.remove(RESTARTED_AT);
        }
        return new PodTemplate(copy);
    }

    /**
     * Whether the controller would regard both as the same revision: everything counts but the label {@value
     * #HASH_LABEL} and what says nothing (nulls, empty maps of labels and annotations).
     */
    public boolean sameAs(PodTemplate other) {
        return normal().equals(other.normal());
    }

    /** Equal for templates that are the {@link #sameAs same}; SHA-256 in lower-case hex. */
    public String fingerprint() {
        try {
            byte[] canonical = Json.canonical(normal()).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** Image by container name, init containers first, in the order of the template; as it may be shown. */
    public Map<String, String> images(Redactor redactor) {
        Map<String, String> images = new LinkedHashMap<>();
        for (String list : List.of("initContainers", "containers")) {
            for (JsonNode container : json.path("spec").path(list)) {
                images.put(
                        container.path("name").asText(),
                        redactor.value("image", container.path("image").asText()));
            }
        }
        return images;
    }

    private JsonNode normal() {
        JsonNode copy = withoutHash().json;
        dropNulls(copy);
        if (copy.path("metadata") instanceof ObjectNode metadata) {
            for (String map : List.of("labels", "annotations")) {
                if (metadata.path(map).isObject() && metadata.path(map).isEmpty()) {
                    metadata.remove(map);
                }
            }
            if (metadata.isEmpty() && copy instanceof ObjectNode template) {
                template.remove("metadata");
            }
        }
        return copy;
    }

    private static void dropNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().removeIf(property -> property.getValue().isNull());
        }
        node.forEach(PodTemplate::dropNulls);
    }
}
