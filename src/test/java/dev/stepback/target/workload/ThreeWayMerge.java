package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;

/**
 * What {@code kubectl apply} makes of an object: it deletes what it applied last and is no longer in the manifest, sets
 * what the manifest says, and leaves the rest (apimachinery's {@code strategicpatch.CreateThreeWayMergePatch}).
 */
final class ThreeWayMerge {
    private static final Map<String, String> KEYS = Map.of(
            "containers",
            "name",
            "env",
            "name",
            "volumes",
            "name",
            "volumeMounts",
            "mountPath",
            "ports",
            "containerPort");

    private ThreeWayMerge() {}

    static JsonNode apply(JsonNode lastApplied, JsonNode manifest, JsonNode live) {
        return merge("", lastApplied, manifest, live);
    }

    private static JsonNode merge(String field, JsonNode original, JsonNode modified, JsonNode current) {
        if (modified.isObject() && current.isObject()) {
            ObjectNode merged = Json.object();
            current.properties().forEach(kept -> {
                boolean deleted = original.has(kept.getKey()) && !modified.has(kept.getKey());
                if (!deleted) {
                    merged.set(kept.getKey(), kept.getValue());
                }
            });
            modified.properties()
                    .forEach(wanted -> merged.set(
                            wanted.getKey(),
                            merge(
                                    wanted.getKey(),
                                    original.path(wanted.getKey()),
                                    wanted.getValue(),
                                    current.path(wanted.getKey()))));
            return merged;
        }
        if (modified.isArray() && current.isArray() && KEYS.containsKey(field)) {
            return items(String.valueOf(KEYS.get(field)), original, (ArrayNode) modified, current);
        }
        return modified;
    }

    private static ArrayNode items(String key, JsonNode original, ArrayNode modified, JsonNode current) {
        ArrayNode merged = Json.object().arrayNode();
        for (JsonNode item : current) {
            JsonNode wanted = find(modified, key, item);
            boolean deleted =
                    wanted.isMissingNode() && !find(original, key, item).isMissingNode();
            if (!deleted) {
                merged.add(wanted.isMissingNode() ? item : merge("", find(original, key, item), wanted, item));
            }
        }
        for (JsonNode item : modified) {
            if (find(current, key, item).isMissingNode()) {
                merged.add(item);
            }
        }
        return merged;
    }

    private static JsonNode find(JsonNode list, String key, JsonNode item) {
        return Json.elements(list)
                .filter(other -> other.path(key).equals(item.path(key)))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    /** The template as the API server would complete it. */
    static JsonNode completed(JsonNode template) {
        ObjectNode copy = template.deepCopy();
        ObjectNode spec = copy.withObject("/spec");
        fill(spec, Map.of("restartPolicy", "Always", "dnsPolicy", "ClusterFirst"));
        for (JsonNode container : spec.path("containers")) {
            fill((ObjectNode) container, Map.of("imagePullPolicy", "IfNotPresent"));
            container.path("ports").forEach(port -> fill((ObjectNode) port, Map.of("protocol", "TCP")));
            for (String probe : Set.of("readinessProbe", "livenessProbe")) {
                if (container.path(probe) instanceof ObjectNode p) {
                    fill(p, Map.of("scheme", "HTTP"));
                }
            }
        }
        return copy;
    }

    private static void fill(ObjectNode object, Map<String, String> defaults) {
        defaults.forEach((name, value) -> {
            if (!object.has(name)) {
                object.put(name, value);
            }
        });
    }
}
