package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The simple JSON paths of printer columns: {@code .a.b[0].c}, {@code .conditions[?(@.type=="Ready")].status}. */
final class JsonPaths {
    private static final Pattern STEP = Pattern.compile("\\.([A-Za-z0-9_\\-]+(?:\\\\\\.[A-Za-z0-9_/\\-]+)*)"
            + "|\\['([^']+)'\\]"
            + "|\\[(\\d+)\\]"
            + "|\\[\\?\\(@\\.(\\w+)\\s*==\\s*[\"']([^\"']*)[\"']\\)\\]"
            + "|(\\[\\*\\])");

    private JsonPaths() {}

    static JsonNode cell(JsonNode object, String path) {
        List<JsonNode> found = findAll(object, path);
        if (found.size() > 1) {
            return TextNode.valueOf(
                    String.join(",", found.stream().map(JsonNode::asText).toList()));
        }
        JsonNode value = found.isEmpty() ? MissingNode.getInstance() : found.get(0);
        return value.isMissingNode()
                ? NullNode.getInstance()
                : value.isContainerNode() ? TextNode.valueOf(value.toString()) : value;
    }

    static JsonNode find(JsonNode object, String path) {
        List<JsonNode> found = findAll(object, path);
        return found.isEmpty() ? MissingNode.getInstance() : found.get(0);
    }

    private static List<JsonNode> findAll(JsonNode object, String path) {
        List<JsonNode> nodes = List.of(object);
        Matcher step = STEP.matcher(path);
        while (step.find()) {
            List<JsonNode> next = new ArrayList<>();
            for (JsonNode node : nodes) {
                if (step.group(1) != null) {
                    next.add(node.path(step.group(1).replace("\\.", ".")));
                } else if (step.group(2) != null) {
                    next.add(node.path(step.group(2)));
                } else if (step.group(3) != null) {
                    next.add(node.path(Integer.parseInt(step.group(3))));
                } else if (step.group(4) != null) {
                    node.forEach(element -> {
                        if (element.path(step.group(4)).asText("").equals(step.group(5))) {
                            next.add(element);
                        }
                    });
                } else {
                    node.forEach(next::add);
                }
            }
            nodes = next.stream().filter(node -> !node.isMissingNode()).toList();
        }
        return nodes;
    }
}
