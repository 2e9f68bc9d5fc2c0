package dev.stepback.config;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** YAML 1.2 as text: merge keys are keys like others, and what a tag says about a value must be what is there anyway. */
final class YamlText {
    private static final Set<Tag> CORE = Set.of(Tag.STR, Tag.NULL, Tag.BOOL, Tag.INT, Tag.FLOAT, Tag.SEQ, Tag.MAP);
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

    private YamlText() {}

    /** The document; null when there is none, or it could not be read, which was reported. */
    static @Nullable Node compose(String yaml, Report report) {
        try {
            Node root = new Compose(LoadSettings.builder().build())
                    .composeString(yaml)
                    .orElse(null);
            if (root != null) {
                checkTags(root, report, Collections.newSetFromMap(new IdentityHashMap<>()));
            }
            return root;
        } catch (MarkedYamlEngineException e) {
            report.add(e.getProblemMark().map(Mark::getLine).orElse(-1) + 1, "is not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            report.add(0, "is not YAML: " + e.getMessage());
        }
        return null;
    }

    /** Whether there is nothing but comments in it. */
    static boolean isEmpty(String yaml) {
        Node root = compose(yaml, new Report(""));
        return root == null || root.getTag().equals(Tag.NULL);
    }

    /** @param seen an anchor can stand for something that it is part of */
    private static void checkTags(Node node, Report report, Set<Node> seen) {
        if (!seen.add(node)) {
            return;
        }
        if (!CORE.contains(node.getTag())
                || (node.getTag().equals(Tag.NULL)
                        && node instanceof ScalarNode scalar
                        && !NULLS.contains(scalar.getValue()))) {
            report.add(node, "", "the tag " + node.getTag() + " is not known here; leave it out");
        }
        if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(item -> checkTags(item, report, seen));
        } else if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(entry -> {
                checkTags(entry.getKeyNode(), report, seen);
                checkTags(entry.getValueNode(), report, seen);
            });
        }
    }
}
