package dev.stepback.config;

import dev.stepback.text.EditDistance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the file. Every key is asked for once; {@link #close} reports those that nobody asked for. A key that is
 * missing, or has no value, has its default; so has one with a wrong value, after that was reported.
 */
final class Section implements AutoCloseable {
    private final Report report;
    private final String path;
    private final @Nullable Node node;
    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Node> keys = new LinkedHashMap<>();
    private final List<String> asked = new ArrayList<>();

    /** @param node null when the section is not in the file */
    Section(Report report, String path, @Nullable Node node) {
        this.report = report;
        this.path = path;
        this.node = node;
        if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(this::add);
        } else if (node != null && !isNull(node)) {
            report.add(node, path, "must be a mapping of keys to values");
        }
    }

    private void add(NodeTuple tuple) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            report.add(tuple.getKeyNode(), path, "a key must be a word");
            return;
        }
        if (keys.containsKey(key.getValue())) {
            report.add(
                    key,
                    at(key.getValue()),
                    "is there twice; the first is in line " + Report.line(keys.get(key.getValue())));
            return;
        }
        keys.put(key.getValue(), key);
        values.put(key.getValue(), tuple.getValueNode());
    }

    Section section(String key) {
        return new Section(report, at(key), ask(key));
    }

    /** Whether the key is there, with a value or without. */
    boolean has(String key) {
        return keys.containsKey(key);
    }

    /**
     * Reports those of the keys that are there without a value: where leaving out means "all" or "as by default", somebody
     * who has commented out what stood there, or a template that has filled in nothing, would open up what they meant to close.
     */
    void notBare(String... those) {
        for (String key : those) {
            Node value = values.get(key);
            if (value != null && isNull(value)) {
                problem(key, "has no value; leave the key out if that is meant");
            }
        }
    }

    /** Reports something that is wrong with a key, or with the whole when {@code key} is empty or not there. */
    void problem(String key, String message) {
        Node at = values.getOrDefault(key, keys.get(key));
        report.add(at == null ? node : at, key.isEmpty() ? path : at(key), message);
    }

    /** Reports something that is wrong with a part of a value. */
    void problem(Node at, String path, String message) {
        report.add(at, at(path), message);
    }

    /** A value as it stands there; null when there is none. */
    @Nullable
    Node raw(String key) {
        Node node = ask(key);
        return node == null || isNull(node) ? null : node;
    }

    /** A list of mappings. */
    <T> List<T> each(String key, List<T> byDefault, Function<Section, T> item) {
        report.known(at(key));
        if (report.listsKeys()) {
            read(at(key) + "[]", null, item);
        }
        Node list = ask(key);
        if (list == null || isNull(list)) {
            return byDefault;
        }
        if (!(list instanceof SequenceNode sequence)) {
            report.add(list, at(key), "must be a list; begin each item with a dash");
            return byDefault;
        }
        List<T> items = new ArrayList<>();
        int index = 0;
        for (Node one : sequence.getValue()) {
            String where = at(key) + "[" + index++ + "]";
            if (isNull(one)) {
                report.add(one, where, "must be a mapping of keys to values");
            } else {
                items.add(read(where, one, item));
            }
        }
        return List.copyOf(items);
    }

    private <T> T read(String where, @Nullable Node one, Function<Section, T> item) {
        try (Section section = new Section(report, where, one)) {
            return item.apply(section);
        }
    }

    /** A list that must be there and have something in it. */
    <T> List<T> listOfSome(String key, String expected, Function<String, Optional<T>> parser) {
        List<T> items = list(key, List.of(), expected, parser);
        Node list = values.get(key);
        if (list == null
                || isNull(list)
                || (list instanceof SequenceNode s && s.getValue().isEmpty())) {
            problem(key, "must name " + expected);
        }
        return items;
    }

    /** A list that must have something in it, or one item by itself. */
    <T> List<T> oneOrSome(String key, String expected, Function<String, Optional<T>> parser) {
        if (values.get(key) instanceof ScalarNode one && !isNull(one)) {
            report.known(at(key));
            ask(key);
            return scalar(one, at(key), expected, parser).map(List::of).orElse(List.of());
        }
        return listOfSome(key, expected, parser);
    }

    /** A value that must be there. */
    <T> T required(String key, T inPlace, String expected, Function<String, Optional<T>> parser) {
        T value = value(key, inPlace, expected, parser);
        Node given = values.get(key);
        if (given == null || isNull(given)) {
            problem(key, "must be there: " + expected);
        }
        return value;
    }

    /** @param parser empty for a bad value */
    <T> T value(String key, T byDefault, String expected, Function<String, Optional<T>> parser) {
        report.known(at(key));
        Node node = ask(key);
        if (node == null || isNull(node)) {
            return byDefault;
        }
        return scalar(node, at(key), expected, parser).orElse(byDefault);
    }

    <T> List<T> list(String key, List<T> byDefault, String expected, Function<String, Optional<T>> parser) {
        report.known(at(key));
        Node node = ask(key);
        if (node == null || isNull(node)) {
            return byDefault;
        }
        if (!(node instanceof SequenceNode sequence)) {
            report.add(node, at(key), "must be a list, such as [a, b]");
            return byDefault;
        }
        List<T> items = new ArrayList<>();
        int index = 0;
        for (Node item : sequence.getValue()) {
            scalar(item, at(key) + "[" + index++ + "]", expected, parser).ifPresent(items::add);
        }
        return List.copyOf(items);
    }

    private <T> Optional<T> scalar(Node node, String where, String expected, Function<String, Optional<T>> parser) {
        if (!(node instanceof ScalarNode scalar)) {
            report.add(node, where, "must be " + expected);
            return Optional.empty();
        }
        Optional<T> parsed = isNull(node) ? Optional.empty() : parser.apply(scalar.getValue());
        if (parsed.isEmpty()) {
            report.add(node, where, "\"" + shown(scalar.getValue()) + "\" is not " + expected);
        }
        return parsed;
    }

    private @Nullable Node ask(String key) {
        asked.add(key);
        return values.get(key);
    }

    @Override
    public void close() {
        keys.forEach((name, node) -> {
            if (!asked.contains(name)) {
                List<String> near = EditDistance.nearest(name, asked, 1);
                report.add(
                        node,
                        at(shown(name)),
                        near.isEmpty()
                                ? "is not a known key; known here: " + String.join(", ", asked)
                                : "is not a known key; did you mean " + near.get(0) + "?");
            }
        });
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private static String shown(String value) {
        String line = value.replaceAll("\\p{Cntrl}", " ");
        return line.length() <= 60 ? line : line.substring(0, 59) + "…";
    }
}
