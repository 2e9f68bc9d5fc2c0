package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code kubectl apply} remembers of a workload: the manifest that it applied last. The next apply deletes what this
 * has and the new manifest has not. After an undo it still tells of the release that was left: what only the restored
 * template has would then never be deleted again.
 */
public final class LastApplied {
    public static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

    /** Of lists that apply merges item by item, what tells the items apart ({@code x-kubernetes-patch-merge-key}). */
    private static final Map<String, List<String>> KEYS = Map.ofEntries(
            Map.entry("containers", List.of("name")),
            Map.entry("initContainers", List.of("name")),
            Map.entry("ephemeralContainers", List.of("name")),
            Map.entry("env", List.of("name")),
            Map.entry("volumes", List.of("name")),
            Map.entry("imagePullSecrets", List.of("name")),
            Map.entry("volumeMounts", List.of("mountPath")),
            Map.entry("volumeDevices", List.of("devicePath")),
            Map.entry("ports", List.of("containerPort", "protocol")),
            Map.entry("hostAliases", List.of("ip")),
            Map.entry("topologySpreadConstraints", List.of("topologyKey")));

    private static final JsonNode NONE = MissingNode.getInstance();

    private LastApplied() {}

    /** Whether a workload was made with {@code kubectl apply} and what that remembers can be rolled back. */
    public static boolean known(JsonNode workload) {
        return manifest(Json.annotation(workload, ANNOTATION)).isPresent();
    }

    /**
     * Whether what is remembered is the restored template already, as where a release was set by other means than apply: then
     * nothing goes stale.
     */
    public static boolean isRestored(JsonNode workload, PodTemplate restored) {
        String remembered = Json.annotation(workload, ANNOTATION);
        return manifest(remembered)
                .filter(manifest -> restored(remembered, PodTemplate.of(workload), restored)
                        .equals(Json.canonical(manifest) + "\n"))
                .isPresent();
    }

    private static Optional<ObjectNode> manifest(String remembered) {
        try {
            return Json.parse(remembered) instanceof ObjectNode manifest
                            && PodTemplate.of(manifest).json().isObject()
                    ? Optional.of(manifest)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * What apply would remember if the manifest of the restored template had been applied last, as far as that can be
     * known: the manifest itself is gone. Of the restored template it has the fields that the present manifest has too, and
     * those that the present template has not: apply removed them. What both templates have and the manifest does not name
     * (defaults, and what others set) stays nobody's, so that the next apply leaves it alone.
     *
     * @param remembered the annotation now
     * @param live the template that is left
     * @throws IllegalArgumentException when {@code remembered} is no manifest with a template
     */
    static String restored(String remembered, PodTemplate live, PodTemplate restored) {
        ObjectNode manifest = manifest(remembered)
                .orElseThrow(() -> new IllegalArgumentException("not what kubectl apply remembers"));
        JsonNode applied = PodTemplate.of(manifest).json();
        ObjectNode template = object(applied, live.json(), withoutRestart(restored));
        manifest.withObject("/spec").set("template", template);
        return Json.canonical(manifest) + "\n";
    }

    private static JsonNode withoutRestart(PodTemplate restored) {
        return restored.withoutRestart().withoutHash().json();
    }

    private static ObjectNode object(JsonNode applied, JsonNode live, JsonNode restored) {
        ObjectNode owned = Json.object();
        restored.properties().forEach(field -> {
            String name = field.getKey();
            JsonNode value = owned(name, applied.path(name), live.path(name), field.getValue());
            if (!value.isMissingNode()) {
                owned.set(name, value);
            }
        });
        return owned;
    }

    /** The part of a value that is apply's; missing when nothing is. */
    private static JsonNode owned(String name, JsonNode applied, JsonNode live, JsonNode restored) {
        if (applied.isMissingNode() && live.isMissingNode()) {
            return restored.isNull() ? NONE : restored.deepCopy();
        }
        if (restored.isObject() && !restored.isEmpty()) {
            ObjectNode inner = object(applied, live, restored);
            return inner.isEmpty() ? NONE : inner;
        }
        if (restored.isArray() && !restored.isEmpty() && KEYS.containsKey(name)) {
            ArrayNode items = items(KEYS.getOrDefault(name, List.of()), applied, live, restored);
            // An empty list would have the next apply delete the items of others, too.
            return items.isEmpty() ? NONE : items;
        }
        return applied.isMissingNode() ? NONE : restored.deepCopy();
    }

    private static ArrayNode items(List<String> keys, JsonNode applied, JsonNode live, JsonNode restored) {
        ArrayNode owned = Json.object().arrayNode();
        for (JsonNode item : restored) {
            JsonNode before = same(keys, applied, item);
            JsonNode now = same(keys, live, item);
            if (before.isMissingNode() && now.isMissingNode()) {
                owned.add(item.deepCopy());
                continue;
            }
            ObjectNode inner = object(before, now, item);
            if (!inner.isEmpty() || !before.isMissingNode()) {
                keys.stream().filter(item::has).forEach(key -> inner.set(key, item.path(key)));
                owned.add(inner);
            }
        }
        return owned;
    }

    private static JsonNode same(List<String> keys, JsonNode list, JsonNode item) {
        return Json.elements(list)
                .filter(other -> keys.stream().allMatch(key -> key(other, key).equals(key(item, key))))
                .findFirst()
                .orElse(NONE);
    }

    private static String key(JsonNode item, String key) {
        return item.path(key).asText(key.equals("protocol") ? "TCP" : "");
    }
}
