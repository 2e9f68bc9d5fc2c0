package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/** Pod templates compared and hashed without the label that tells ReplicaSets apart. */
public final class PodTemplates {
    public static final String HASH_LABEL = "pod-template-hash";

    private static final String SAFE = "bcdfghjklmnpqrstvwxz2456789";
    private static final int FNV_OFFSET = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;

    private PodTemplates() {}

    /** A copy without the label. */
    public static PodTemplateSpec withoutHash(PodTemplateSpec template) {
        return new PodTemplateSpecBuilder(template)
                .editOrNewMetadata()
                .removeFromLabels(HASH_LABEL)
                .endMetadata()
                .build();
    }

    static PodTemplateSpec withHash(PodTemplateSpec template, String hash) {
        return new PodTemplateSpecBuilder(template)
                .editOrNewMetadata()
                .addToLabels(HASH_LABEL, hash)
                .endMetadata()
                .build();
    }

    static boolean sameButForHash(PodTemplateSpec one, PodTemplateSpec other) {
        return withoutHash(one).equals(withoutHash(other));
    }

    /**
     * A short name for a template, of letters and digits that make no words: FNV-1a over what it says, and over the number
     * of names that were taken before, if any. The values differ from those of a real cluster, which hashes Go structures.
     */
    static String hash(PodTemplateSpec template, int collisions) {
        return hash(Resource.write(withoutHash(template)), collisions);
    }

    /** The same for any JSON. */
    static String hash(JsonNode node, int collisions) {
        String text = canonical(node) + (collisions > 0 ? "#" + collisions : "");
        int hash = FNV_OFFSET;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        StringBuilder safe = new StringBuilder();
        Integer.toUnsignedString(hash).chars().forEach(c -> safe.append(SAFE.charAt(c % SAFE.length())));
        return safe.toString();
    }

    /** JSON as text that is the same whatever the order of the fields. */
    static String canonical(JsonNode node) {
        StringBuilder text = new StringBuilder();
        canonical(node, text);
        return text.toString();
    }

    private static void canonical(JsonNode node, StringBuilder out) {
        if (node.isObject()) {
            TreeMap<String, JsonNode> fields = new TreeMap<>();
            node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
            out.append('{');
            fields.forEach((name, value) -> {
                out.append(name).append(':');
                canonical(value, out);
                out.append(',');
            });
            out.append('}');
        } else if (node.isArray()) {
            out.append('[');
            node.forEach(element -> {
                canonical(element, out);
                out.append(',');
            });
            out.append(']');
        } else {
            out.append(node);
        }
    }
}
