package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.target.workload.PodTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Something in the namespace that a template names. */
record Reference(String kind, String resource, String name, Use use) {
    /** What pods are without it. */
    enum Use {
        /** They cannot start. */
        NEEDED,
        /** They start, and may do something else. */
        OPTIONAL,
        /** Nodes that have the image start them. What is in it changes nothing that they do, and is often renewed. */
        PULLS_IMAGES
    }

    /** How kustomize's generators end a name (api/hasher: ten digits in an alphabet of their own). */
    private static final Pattern GENERATED = Pattern.compile(".+-[bcdfghkmt2456789]{10}");

    private static final List<String> WITH_DATA = List.of("ConfigMap", "Secret");

    String title() {
        return kind + " " + name;
    }

    /** Whether pods read values from it that change what they do. */
    boolean hasData() {
        return WITH_DATA.contains(kind) && use != Use.PULLS_IMAGES;
    }

    /** Whether its name ends in a hash of what is in it: the next change makes another object. */
    boolean generated() {
        return hasData() && GENERATED.matcher(name).matches();
    }

    /** Everything that it names, each once, for what counts most. */
    static List<Reference> in(PodTemplate template) {
        Map<String, Reference> found = new LinkedHashMap<>();
        JsonNode spec = template.json().path("spec");
        add(found, "ServiceAccount", "serviceaccounts", spec, "serviceAccountName");
        for (JsonNode volume : spec.path("volumes")) {
            JsonNode claim = volume.path("persistentVolumeClaim");
            add(found, "PersistentVolumeClaim", "persistentvolumeclaims", claim, "claimName");
            add(found, "ConfigMap", "configmaps", volume.path("configMap"), "name");
            add(found, "Secret", "secrets", volume.path("secret"), "secretName");
            for (JsonNode driver : volume) {
                add(found, "Secret", "secrets", driver.path("nodePublishSecretRef"), "name");
                add(found, "Secret", "secrets", driver.path("secretRef"), "name");
            }
            add(found, "Secret", "secrets", volume.path("azureFile"), "secretName");
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
            add(found, new Reference("Secret", "secrets", secret.path("name").asText(""), Use.PULLS_IMAGES));
        }
        return List.copyOf(found.values());
    }

    private static void add(
            Map<String, Reference> found, String kind, String resource, JsonNode source, String nameField) {
        Use use = source.path("optional").asBoolean(false) ? Use.OPTIONAL : Use.NEEDED;
        add(found, new Reference(kind, resource, source.path(nameField).asText(""), use));
    }

    private static void add(Map<String, Reference> found, Reference reference) {
        if (!reference.name().isEmpty()) {
            found.merge(reference.title(), reference, (a, b) -> a.use().compareTo(b.use()) <= 0 ? a : b);
        }
    }
}
