package dev.stepback.target.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The Job of a check for one undo, complete but for its name. */
final class JobManifest {
    /** Names the check on its Job and pods. */
    static final String LABEL = "stepback.dev/check";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\((STEPBACK_[A-Z0-9_]+)\\)");
    private static final List<String> CONTAINERS = List.of("initContainers", "containers");

    /** Kubernetes itself replaces there what a container's environment has. */
    private static final Set<String> REPLACED_BY_KUBERNETES = Set.of("command", "args");

    private static final List<String> DOES = List.of(
            "name",
            "image",
            "command",
            "args",
            "workingDir",
            "env",
            "envFrom",
            "volumeMounts",
            "volumeDevices",
            "lifecycle");

    private JobManifest() {}

    static ObjectNode of(DataCheck check, Subject undo) {
        Map<String, String> variables = variables(undo);
        ObjectNode job = Json.object().put("apiVersion", "batch/v1").put("kind", "Job");
        JsonNode template = replaced(
                check.jobTemplate().deepCopy(),
                text -> PLACEHOLDER.matcher(text).replaceAll(found -> {
                    String value = variables.get(found.group(1));
                    return Matcher.quoteReplacement(value == null ? found.group() : value);
                }));
        job.setAll((ObjectNode) template);
        job.withObject("/metadata/labels").put(LABEL, check.name());
        ObjectNode spec = job.withObject("/spec");
        spec.put("backoffLimit", 0)
                .put("activeDeadlineSeconds", check.timeout().toSeconds())
                .put("ttlSecondsAfterFinished", check.keep().toSeconds());
        spec.withObject("/template/metadata/labels").put(LABEL, check.name());
        ObjectNode pod = spec.withObject("/template/spec").put("restartPolicy", "Never");
        Optional<JsonNode> main = main(undo.restored()).filter(c -> check.environment());
        for (String list : CONTAINERS) {
            pod.path(list).forEach(container -> addEnvironment((ObjectNode) container, variables, main));
        }
        return job;
    }

    /** A placeholder that stands for nothing here, such as the image of a container that the target does not have. */
    static Optional<String> unresolved(JsonNode job) {
        StringBuilder first = new StringBuilder();
        replaced(job.deepCopy(), text -> {
            Matcher placeholder = PLACEHOLDER.matcher(text);
            if (first.length() == 0 && placeholder.find()) {
                first.append(placeholder.group());
            }
            return text;
        });
        return first.length() == 0 ? Optional.empty() : Optional.of(first.toString());
    }

    /** What a Job does: what its containers run, with which volumes and as whom. Where it runs is left out. */
    static ObjectNode work(JsonNode job) {
        JsonNode pod = job.path("spec").path("template").path("spec");
        ObjectNode work = Json.object();
        for (String part : List.of("volumes", "serviceAccountName")) {
            work.set(part, pod.path(part));
        }
        for (String list : CONTAINERS) {
            ArrayNode containers = work.putArray(list);
            pod.path(list).forEach(container -> {
                ObjectNode does = containers.addObject();
                DOES.forEach(part -> does.set(part, container.path(part)));
            });
        }
        return work;
    }

    private static Map<String, String> variables(Subject undo) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("STEPBACK_NAMESPACE", undo.workload().ref().namespace());
        variables.put("STEPBACK_KIND", undo.workload().ref().kind().lowerCase());
        variables.put("STEPBACK_NAME", undo.workload().ref().name());
        variables.put("STEPBACK_FROM_REVISION", Long.toString(undo.from()));
        variables.put("STEPBACK_TO_REVISION", Long.toString(undo.to()));
        images(variables, "STEPBACK_FROM_IMAGE", undo.workload().template());
        images(variables, "STEPBACK_TO_IMAGE", undo.restored());
        return variables;
    }

    private static void images(Map<String, String> variables, String name, PodTemplate template) {
        main(template).ifPresent(c -> variables.put(name, c.path("image").asText()));
        for (String list : CONTAINERS) {
            template.json()
                    .path("spec")
                    .path(list)
                    .forEach(c -> variables.put(
                            name + "_" + upper(c.path("name").asText()),
                            c.path("image").asText()));
        }
    }

    private static String upper(String container) {
        return container.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** The container that {@code kubectl logs} and {@code kubectl exec} take when none is named. */
    private static Optional<JsonNode> main(PodTemplate template) {
        String named = Json.annotation(template.json(), "kubectl.kubernetes.io/default-container");
        JsonNode containers = template.json().path("spec").path("containers");
        return Json.elements(containers)
                .filter(c -> c.path("name").asText().equals(named))
                .findFirst()
                .or(() -> Json.elements(containers).findFirst());
    }

    /** What Stepback says comes first, then what the target's revision has, then the check's own, which wins. */
    private static void addEnvironment(ObjectNode container, Map<String, String> variables, Optional<JsonNode> main) {
        ArrayNode own = container.path("env").isArray() ? (ArrayNode) container.path("env") : container.arrayNode();
        Set<String> named = Json.elements(own).map(v -> v.path("name").asText()).collect(Collectors.toSet());
        ArrayNode env = container.arrayNode();
        variables.forEach((name, value) -> {
            if (!named.contains(name)) {
                env.addObject().put("name", name).put("value", value);
            }
        });
        main.ifPresent(c -> c.path("env").forEach(variable -> {
            String name = variable.path("name").asText();
            if (!named.contains(name) && !variables.containsKey(name)) {
                env.add(variable.deepCopy());
            }
        }));
        env.addAll(own);
        container.set("env", env);
        main.map(c -> c.path("envFrom")).filter(from -> !from.isEmpty()).ifPresent(from -> {
            ArrayNode sources = container.arrayNode();
            from.forEach(source -> sources.add(source.deepCopy()));
            container.path("envFrom").forEach(sources::add);
            container.set("envFrom", sources);
        });
    }

    /** Changes texts in place. */
    private static JsonNode replaced(JsonNode node, UnaryOperator<String> change) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(property -> {
                if (!REPLACED_BY_KUBERNETES.contains(property.getKey())) {
                    property.setValue(replaced(property.getValue(), change));
                }
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, replaced(array.get(i), change));
            }
        } else if (node.isTextual()) {
            return TextNode.valueOf(change.apply(node.asText()));
        }
        return node;
    }
}
