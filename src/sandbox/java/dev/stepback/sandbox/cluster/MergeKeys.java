package dev.stepback.sandbox.cluster;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** By which field the elements of a list are told apart, from the patch tags of Kubernetes' types. */
final class MergeKeys {
    private static final Map<String, String> BY_LIST = Map.ofEntries(
            Map.entry("containers", "name"),
            Map.entry("initContainers", "name"),
            Map.entry("ephemeralContainers", "name"),
            Map.entry("env", "name"),
            Map.entry("volumes", "name"),
            Map.entry("volumeMounts", "mountPath"),
            Map.entry("volumeDevices", "devicePath"),
            Map.entry("imagePullSecrets", "name"),
            Map.entry("hostAliases", "ip"),
            Map.entry("topologySpreadConstraints", "topologyKey"),
            Map.entry("resourceClaims", "name"),
            Map.entry("schedulingGates", "name"),
            Map.entry("conditions", "type"),
            Map.entry("ownerReferences", "uid"),
            Map.entry("taints", "key"),
            Map.entry("addresses", "type"),
            Map.entry("secrets", "name"),
            // Lists of plain values that are sets.
            Map.entry("finalizers", ""));

    private MergeKeys() {}

    /**
     * @param type lists of custom resources are replaced as a whole
     * @param path the field names from the root, such as {@code /spec/template/spec/containers/ports}
     * @return null when the list is replaced as a whole, empty when it is a set of plain values
     */
    static @Nullable String of(ResourceType type, String path) {
        if (type.custom() && !path.startsWith("/metadata/")) {
            return null;
        }
        String list = path.substring(path.lastIndexOf('/') + 1);
        if (list.equals("ports")) {
            return path.endsWith("ontainers/ports") ? "containerPort" : path.equals("/spec/ports") ? "port" : null;
        }
        return BY_LIST.get(list);
    }
}
