package dev.stepback.command;

import dev.stepback.target.TargetRef;
import dev.stepback.text.EditDistance;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** "Did you mean": orders targets by how near their names are to what was typed. */
final class Suggestions {
    private static final int FAR = 100;

    private Suggestions() {}

    static List<TargetRef> nearest(
            Wanted wanted, Collection<TargetRef> targets, int max, Predicate<TargetRef> visible) {
        record Near(TargetRef target, int rank, int namespace) {}
        return targets.stream()
                .map(t -> new Near(t, rank(wanted.name(), t.name()), namespaceRank(wanted, t)))
                .filter(n -> n.rank() < FAR)
                .sorted(Comparator.comparingInt(Near::rank)
                        .thenComparingInt(Near::namespace)
                        .thenComparing(Near::target))
                .map(Near::target)
                .filter(visible)
                .limit(max)
                .toList();
    }

    /** The same name elsewhere first, then typing errors, then beginnings, then parts. */
    private static int rank(String typed, String name) {
        int tolerance = EditDistance.tolerance(typed);
        int distance = EditDistance.between(typed, name, tolerance);
        if (distance <= tolerance) {
            return distance;
        }
        if (typed.length() < 2) {
            return FAR;
        }
        if (name.startsWith(typed) || typed.startsWith(name)) {
            return 10;
        }
        return name.contains(typed) || (name.length() > 2 && typed.contains(name)) ? 20 : FAR;
    }

    private static int namespaceRank(Wanted wanted, TargetRef target) {
        return wanted.namespace()
                .map(n -> EditDistance.between(n, target.namespace(), 3))
                .orElse(0);
    }
}
