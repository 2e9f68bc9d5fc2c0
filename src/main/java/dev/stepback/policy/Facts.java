package dev.stepback.policy;

import dev.stepback.target.Operation;
import dev.stepback.target.TargetRef;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a target.
 *
 * @param cluster the name by which people know the cluster
 * @param labels the workload's labels, asked for only when a rule depends on them; empty when they cannot be read, which
 *     makes every such rule undecided. Asked once at most
 * @param operation what is to be done with it; decides nothing, but refusals name it
 */
public record Facts(
        String cluster, TargetRef target, Supplier<Optional<Map<String, String>>> labels, Operation operation) {
    public Facts {
        labels = new Once(labels);
    }

    /** Facts for a rollback. */
    public Facts(String cluster, TargetRef target, Supplier<Optional<Map<String, String>>> labels) {
        this(cluster, target, labels, Operation.UNDO);
    }

    /** Facts with labels that are known already. */
    public static Facts of(String cluster, TargetRef target, Map<String, String> labels) {
        Optional<Map<String, String>> known = Optional.of(Map.copyOf(labels));
        return new Facts(cluster, target, () -> known);
    }

    /** Remembers the labels, so that every rule of a decision sees the same, for one request. */
    private static final class Once implements Supplier<Optional<Map<String, String>>> {
        private final Supplier<Optional<Map<String, String>>> labels;
        private @Nullable Optional<Map<String, String>> known;

        Once(Supplier<Optional<Map<String, String>>> labels) {
            this.labels = labels;
        }

        @Override
        public synchronized Optional<Map<String, String>> get() {
            Optional<Map<String, String>> now = known;
            if (now == null) {
                now = labels.get();
                known = now;
            }
            return now;
        }
    }
}
