package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Text;
import dev.stepback.target.workload.Writer;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks that everything that a template names still exists, and tells what was changed since. */
final class References {
    static final String CHECK = "references";
    private static final int FORBIDDEN = 403;

    private final ApiServer api;
    private final Clock clock;

    References(ApiServer api, Clock clock) {
        this.api = api;
        this.clock = clock;
    }

    /**
     * Something that a template names.
     *
     * @param required whether pods cannot start without it; an image may be pulled without its pull secret
     */
    record Reference(String kind, String resource, String name, boolean required) {
        String title() {
            return kind + " " + name;
        }
    }

    List<Finding> findings(Preflight.Subject subject) {
        String namespace = subject.workload().ref().namespace();
        Instant since = Json.createdAt(subject.revision());
        List<String> missing = new ArrayList<>();
        List<String> useful = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        for (Reference reference : in(subject.restored())) {
            try {
                Optional<ObjectNode> found = ApiServer.isName(reference.name())
                        ? api.metadata(
                                "/api/v1/namespaces/" + namespace + "/" + reference.resource() + "/" + reference.name())
                        : Optional.empty();
                if (found.isEmpty()) {
                    (reference.required() ? missing : useful).add(reference.title());
                } else if (hasData(reference)) {
                    changedSince(found.get(), since)
                            .ifPresent(at -> changed.add(reference.title() + " (" + ago(at) + ")"));
                }
            } catch (KubernetesClientException e) {
                if (e.getCode() != FORBIDDEN) {
                    throw e;
                }
                unknown.add(reference.title());
            }
        }
        return report(missing, useful, unknown, changed);
    }

    private List<Finding> report(
            List<String> missing, List<String> useful, List<String> unknown, List<String> changed) {
        List<Finding> findings = new ArrayList<>();
        if (!missing.isEmpty()) {
            findings.add(Finding.block(
                    CHECK,
                    "The restored pods could not start: %s no longer there. Bring it back first."
                            .formatted(names(missing) + (missing.size() == 1 ? " is" : " are"))));
        }
        if (!useful.isEmpty()) {
            findings.add(
                    Finding.warn(CHECK, "No longer there: %s. The images may not be pulled.".formatted(names(useful))));
        }
        if (!unknown.isEmpty()) {
            findings.add(Finding.warn(
                    CHECK,
                    "%s lacks the permission to see whether %s still there."
                            .formatted(api.who(), names(unknown) + (unknown.size() == 1 ? " is" : " are"))));
        }
        if (!changed.isEmpty()) {
            findings.add(Finding.warn(
                    "configuration",
                    "Changed after that revision was made, and not rolled back: %s.".formatted(names(changed))));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.pass(CHECK, "All that the revision refers to still exists."));
        }
        return findings;
    }

    private static String names(List<String> names) {
        return Text.line(String.join(", ", names), 400);
    }

    private static boolean hasData(Reference reference) {
        return reference.kind().equals("ConfigMap") || reference.kind().equals("Secret");
    }

    private static Optional<Instant> changedSince(ObjectNode object, Instant since) {
        Instant last = Writer.last(object).map(Writer::time).orElseGet(() -> Json.createdAt(object));
        return last.isAfter(since) ? Optional.of(last) : Optional.empty();
    }

    private String ago(Instant at) {
        Duration age = Duration.between(at, clock.instant());
        if (age.toDays() > 0) {
            return age.toDays() + " d ago";
        }
        return age.toHours() > 0 ? age.toHours() + " h ago" : Math.max(0, age.toMinutes()) + " min ago";
    }

    /** What the template needs; what it marks as optional is left out. */
    static List<Reference> in(PodTemplate template) {
        Map<String, Reference> found = new LinkedHashMap<>();
        JsonNode spec = template.json().path("spec");
        add(found, "ServiceAccount", "serviceaccounts", spec, "serviceAccountName");
        for (JsonNode secret : spec.path("imagePullSecrets")) {
            String name = secret.path("name").asText();
            found.put("Secret/" + name, new Reference("Secret", "secrets", name, false));
        }
        for (JsonNode volume : spec.path("volumes")) {
            add(
                    found,
                    "PersistentVolumeClaim",
                    "persistentvolumeclaims",
                    volume.path("persistentVolumeClaim"),
                    "claimName");
            add(found, "ConfigMap", "configmaps", volume.path("configMap"), "name");
            add(found, "Secret", "secrets", volume.path("secret"), "secretName");
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
