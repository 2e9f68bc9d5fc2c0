package dev.stepback.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects what is wrong with one file, and which keys there can be. */
final class Report {
    private final String source;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> known = new ArrayList<>();

    private final boolean listsKeys;

    Report(String source) {
        this(source, false);
    }

    /** @param listsKeys whether the keys of items are wanted although there are none; what is wrong is not, then */
    Report(String source, boolean listsKeys) {
        this.source = source;
        this.listsKeys = listsKeys;
    }

    boolean listsKeys() {
        return listsKeys;
    }

    void add(@Nullable Node node, String path, String message) {
        problems.add(new Problem(source, line(node), path, message));
    }

    void add(int line, String message) {
        problems.add(new Problem(source, line, "", message));
    }

    void known(String path) {
        known.add(path);
    }

    List<String> known() {
        return known;
    }

    /** In the order of the lines. */
    List<Problem> problems() {
        return problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList();
    }

    static int line(@Nullable Node node) {
        return node == null ? 0 : node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }
}
