package dev.stepback.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The key {@code jobTemplate} of a check: what a CronJob has under the same name. What can be told without a cluster is told
 * here, with its line; the rest by the API server, when a rollback is planned.
 */
final class JobTemplate {
    private static final String KEY = "jobTemplate";
    private static final JsonNodeFactory JSON = JsonNodeFactory.withExactBigDecimals(true);
    private static final int DEEPEST = 50;

    /** What Stepback decides for every check. */
    private static final Set<String> TAKEN = Set.of(
            "backoffLimit",
            "activeDeadlineSeconds",
            "ttlSecondsAfterFinished",
            "completions",
            "parallelism",
            "completionMode",
            "suspend",
            "selector",
            "manualSelector");

    private final Section section;

    private JobTemplate(Section section) {
        this.section = section;
    }

    /** As JSON; what is wrong with it is reported. */
    static String read(Section section) {
        JobTemplate template = new JobTemplate(section);
        Node node = section.raw(KEY);
        if (node == null) {
            section.problem(KEY, "must be there: metadata and spec of a Job, as in a CronJob");
            return "{}";
        }
        template.check(new At(node, KEY));
        return template.json(node, KEY, 0).toString();
    }

    /** A value and where it is. */
    private record At(Node node, String path) {
        Optional<At> at(String key) {
            if (!(node instanceof MappingNode mapping)) {
                return Optional.empty();
            }
            return mapping.getValue().stream()
                    .filter(t -> t.getKeyNode() instanceof ScalarNode k
                            && k.getValue().equals(key))
                    .map(t -> new At(t.getValueNode(), path + "." + key))
                    .findFirst();
        }

        List<At> items() {
            List<At> items = new ArrayList<>();
            if (node instanceof SequenceNode sequence) {
                sequence.getValue().forEach(item -> items.add(new At(item, path + "[" + items.size() + "]")));
            }
            return items;
        }

        List<At> values() {
            return node instanceof MappingNode mapping
                    ? mapping.getValue().stream()
                            .filter(t -> t.getKeyNode() instanceof ScalarNode)
                            .map(t -> new At(t.getValueNode(), path + "." + ((ScalarNode) t.getKeyNode()).getValue()))
                            .toList()
                    : List.of();
        }

        boolean isText() {
            return node instanceof ScalarNode && node.getTag().equals(Tag.STR);
        }
    }

    private void check(At root) {
        root.values().stream()
                .filter(v -> !v.path.equals(KEY + ".metadata") && !v.path.equals(KEY + ".spec"))
                .forEach(v -> problem(v, "is not a known key; known here: metadata, spec"));
        root.at("metadata").ifPresent(m -> {
            m.values().stream()
                    .filter(v -> !v.path.endsWith(".labels") && !v.path.endsWith(".annotations"))
                    .forEach(v -> problem(v, "is not known here; write labels or annotations"));
            texts(m);
        });
        Optional<At> spec = root.at("spec");
        spec.ifPresent(s ->
                TAKEN.forEach(key -> s.at(key).ifPresent(v -> problem(v, "is what Stepback decides; leave it out"))));
        Optional<At> template = spec.flatMap(s -> s.at("template"));
        template.flatMap(t -> t.at("metadata")).ifPresent(this::texts);
        Optional<At> pod = template.flatMap(t -> t.at("spec"));
        pod.flatMap(p -> p.at("restartPolicy"))
                .filter(v -> !(v.node instanceof ScalarNode s && s.getValue().equals("Never")))
                .ifPresent(v -> problem(v, "is always Never; leave it out"));
        List<At> containers =
                pod.flatMap(p -> p.at("containers")).map(At::items).orElse(List.of());
        if (containers.isEmpty()) {
            problem(template.orElse(root), "has no containers; write them under spec.template.spec.containers");
        }
        containers.forEach(this::container);
        pod.flatMap(p -> p.at("initContainers"))
                .map(At::items)
                .orElse(List.of())
                .forEach(this::container);
    }

    private void container(At container) {
        for (String key : List.of("name", "image")) {
            if (container.at(key).filter(At::isText).isEmpty()) {
                problem(
                        container.at(key).orElse(container),
                        "must have " + (key.equals("image") ? "an " : "a ") + key + ", as text");
            }
        }
        container
                .at("env")
                .map(At::items)
                .orElse(List.of())
                .forEach(variable -> variable.at("value")
                        .filter(v -> !v.isText())
                        .ifPresent(v -> problem(v, "must be text; put it in quotes")));
    }

    private void texts(At metadata) {
        for (String map : List.of("labels", "annotations")) {
            metadata.at(map).map(At::values).orElse(List.of()).stream()
                    .filter(v -> !v.isText())
                    .forEach(v -> problem(v, "must be text; put it in quotes"));
        }
    }

    private void problem(At at, String message) {
        section.problem(at.node, at.path, message);
    }

    private JsonNode json(Node node, String path, int depth) {
        if (depth > DEEPEST) {
            section.problem(node, KEY, "is nested too deep");
            return JSON.nullNode();
        }
        if (node instanceof MappingNode mapping) {
            ObjectNode object = JSON.objectNode();
            mapping.getValue().forEach(t -> {
                if (!(t.getKeyNode() instanceof ScalarNode key)) {
                    section.problem(t.getKeyNode(), path, "a key must be a word");
                } else if (object.has(key.getValue())) {
                    section.problem(key, path + "." + key.getValue(), "is there twice");
                } else {
                    object.set(key.getValue(), json(t.getValueNode(), path + "." + key.getValue(), depth + 1));
                }
            });
            return object;
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = JSON.arrayNode();
            sequence.getValue().forEach(item -> array.add(json(item, path + "[" + array.size() + "]", depth + 1)));
            return array;
        }
        return scalar(node, ((ScalarNode) node).getValue());
    }

    private static JsonNode scalar(Node node, String value) {
        if (node.getTag().equals(Tag.NULL)) {
            return JSON.nullNode();
        }
        if (node.getTag().equals(Tag.BOOL)) {
            return JSON.booleanNode(Boolean.parseBoolean(value));
        }
        JsonNode number = node.getTag().equals(Tag.INT) || node.getTag().equals(Tag.FLOAT) ? number(value) : null;
        return number == null ? JSON.textNode(value) : number;
    }

    /** Null for what JSON cannot say as a number, such as {@code .inf}; whoever reads it then finds text. */
    private static @Nullable JsonNode number(String value) {
        try {
            return value.matches("[-+]?[0-9]+")
                    ? JSON.numberNode(new BigInteger(value.startsWith("+") ? value.substring(1) : value))
                    : JSON.numberNode(new BigDecimal(value));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
