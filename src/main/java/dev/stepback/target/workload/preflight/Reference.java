package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.target.workload.PodTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Something in the namespace that a template names.
 *
 * @param required whether pods cannot start without it; an image may be pulled without its pull secret
 */
record Reference(String kind, String resource, String name, boolean required) {
    /** How kustomize's generators end a name (api/hasher: ten digits in an alphabet of their own). */
    private static final Pattern GENERATED = Pattern.compile(".+-[bcdfghkmt2456789]{10}");

    private static final List<String> WITH_DATA = List.of("ConfigMap", "Secret");

    String title() {
        return kind + " " + name;
    }

    /** Whether pods read values from it that change what they do. */
    boolean hasData() {
        return WITH_DATA.contains(kind);
    }

    /** Whether its name ends in a hash of what is in it: the next change makes another object. */
    boolean generated() {
        return hasData() && GENERATED.matcher(name).matches();
    }

    /** What the template needs; what it marks as optional is left out. */
    static List<Reference> in(PodTemplate template) {
        Map<String, Reference> found = new LinkedHashMap<>();
        JsonNode spec = template.json().path("spec");
        add(found, "ServiceAccount", "serviceaccounts", spec, "serviceAccountName");
        for (JsonNode volume : spec.path("volumes")) {
            JsonNode claim = volume.path("persistentVolumeClaim");
            add(found, "PersistentVolumeClaim", "persistentvolumeclaims", claim, "claimName");
            add(found, "ConfigMap", "configmaps", volume.path("configMap"), "name");
            add(found, "Secret", "secrets", volume.path("secret"), "secretName");
            add(found, "Secret", "secrets", volume.path("csi").path("nodePublishSecretRef"), "name");
            for (JsonNode source : volume.path("projected").path("sources")) {
                add(found, "ConfigMap", "configmaps", source.path("configMap"), "name");
                add(found, "Secret", "secrets", source.path("secret"), "name");
            }
        }
        for (String list : List.of("initContainers", "containers")) {
            for (JsonNode container : spec.path(list)) {
                container.path("envFrom").forEach(from -> {
                    add(found, "ConfigMap", "configmaps", from.path("configMapRef"), "name");
                    add(found, "Secret", "secrets", from.path("secretRef"), "name");
                });
                container.path("env").forEach(variable -> {
                    JsonNode from = variable.path("valueFrom");
                    add(found, "ConfigMap", "configmaps", from.path("configMapKeyRef"), "name");
                    add(found, "Secret", "secrets", from.path("secretKeyRef"), "name");
                });
            }
        }
        for (JsonNode secret : spec.path("imagePullSecrets")) {
            String name = secret.path("name").asText();
            found.putIfAbsent("Secret/" + name, new Reference("Secret", "secrets", name, false));
        }
        return List.copyOf(found.values());
    }

    private static void add(
            Map<String, Reference> found, String kind, String resource, JsonNode source, String nameField) {
        String name = source.path(nameField).asText("");
        if (!name.isEmpty() && !source.path("optional").asBoolean(false)) {
            found.put(kind + "/" + name, new Reference(kind, resource, name, true));
        }
    }
}
