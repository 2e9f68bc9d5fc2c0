package dev.stepback.policy;

import dev.stepback.target.TargetRef;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is known of a target.
 *
 * @param cluster the name by which people know the cluster
 * @param labels the workload's labels, asked for only when a rule depends on them; empty when they cannot be read, which
 *     makes every such rule undecided. May be asked several times
 */
public record Facts(String cluster, TargetRef target, Supplier<Optional<Map<String, String>>> labels) {

    /** Facts with labels that are known already. */
    public static Facts of(String cluster, TargetRef target, Map<String, String> labels) {
        Optional<Map<String, String>> known = Optional.of(Map.copyOf(labels));
        return new Facts(cluster, target, () -> known);
    }
}
